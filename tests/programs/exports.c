/* exports.c: a library: what JavaScript calls in it, for tests/exports.test.mjs. */
// build: hosts=web,lean
#include <eddy.h>
#include <stdlib.h>
#include <string.h>

EDDY_EXPORT(int, add, (int a, int b)) {
    return a + b;
}

EDDY_EXPORT(void, nothing, (void)) {}

EDDY_EXPORT(int, sum, (eddy_bytes bytes)) {
    int total = 0;
    for (size_t i = 0; i < bytes.size; i++) total += ((const unsigned char *)bytes.data)[i];
    return total;
}

EDDY_EXPORT(const char *, same_text, (const char *text)) {
    return text;
}

EDDY_EXPORT(char *, twice, (const char *text)) {
    size_t length = strlen(text);
    char *out = malloc(2 * length + 1);
    if (!out) return eddy_throw(EDDY_ENOMEM, NULL), NULL;
    memcpy(out, text, length);
    memcpy(out + length, text, length + 1);
    return out;
}

EDDY_EXPORT(eddy_bytes, same_bytes, (eddy_bytes bytes)) {
    return bytes;
}

EDDY_EXPORT(eddy_buffer, zeros, (unsigned count)) {
    eddy_buffer out = {calloc(count ? count : 1, 1), count};
    if (!out.data) (void)eddy_throw(EDDY_ENOMEM, "no room for %u zeros", count);
    return out;
}

EDDY_EXPORT(int64_t, same_wide, (int64_t value)) {
    return value;
}

EDDY_EXPORT(uint64_t, same_unsigned_wide, (uint64_t value)) {
    return value;
}

EDDY_EXPORT(float, same_float, (float value)) {
    return value;
}

EDDY_EXPORT(bool, invert, (bool value)) {
    return !value;
}

EDDY_EXPORT(double, all_numbers, (int a, unsigned b, long c, unsigned long d, float e, double f)) {
    return (double)a + (double)b + (double)c + (double)d + (double)e + f;
}

/* Words that mean something in TypeScript. */
EDDY_EXPORT(int, delete,
            (int in, int import, int super, int options, int function, int eval, int public,
             int catch)) {
    return in + import + super + options + function + eval + public + catch;
}

/* Names that every object of JavaScript's has. */
EDDY_EXPORT(int, constructor, (int value)) {
    return value;
}
EDDY_EXPORT(int, toString, (int value)) {
    return value;
}

EDDY_EXPORT(long, same_long, (long value)) {
    return value;
}

EDDY_EXPORT(unsigned, same_unsigned, (unsigned value)) {
    return value;
}

EDDY_EXPORT(eddy_js, same_value, (eddy_js value)) {
    return eddy_js_retain(value);
}

EDDY_EXPORT(double, mean, (eddy_bytes bytes)) {
    if (!bytes.size) return eddy_throw(EDDY_EINVAL, "nothing to average"), 0.0;
    return (double)sum(bytes) / (double)bytes.size;
}

EDDY_EXPORT(int, fails, (int code, const char *text)) {
    return *text ? eddy_fail(code, "%s", text) : code;
}

static int deep(void *arg) {
    (void)arg;
    return eddy_fail(-1007, "three levels down");
}

EDDY_EXPORT(int, fails_below, (void)) {
    return eddy_await(eddy_spawn(deep, NULL));
}

EDDY_EXPORT(int, leaves_an_error, (void)) {
    eddy_release(eddy_spawn(deep, NULL));
    return 0;
}

/* ---- calls that last ---------------------------------------------------------------------------- */

static int cancelled;

EDDY_EXPORT(int, wait_ms, (int ms)) {
    int rc = eddy_sleep(ms * EDDY_MS);
    if (rc == EDDY_ECANCELED) cancelled++;
    return rc < 0 ? rc : ms;
}

EDDY_EXPORT(int, cancelled_so_far, (void)) {
    return cancelled;
}

static int child(void *arg) {
    int rc = eddy_sleep(EDDY_FOREVER);
    if (rc == EDDY_ECANCELED) ++*(int *)arg;
    return rc;
}

EDDY_EXPORT(int, children, (int count)) {
    EDDY_GROUP(group);
    int rc = 0;
    for (int i = 0; rc == 0 && i < count; i++)
        if (!eddy_group_spawn(&group, child, &cancelled)) rc = EDDY_ENOMEM;
    return eddy_group_end(&group, rc);
}

EDDY_EXPORT(int, cleans_up, (int ms)) {
    int rc = eddy_sleep(EDDY_FOREVER);
    EDDY_SHIELD(shield);
    EDDY_IGNORE(eddy_sleep(ms * EDDY_MS));
    (void)eddy_scope_end(&shield, 0);
    cancelled++;
    return rc;
}

EDDY_EXPORT(int, yields, (int times)) {
    for (int i = 0; i < times; i++) {
        int rc = eddy_yield();
        if (rc < 0) return rc;
    }
    return times;
}

EDDY_EXPORT(int, within, (int ms)) {
    EDDY_SCOPE(limit, .timeout = ms * EDDY_MS);
    return eddy_scope_end(&limit, eddy_sleep(EDDY_FOREVER));
}

static eddy_event bell;

EDDY_EXPORT(int, await_bell, (void)) {
    return eddy_event_wait(&bell);
}

EDDY_EXPORT(void, ring_bell, (void)) {
    eddy_event_set(&bell);
}

/* Arguments stay where they are while others come and go. */
EDDY_EXPORT(bool, keeps, (const char *text, eddy_bytes bytes, int ms)) {
    size_t length = strlen(text);
    bool same = length == bytes.size;
    if (eddy_sleep(ms * EDDY_MS) < 0) return false;
    for (size_t i = 0; same && i < length; i++)
        same = text[i] == ((const char *)bytes.data)[i];
    return same && strlen(text) == length;
}

EDDY_EXPORT(int, grow_then_sum, (eddy_bytes bytes, unsigned mib)) {
    void *block = malloc((size_t)mib << 20);
    if (!block) return EDDY_ENOMEM;
    memset(block, 1, (size_t)mib << 20);
    int rc = eddy_yield();
    free(block);
    return rc < 0 ? rc : sum(bytes);
}

EDDY_EXPORT(int, trap, (void)) {
    __builtin_trap();
}

EDDY_EXPORT(int, leave, (int status)) {
    exit(status);
}

/* ---- handles ---------------------------------------------------------------------------------------- */

struct image {
    int width, height;
};

static int images;

static void image_free(void *object) {
    images--;
    free(object);
}

EDDY_EXPORT(eddy_handle, open_image, (int width, int height)) {
    struct image *image = malloc(sizeof *image);
    if (!image) return eddy_throw(EDDY_ENOMEM, NULL), (eddy_handle){0};
    *image = (struct image){width, height};
    images++;
    return eddy_handle_new("image", image, image_free);
}

EDDY_EXPORT(int, area, (eddy_handle handle, int ms)) {
    struct image *image = eddy_handle_get(handle, "image");
    if (!image) return eddy_fail(EDDY_EINVAL, "this is no image");
    if (ms) EDDY_IGNORE(eddy_sleep(ms * EDDY_MS));
    return image->width * image->height;
}

EDDY_EXPORT(eddy_handle, open_sound, (void)) {
    return eddy_handle_new("sound", NULL, NULL);
}

EDDY_EXPORT(int, open_images, (void)) {
    return images;
}
