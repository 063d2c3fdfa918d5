/* What was sent before the sender was closed is received, then the stream ends. */
#include "case.h"

static int send_two(void *arg) {
    eddy_sender *tx = arg;
    int rc = 0;
    for (int i = 1; rc == 0 && i <= 2; i++) rc = eddy_send(tx, &i);
    return rc;
}

static void close_sender(void *arg) {
    eddy_sender_close(arg);
}

static int body(void *arg) {
    (void)arg;
    eddy_sender *tx;
    eddy_receiver *rx;
    int item, rc = eddy_chan_open(sizeof item, 1, &tx, &rx);
    if (rc < 0) return rc;
    eddy_future *sender = eddy_spawn_opt(send_two, .arg = tx, .arg_free = close_sender);
    while ((rc = eddy_recv(rx, &item)) == 0) trace("%d", item);
    trace("%s", word(rc));
    eddy_receiver_close(rx);
    return eddy_await(sender);
}
