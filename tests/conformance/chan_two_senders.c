/* The stream ends with the last handle of the sender. */
#include "case.h"

static int receive(void *arg) {
    int item;
    return eddy_recv(arg, &item);
}

static int body(void *arg) {
    (void)arg;
    eddy_sender *tx;
    eddy_receiver *rx;
    int rc = eddy_chan_open(sizeof(int), 1, &tx, &rx);
    if (rc < 0) return rc;
    eddy_sender *clone = eddy_sender_clone(tx);
    eddy_future *receiver = clone ? eddy_spawn(receive, rx) : NULL;
    rc = passes(1);
    eddy_sender_close(tx);
    if (rc == 0) rc = passes(2);
    if (receiver) trace("%s", eddy_done(receiver) ? word(eddy_result(receiver)) : "waiting");
    eddy_sender_close(clone);
    int received = eddy_await(receiver);
    trace("%s", word(received));
    eddy_receiver_close(rx);
    return received == EDDY_ENOMEM ? received : rc;
}
