/* no_javascript.c: on a host without JavaScript its functions are absent and exports plain functions. */
#include "check.h"

EDDY_EXPORT(int, twice, (int value)) {
    return 2 * value;
}

/* Elsewhere it is what a generator of C's own calls. */
EDDY_EXPORT_GENERATOR(int, up_to, (int count)) {
    int rc = 0;
    for (int i = 0; rc == 0 && i < count; i++) rc = eddy_emit(&i);
    return rc;
}

static int up_to_three(void *arg) {
    (void)arg;
    return up_to(3);
}

static int sum_of_generated(void) {
    eddy_gen *g = eddy_gen_open(up_to_three, NULL, sizeof(int));
    int item, sum = 0;
    while (eddy_gen_next(g, &item) == 1) sum += item;
    return eddy_gen_close(g) == 0 ? sum : -1;
}

EDDY_ASYNC_JS(int, later, (int a), { return a; })
EDDY_JS(double, now, (const char *text, bool b), { return text.length + b; })

int eddy_main(int argc, char **argv) {
    (void)argc;
    (void)argv;
    CHECK(twice(4) == 8);
    CHECK(later(1) == EDDY_ENOSYS);
    double number;
    CHECK(now(&number, "x", true) == EDDY_ENOSYS);
    CHECK(eddy_js_promise(NULL, (eddy_js){1}) == EDDY_ENOSYS);
    eddy_buffer buffer;
    char *text;
    CHECK(eddy_numbers_next((eddy_numbers){1}, &number) == EDDY_ENOSYS);
    CHECK(eddy_texts_next((eddy_texts){1}, &text) == EDDY_ENOSYS);
    CHECK(eddy_chunks_next((eddy_chunks){1}, &buffer) == EDDY_ENOSYS);
    CHECK(eddy_numbers_pipe((eddy_numbers){1}, NULL) == EDDY_ENOSYS);
    CHECK(sum_of_generated() == 3);
    eddy_sender *tx;
    eddy_receiver *rx;
    CHECK(eddy_chan_open(sizeof number, 1, &tx, &rx) == 0);
    CHECK(eddy_numbers_sender(tx).id == 0);
    CHECK(eddy_recv(rx, &number) == EDDY_ECLOSED);
    CHECK(eddy_numbers_receiver(rx).id == 0);
    (void)eddy_cancel(eddy_current());
    CHECK(later(1) == EDDY_ECANCELED);
    eddy_js_watcher *watcher;
    CHECK(eddy_js_events(&watcher, "window", "click") == EDDY_ENOSYS && !watcher);
    CHECK(eddy_js_events(NULL, "window", "click") == EDDY_EINVAL);
    CHECK(!eddy_js_watcher_events(watcher) && eddy_js_watcher_lost(watcher) == 0);
    eddy_js_watcher_close(watcher);
    eddy_handle handle = eddy_handle_new("number", &number, NULL);
    CHECK(eddy_handle_get(handle, "number") == &number);
    CHECK(eddy_handle_get(handle, "text") == NULL);
    eddy_handle_close(handle);
    eddy_handle_close(handle);
    CHECK(eddy_handle_get(handle, "number") == NULL);
    return check_end();
}
