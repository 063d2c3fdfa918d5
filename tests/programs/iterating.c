/* iterating.c: streams of values in both directions, for tests/iterating.test.mjs. */
// build: hosts=web,lean
#include <eddy.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int produced, cleaned;

/* What happened since the last call: 100 * cleanups + items. */
EDDY_EXPORT(int, tally, (void)) {
    int sum = 100 * cleaned + produced;
    produced = cleaned = 0;
    return sum;
}

/* ---- C to JavaScript ------------------------------------------------------------------------------ */

EDDY_EXPORT_GENERATOR(int, numbers, (int count)) {
    int rc = 0;
    for (int i = 0; rc == 0 && i < count; i++) {
        produced++;
        rc = eddy_emit(&i);
    }
    cleaned++;
    return rc;
}

EDDY_EXPORT_GENERATOR(double, slowly, (int count, int ms)) {
    int rc = 0;
    for (int i = 0; rc == 0 && i < count; i++) {
        double item = i / 2.0;
        rc = eddy_sleep(ms * EDDY_MS);
        if (rc == 0) rc = eddy_emit(&item);
    }
    cleaned++;
    return rc;
}

EDDY_EXPORT_GENERATOR(const char *, words, (const char *text)) {
    char word[40];
    while (*text) {
        size_t length = strcspn(text, " ");
        (void)snprintf(word, sizeof word, "%.*s", (int)length, text);
        const char *item = word;
        int rc = eddy_emit(&item);
        if (rc < 0) return rc;
        text += length + (text[length] == ' ');
    }
    return 0;
}

EDDY_EXPORT_GENERATOR(char *, owned, (int count)) {
    for (int i = 0; i < count; i++) {
        char *item = malloc(20);
        if (!item) return EDDY_ENOMEM;
        (void)snprintf(item, 20, "item %d", i);
        int rc = eddy_emit(&item);
        if (rc < 0) return rc;
    }
    return 0;
}

EDDY_EXPORT_GENERATOR(eddy_bytes, pieces, (eddy_bytes bytes, int size)) {
    const unsigned char *at = bytes.data;
    for (size_t left = bytes.size; left;) {
        size_t length = left < (size_t)size ? left : (size_t)size;
        eddy_bytes item = {at, length};
        int rc = eddy_emit(&item);
        if (rc < 0) return rc;
        at += length;
        left -= length;
    }
    return 0;
}

EDDY_EXPORT_GENERATOR(bool, flags, (void)) {
    for (int i = 0; i < 3; i++) {
        bool item = i % 2 == 0;
        int rc = eddy_emit(&item);
        if (rc < 0) return rc;
    }
    return 0;
}

EDDY_EXPORT_GENERATOR(int64_t, wide, (void)) {
    int64_t item = INT64_MIN;
    return eddy_emit(&item);
}

EDDY_EXPORT_GENERATOR(eddy_js, echoes, (eddy_js value)) {
    for (int i = 0; i < 2; i++) {
        eddy_js item = eddy_js_retain(value);
        int rc = eddy_emit(&item);
        if (rc < 0) return rc;
    }
    return 0;
}

EDDY_EXPORT_GENERATOR(int, fails_after, (int count)) {
    for (int i = 0; i < count; i++) {
        int rc = eddy_emit(&i);
        if (rc < 0) return rc;
    }
    return eddy_fail(EDDY_EUSER - 3, "only %d", count);
}

EDDY_EXPORT_GENERATOR(int, fails_to_clean_up, (void)) {
    int item = 1;
    (void)eddy_emit(&item);
    return eddy_fail(EDDY_EUSER - 4, "it is stuck");
}

EDDY_EXPORT_GENERATOR(int, cleans_slowly, (int ms)) {
    int item = 1;
    int rc = eddy_emit(&item);
    EDDY_SHIELD(shield);
    EDDY_IGNORE(eddy_sleep(ms * EDDY_MS));
    (void)eddy_scope_end(&shield, 0);
    cleaned++;
    return rc;
}

EDDY_EXPORT(int, trap, (void)) {
    __builtin_trap();
}

/* A channel is read by a generator that hands on what comes. */
static eddy_sender *sender;

