/* backoff.c: delays that grow, with jitter. */
#include "../core/internal.h"

/* splitmix64 */
static uint64_t mix(uint64_t *state) {
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static uint64_t fresh_seed(const eddy_backoff *b) {
    static uint64_t given; /* no two of one process alike, at any time */
    given += (uint64_t)eddy__host_now() ^ (uint64_t)(uintptr_t)b << 32;
    return mix(&given);
}

eddy_time eddy_backoff_next(eddy_backoff *b) {
    if (!b) return 0;
    eddy_time most = b->most > 0 ? b->most : 30 * EDDY_S;
    eddy_time limit = b->base > 0 ? b->base : 100 * EDDY_MS;
    for (unsigned i = 0; i < b->count && limit < most; i++) limit = eddy__time_add(limit, limit);
    if (limit > most) limit = most;
    if (!b->random) b->random = b->seed ? b->seed : fresh_seed(b);
    b->count++;
    return (eddy_time)(mix(&b->random) % ((uint64_t)limit + 1));
}

void eddy_backoff_reset(eddy_backoff *b) {
    if (b) b->count = 0;
}

int eddy__backoff_wait(const char *site, eddy_backoff *b) {
    return eddy__sleep(site, eddy_backoff_next(b));
}

int(eddy_backoff_wait)(eddy_backoff *b) {
    return eddy__backoff_wait(NULL, b);
}
