/* channels.c: ends of channels that JavaScript holds. What it sends and receives are calls of the
 * exports below, which are for channels.mjs alone: each waits, is cancelled and ends as a call does. */
#include "../src/core/internal.h"
#include "../src/sync/channel.h"

#include <stdlib.h>

uint32_t eddy_js_channel(uint32_t index, uint32_t serial, int kind);

static const char *const sender_type = "sender", *const receiver_type = "receiver";

static void close_sender(void *tx) {
    eddy_sender_close(tx);
}
static void close_receiver(void *rx) {
    eddy_receiver_close(rx);
}

/* ---- sending ----------------------------------------------------------------------------------------- */

/* Takes over what the item owns. */
static void send(eddy_handle handle, const void *item, void *owned) {
    int rc = eddy_send(eddy_handle_get(handle, sender_type), item);
    if (rc == 0) return;
    free(owned);
    (void)eddy_throw(rc, NULL);
}

static void *copy_of(const void *data, size_t size) {
    char *copy = malloc(size + 1);
    if (!copy) return eddy_throw(EDDY_ENOMEM, NULL), NULL;
    memcpy(copy, data, size);
    copy[size] = 0;
    return copy;
}

EDDY_EXPORT(void, eddy__send_number, (eddy_handle tx, double number)) {
    send(tx, &number, NULL);
}

EDDY_EXPORT(void, eddy__send_text, (eddy_handle tx, const char *text)) {
    char *item = copy_of(text, strlen(text));
    if (item) send(tx, &item, item);
}

EDDY_EXPORT(void, eddy__send_chunk, (eddy_handle tx, eddy_bytes bytes)) {
    eddy_buffer item = {copy_of(bytes.data, bytes.size), bytes.size};
    if (item.data) send(tx, &item, item.data);
}

/* ---- receiving --------------------------------------------------------------------------------------- */

/* The end of the stream is EMPTY, which eddy_recv never is: CLOSED is the end of the program. */
static void receive(eddy_handle handle, void *item) {
    int rc = eddy_recv(eddy_handle_get(handle, receiver_type), item);
    if (rc < 0) (void)eddy_throw(rc == EDDY_ECLOSED ? EDDY_EEMPTY : rc, NULL);
}

EDDY_EXPORT(double, eddy__receive_number, (eddy_handle rx)) {
    double item = 0;
    receive(rx, &item);
    return item;
}

EDDY_EXPORT(char *, eddy__receive_text, (eddy_handle rx)) {
    char *item = NULL;
    receive(rx, &item);
    return item;
}

EDDY_EXPORT(eddy_buffer, eddy__receive_chunk, (eddy_handle rx)) {
    eddy_buffer item = {0};
    receive(rx, &item);
    return item;
}

/* ---- making them ------------------------------------------------------------------------------------- */

static eddy_js held(const char *type, void *end, void (*close)(void *), const eddy__channel *channel,
                    size_t item_size, int kind) {
    if (channel->queue.item_size != item_size) {
        close(end);
        return (eddy_js){0};
    }
    eddy_handle handle = eddy_handle_new(type, end, close);
    if (!handle.id) return (eddy_js){0};
    return (eddy_js){eddy_js_channel((uint32_t)handle.id, (uint32_t)(handle.id >> 32), kind)};
}

static eddy_js sender(eddy_sender *tx, size_t item_size, int kind) {
    if (!tx) return (eddy_js){0};
    return held(sender_type, tx, close_sender, tx->channel, item_size, kind);
}
static eddy_js receiver(eddy_receiver *rx, size_t item_size, int kind) {
    if (!rx) return (eddy_js){0};
    return held(receiver_type, rx, close_receiver, rx->channel, item_size, kind);
}

eddy_js eddy_numbers_sender(eddy_sender *tx) {
    return sender(tx, sizeof(double), 0);
}
eddy_js eddy_texts_sender(eddy_sender *tx) {
    return sender(tx, sizeof(char *), 1);
}
eddy_js eddy_chunks_sender(eddy_sender *tx) {
    return sender(tx, sizeof(eddy_buffer), 2);
}
eddy_js eddy_numbers_receiver(eddy_receiver *rx) {
    return receiver(rx, sizeof(double), 3);
}
eddy_js eddy_texts_receiver(eddy_receiver *rx) {
    return receiver(rx, sizeof(char *), 4);
}
eddy_js eddy_chunks_receiver(eddy_receiver *rx) {
    return receiver(rx, sizeof(eddy_buffer), 5);
}