EDDY_EXPORT_GENERATOR(int, received, (int capacity)) {
    eddy_receiver *rx;
    int rc = eddy_chan_open(sizeof(int), (size_t)capacity, &sender, &rx), item;
    while (rc == 0 && (rc = eddy_recv(rx, &item)) == 0) rc = eddy_emit(&item);
    eddy_receiver_close(rx);
    return rc == EDDY_ECLOSED ? 0 : rc;
}

EDDY_EXPORT(int, send, (int item)) {
    return eddy_send(sender, &item);
}

EDDY_EXPORT(void, end_sending, (void)) {
    eddy_sender_close(sender);
}

/* ---- JavaScript to C -------------------------------------------------------------------------------- */

EDDY_EXPORT(double, sum, (eddy_numbers numbers)) {
    double total = 0, item;
    int rc;
    while ((rc = eddy_numbers_next(numbers, &item)) == 1) total += item;
    if (rc < 0) (void)eddy_throw(rc, NULL);
    return total;
}

EDDY_EXPORT(double, sum_of_first, (eddy_numbers numbers, int count)) {
    double total = 0, item;
    int rc = 0;
    for (int i = 0; i < count && (rc = eddy_numbers_next(numbers, &item)) == 1; i++) total += item;
    if (rc < 0) (void)eddy_throw(rc, NULL);
    return total;
}

EDDY_EXPORT(char *, join, (eddy_texts texts)) {
    char *all = calloc(1, 1), *item;
    int rc = all ? 0 : EDDY_ENOMEM;
    while (rc >= 0 && (rc = eddy_texts_next(texts, &item)) == 1) {
        char *longer = realloc(all, strlen(all) + strlen(item) + 2);
        if (longer) strcat(strcat(all = longer, item), ",");
        free(item);
        if (!longer) rc = EDDY_ENOMEM;
    }
    if (rc < 0) (void)eddy_throw(rc, NULL);
    return all;
}

EDDY_EXPORT(int, count_bytes, (eddy_chunks chunks)) {
    eddy_buffer item;
    int total = 0, rc;
    while ((rc = eddy_chunks_next(chunks, &item)) == 1) {
        total += (int)item.size;
        free(item.data);
    }
    return rc < 0 ? rc : total;
}

/* A deadline in the middle of a wait loses no item. */
EDDY_EXPORT(double, patiently, (eddy_numbers numbers, int ms)) {
    double total = 0, item = 0;
    for (int rc = 1; rc; total += rc == 1 ? item : 0) {
        EDDY_SCOPE(limit, .timeout = ms * EDDY_MS);
        rc = eddy_scope_end(&limit, eddy_numbers_next(numbers, &item));
        if (rc < 0 && rc != EDDY_ETIMEDOUT) return eddy_throw(rc, NULL), 0.0;
    }
    return total;
}

struct pipe {
    eddy_numbers source;
    eddy_sender *tx;
};

static int pump(void *arg) {
    struct pipe *pipe = arg;
    int rc = eddy_numbers_pipe(pipe->source, pipe->tx);
    eddy_sender_close(pipe->tx);
    return rc;
}

/* Through a channel of two items, taken slowly. */
EDDY_EXPORT(double, through_channel, (eddy_numbers numbers, int ms)) {
    eddy_receiver *rx;
    struct pipe pipe = {.source = numbers};
    if (eddy_chan_open(sizeof(double), 2, &pipe.tx, &rx) < 0) return eddy_throw(EDDY_ENOMEM, NULL), 0.0;
    eddy_future *pumping = eddy_spawn(pump, &pipe);
    double total = 0, item;
    int rc;
    while ((rc = eddy_recv(rx, &item)) == 0) {
        total += item;
        if ((rc = eddy_sleep(ms * EDDY_MS)) < 0) break;
    }
    eddy_receiver_close(rx);
    rc = eddy_await(pumping);
    if (rc < 0) (void)eddy_throw(rc, NULL);
    return total;
}

/* The other side's function returns a stream. */
EDDY_JS(eddy_numbers, countdown, (int from), {
    return (async function* () {
        try {
            for (let i = from; i > 0; i--) yield i;
        } finally {
            globalThis.countdownsEnded = (globalThis.countdownsEnded ?? 0) + 1;
        }
    })();
})

