/* check.h: for programs that check themselves. CHECK(condition) says what did not hold, and where;
 * `check_end` is the program's exit status and prints "ok" if everything held. The allocator counts
 * what the runtime holds, and can be told to fail. */
#ifndef CHECK_H
#define CHECK_H

#include <eddy.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { E1 = EDDY_EUSER - 1, E2 = EDDY_EUSER - 2, E3 = EDDY_EUSER - 3 };

static int check_failures;

#define CHECK(condition) check_that((condition), #condition, __FILE__, __LINE__)

static inline bool check_that(bool holds, const char *condition, const char *file, int line) {
    if (holds) return true;
    if (check_failures++ < 20) printf("%s:%d: does not hold: %s\n", file, line, condition);
    return false;
}

/* ---- the allocator ---------------------------------------------------------------------------- */

static struct {
    long blocks, bytes; /* that the runtime holds */
    long calls;         /* that asked for memory, since the last check_fail_at */
    long fail_at;       /* the call that fails, counted from 1; 0: none */
    bool and_later;     /* so do all after it */
} check_memory;

static inline void *check_reallocate(void *ctx, void *block, size_t old_size, size_t new_size) {
    (void)ctx;
    void *moved = NULL;
    if (new_size == 0) {
        free(block);
    } else {
        long call = ++check_memory.calls, fail_at = check_memory.fail_at;
        if (fail_at && (call == fail_at || (check_memory.and_later && call > fail_at))) return NULL;
        moved = malloc(new_size); /* always elsewhere: nobody may keep the old address */
        if (!moved) return NULL;
        memset(moved, 0xa5, new_size); /* and nobody may count on zeros */
        if (block) memcpy(moved, block, old_size < new_size ? old_size : new_size);
        free(block);
    }
    check_memory.blocks += (moved != NULL) - (block != NULL);
    check_memory.bytes += (long)new_size - (block ? (long)old_size : 0);
    return moved;
}

static inline void check_fail_at(long call, bool and_later) {
    check_memory.calls = 0;
    check_memory.fail_at = call;
    check_memory.and_later = and_later;
}

static inline bool check_failed_once(void) {
    return check_memory.fail_at && check_memory.calls >= check_memory.fail_at;
}

/* ---- beginning and end ---------------------------------------------------------------------------- */

/* The virtual clock and the allocator; before the first run. */
static inline void check_begin(void) {
    CHECK(eddy_set_allocator(check_reallocate, NULL) == 0);
    CHECK(eddy_clock_virtual(true) == 0);
}

static inline int check_end(void) {
    CHECK(check_memory.blocks == 0);
    CHECK(check_memory.bytes == 0);
    if (check_failures == 0) puts("ok");
    fflush(stdout); /* the leak sanitizer ends the program without */
    return check_failures != 0;
}

/* Runs `fn` to its end; it checks for itself, and its result must be 0. */
static inline void check_run(eddy_fn fn) {
    int rc = eddy_run(fn, NULL);
    if (!CHECK(rc == 0)) printf("    it was %s (%d)\n", eddy_errname(rc), rc);
    CHECK(check_memory.blocks == 0);
}

/* ---- small tasks ----------------------------------------------------------------------------------- */

static inline int returns(void *arg) {
    return *(const int *)arg;
}

static inline int sleeps(void *arg) {
    return eddy_sleep(*(const eddy_time *)arg);
}

#endif
