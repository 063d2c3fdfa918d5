/* offloaded: a library whose calls have their work done in workers. */
// build: hosts=web,lean
#include <eddy.h>
#include <stdlib.h>
#include <string.h>

static int square(void *arg) {
    int *n = arg;
    *n *= *n;
    return 0;
}

EDDY_EXPORT(int, square_of, (int n)) {
    int rc = eddy_offload(square, &n, sizeof n, &n, sizeof n);
    return rc < 0 ? rc : n;
}

static int spins_until(void *arg) {
    eddy_time end = eddy_now() + *(eddy_time *)arg;
    while (eddy_now() < end) {}
    return 1;
}

EDDY_EXPORT(int, spin, (int milliseconds)) {
    eddy_time time = milliseconds * EDDY_MS;
    return eddy_offload(spins_until, &time, sizeof time, NULL, 0);
}

static int spins(void *arg) {
    (void)arg;
    for (volatile unsigned i = 0;; i++) {}
    return 0;
}

EDDY_EXPORT(int, spin_for_ever, (void)) {
    return eddy_offload(spins, NULL, 0, NULL, 0);
}

/* For ever, but JavaScript is called now and then: for hosts that end a worker only there. */
static int spins_and_looks(void *arg) {
    (void)arg;
    while (eddy_now() >= 0) {}
    return 0;
}

EDDY_EXPORT(int, spin_and_look, (void)) {
    return eddy_offload(spins_and_looks, NULL, 0, NULL, 0);
}

static int traps(void *arg) {
    (void)arg;
    __builtin_trap();
}

EDDY_EXPORT(int, trap, (void)) {
    return eddy_offload(traps, NULL, 0, NULL, 0);
}

static int reverses(void *arg) {
    size_t size;
    memcpy(&size, arg, sizeof size);
    char *bytes = (char *)arg + sizeof size;
    for (size_t i = 0; i < size / 2; i++) {
        char byte = bytes[i];
        bytes[i] = bytes[size - 1 - i];
        bytes[size - 1 - i] = byte;
    }
    memmove(arg, bytes, size);
    return 0;
}

/* While it is under way the memory grows, and so lies elsewhere. */
EDDY_EXPORT(eddy_buffer, reversed, (eddy_bytes bytes)) {
    eddy_buffer result = {malloc(bytes.size), bytes.size};
    size_t size = sizeof bytes.size + bytes.size;
    char *block = malloc(size);
    memcpy(block, &bytes.size, sizeof bytes.size);
    memcpy(block + sizeof bytes.size, bytes.data, bytes.size);
    int rc = eddy_offload(reverses, block, size, result.data, result.size);
    free(block);
    if (rc < 0) (void)eddy_throw(rc, "%s", eddy_last_message());
    return result;
}

EDDY_EXPORT(int, grow, (int bytes)) {
    void *block = malloc((size_t)bytes);
    if (block) memset(block, 1, (size_t)bytes);
    free(block);
    return block != NULL;
}

EDDY_EXPORT(int, point_outside, (void)) {
    char argument[8];
    return eddy_offload(traps, argument, (size_t)2 << 30, NULL, 0);
}

EDDY_JS(int, js_number, (void), { return 41; })
EDDY_ASYNC_JS(int, js_later, (int n), {
    await new Promise((done) => setTimeout(done, 5));
    return n + 1;
})

static int asks_javascript(void *arg) {
    (void)arg;
    int n = js_number();
    return n < 0 ? n : js_later(n);
}

EDDY_EXPORT(int, ask_javascript, (void)) {
    return eddy_offload(asks_javascript, NULL, 0, NULL, 0);
}

EDDY_EXPORT(int, set_limit, (unsigned workers)) {
    return eddy_offload_limit(workers);
}