EDDY_EXPORT(double, count_down, (int from, int take)) {
    eddy_numbers source;
    int rc = countdown(&source, from);
    if (rc < 0) return eddy_throw(rc, NULL), 0.0;
    double total = sum_of_first(source, take);
    eddy_numbers_close(source);
    return total;
}

/* ---- ends of channels that JavaScript holds ------------------------------------------------------------- */

static eddy_sender *kept_tx;
static eddy_receiver *kept_rx;

/* The other end stays here, for take and give. */
static int open_kept(size_t item_size, int capacity, eddy_sender **tx, eddy_receiver **rx) {
    eddy_sender_close(kept_tx);
    eddy_receiver_close(kept_rx);
    kept_tx = NULL;
    kept_rx = NULL;
    return eddy_chan_open(item_size, (size_t)capacity, tx, rx);
}

EDDY_EXPORT(eddy_js, number_sender, (int capacity)) {
    eddy_sender *tx = NULL;
    int rc = open_kept(sizeof(double), capacity, &tx, &kept_rx);
    return rc < 0 ? (eddy_throw(rc, NULL), (eddy_js){0}) : eddy_numbers_sender(tx);
}

EDDY_EXPORT(double, take, (void)) {
    double item = 0;
    int rc = eddy_recv(kept_rx, &item);
    if (rc < 0) (void)eddy_throw(rc, NULL);
    return item;
}

EDDY_EXPORT(void, stop_taking, (void)) {
    eddy_receiver_close(kept_rx);
    kept_rx = NULL;
}

EDDY_EXPORT(eddy_js, number_receiver, (int capacity)) {
    eddy_receiver *rx = NULL;
    int rc = open_kept(sizeof(double), capacity, &kept_tx, &rx);
    return rc < 0 ? (eddy_throw(rc, NULL), (eddy_js){0}) : eddy_numbers_receiver(rx);
}

EDDY_EXPORT(int, give, (double item)) {
    return eddy_send(kept_tx, &item);
}

EDDY_EXPORT(void, stop_giving, (void)) {
    eddy_sender_close(kept_tx);
    kept_tx = NULL;
}

EDDY_EXPORT(eddy_js, sender_of_other_items, (void)) {
    eddy_sender *tx = NULL;
    int rc = open_kept(sizeof(char), 1, &tx, &kept_rx);
    return rc < 0 ? (eddy_throw(rc, NULL), (eddy_js){0}) : eddy_numbers_sender(tx);
}

EDDY_JS(void, js_take_ends, (eddy_js texts, eddy_js chunks, eddy_js out), {
    globalThis.eddyEnds = [texts, chunks, out];
})

/* Texts and bytes that JavaScript sends come back as one text for each pair. */
EDDY_EXPORT(int, pair_up, (void)) {
    eddy_sender *texts_tx, *chunks_tx, *out_tx;
    eddy_receiver *texts_rx, *chunks_rx, *out_rx;
    int rc = eddy_chan_open(sizeof(char *), 1, &texts_tx, &texts_rx);
    if (rc == 0) rc = eddy_chan_open(sizeof(eddy_buffer), 1, &chunks_tx, &chunks_rx);
    if (rc == 0) rc = eddy_chan_open(sizeof(char *), 1, &out_tx, &out_rx);
    if (rc < 0) return rc;
    eddy_js texts = eddy_texts_sender(texts_tx), chunks = eddy_chunks_sender(chunks_tx);
    eddy_js out = eddy_texts_receiver(out_rx);
    rc = js_take_ends(texts, chunks, out);
    eddy_js_release(texts);
    eddy_js_release(chunks);
    eddy_js_release(out);
    char *text;
    eddy_buffer bytes;
    int pairs = 0;
    while (rc == 0 && (rc = eddy_recv(texts_rx, &text)) == 0) {
        rc = eddy_recv(chunks_rx, &bytes);
        if (rc == 0) {
            size_t room = strlen(text) + bytes.size + 1;
            char *item = malloc(room);
            if (!item) return EDDY_ENOMEM;
            (void)snprintf(item, room, "%s%s", text, (char *)bytes.data);
            rc = eddy_send(out_tx, &item);
            free(bytes.data);
            pairs++;
        }
        free(text);
    }
    eddy_sender_close(out_tx);
    eddy_receiver_close(texts_rx);
    eddy_receiver_close(chunks_rx);
    return rc == EDDY_ECLOSED ? pairs : rc;
}
