/* no_javascript_streams.c: values that JavaScript streams, on hosts without JavaScript. */
#include "../core/internal.h"

static int absent(const char *name) {
    eddy__signature function = {.name = name};
    return eddy__js_call(&function, NULL, NULL);
}

int eddy_numbers_next(eddy_numbers source, double *item) {
    (void)source;
    (void)item;
    return absent("eddy_numbers_next");
}
int eddy_texts_next(eddy_texts source, char **item) {
    (void)source;
    (void)item;
    return absent("eddy_texts_next");
}
int eddy_chunks_next(eddy_chunks source, eddy_buffer *item) {
    (void)source;
    (void)item;
    return absent("eddy_chunks_next");
}

int eddy_numbers_pipe(eddy_numbers source, eddy_sender *tx) {
    (void)source;
    (void)tx;
    return absent("eddy_numbers_pipe");
}
int eddy_texts_pipe(eddy_texts source, eddy_sender *tx) {
    (void)source;
    (void)tx;
    return absent("eddy_texts_pipe");
}
int eddy_chunks_pipe(eddy_chunks source, eddy_sender *tx) {
    (void)source;
    (void)tx;
    return absent("eddy_chunks_pipe");
}

void eddy_numbers_close(eddy_numbers source) {
    (void)source;
}
void eddy_texts_close(eddy_texts source) {
    (void)source;
}
void eddy_chunks_close(eddy_chunks source) {
    (void)source;
}

eddy_js eddy_numbers_sender(eddy_sender *tx) {
    eddy_sender_close(tx);
    return (eddy_js){0};
}
eddy_js eddy_numbers_receiver(eddy_receiver *rx) {
    eddy_receiver_close(rx);
    return (eddy_js){0};
}

eddy_js eddy_texts_sender(eddy_sender *tx) {
    eddy_sender_close(tx);
    return (eddy_js){0};
}
eddy_js eddy_texts_receiver(eddy_receiver *rx) {
    eddy_receiver_close(rx);
    return (eddy_js){0};
}

eddy_js eddy_chunks_sender(eddy_sender *tx) {
    eddy_sender_close(tx);
    return (eddy_js){0};
}
eddy_js eddy_chunks_receiver(eddy_receiver *rx) {
    eddy_receiver_close(rx);
    return (eddy_js){0};
}
