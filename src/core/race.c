/* race.c: the first success. */
#include "internal.h"

/* The first success among those that have ended; n if there is none. */
static size_t find_winner(eddy_future *const f[], size_t n) {
    for (size_t i = 0; i < n; i++)
        if (eddy_future_state(f[i]) == EDDY_DONE) return i;
    return n;
}

static bool any_pending(eddy_future *const f[], size_t n) {
    for (size_t i = 0; i < n; i++)
        if (!eddy_done(f[i])) return true;
    return false;
}

/* All have failed, before the race began: the last in order of the arguments. */
static int last_error(eddy_future *const f[], size_t n) {
    eddy_future *last = f[n - 1];
    if (!last) return EDDY_ENOMEM;
    eddy__future_deliver(last, eddy__current);
    return last->result;
}

/* The others are stopped; whatever they end with counts as read. */
static int settle(const char *site, eddy_future *const f[], size_t n, int rc) {
    eddy__many_stop(site, f, n);
    for (size_t i = 0; i < n; i++)
        if (f[i]) eddy__future_read(f[i]);
    return rc;
}

int eddy__race(const char *site, eddy_future *const f[], size_t n, size_t *winner) {
    int rc = eddy__checkpoint(site);
    if (rc == EDDY_ESTATE) return rc;
    if (!f || !n) return rc < 0 ? rc : EDDY_EINVAL;
    if (eddy__many_has_current(f, n)) return EDDY_ESTATE; /* it could not wait for the last to end */
    if (rc < 0) return settle(site, f, n, rc);
    size_t first = find_winner(f, n);
    if (first == n && any_pending(f, n)) {
        eddy_future *last;
        rc = eddy__many_wait(site, f, n, EDDY__MANY_FIRST_SUCCESS, false, EDDY_FOREVER, &last);
        if (!last) return rc == EDDY_ECANCELED ? settle(site, f, n, rc) : rc;
        if (rc < 0) return settle(site, f, n, rc); /* all have failed, this one last */
        for (first = 0; f[first] != last;) first++;
    } else if (first == n) {
        return settle(site, f, n, last_error(f, n));
    }
    if (winner) *winner = first;
    rc = f[first]->result;
    return settle(site, f, n, rc);
}

/* ---- staggered --------------------------------------------------------------------------------- */

typedef struct {
    const char *site;
    const eddy_fn *fns;
    void *const *args;
    size_t n, started, failed;
    eddy_future **f; /* of the first `started`; owned */
    int last_error;
    eddy__cleanup cleanup;
} staggered;

/* For each racer its handle, a place in the list of those pending, and whether it was seen to fail. */
static size_t bytes_for(size_t n) {
    return n * (2 * sizeof(eddy_future *) + sizeof(bool));
}

static void let_go(eddy__cleanup *cleanup) {
    staggered *s = EDDY__OWNER(cleanup, staggered, cleanup);
    eddy_release_all(s->f, s->started);
    eddy__free(s->f, bytes_for(s->n));
}

static void start_next(staggered *s) {
    size_t i = s->started++;
    s->f[i] = eddy__spawn(s->site, "racer", s->fns[i], s->args ? s->args[i] : NULL);
}

/* Counts failures; the error of a new one is delivered, so that the last one's is the last. */
static void notice_failures(staggered *s, bool seen[]) {
    for (size_t i = 0; i < s->started; i++) {
        if (seen[i] || !eddy_done(s->f[i]) || eddy_future_state(s->f[i]) == EDDY_DONE) continue;
        seen[i] = true;
        s->failed++;
        s->last_error = s->f[i] ? s->f[i]->result : EDDY_ENOMEM;
        if (s->f[i]) eddy__future_deliver(s->f[i], eddy__current);
    }
}

static size_t index_of(const staggered *s, const eddy_future *racer) {
    size_t i = 0;
    while (s->f[i] != racer) i++;
    return i;
}

/* Runs until one has won (its index is in *first), all have failed, or the caller is cancelled. */
static int run_staggered(staggered *s, eddy_time delay, bool seen[], eddy_future **pending,
                         size_t *first) {
    eddy_time next = eddy_now();
    for (;;) {
        *first = find_winner(s->f, s->started);
        if (*first < s->started) return s->f[*first]->result;
        notice_failures(s, seen);
        bool previous_failed = s->started == 0 || seen[s->started - 1];
        if (s->started < s->n && (previous_failed || eddy_now() >= next)) {
            start_next(s);
            next = eddy__time_add(eddy_now(), delay < 0 ? 0 : delay);
            continue;
        }
        if (s->failed == s->n) return s->last_error;
        size_t count = 0;
        for (size_t i = 0; i < s->started; i++)
            if (!eddy_done(s->f[i])) pending[count++] = s->f[i];
        eddy_future *last;
        bool all = s->started == s->n; /* then only a success, or the last error, matters */
        eddy_time wait = all || next == EDDY_FOREVER ? EDDY_FOREVER : next - eddy_now();
        eddy__many_mode mode = all ? EDDY__MANY_FIRST_SUCCESS : EDDY__MANY_FIRST;
        int rc = eddy__many_wait(s->site, pending, count, mode, false, wait, &last);
        if (last && rc >= 0) *first = index_of(s, last);
        if (last && (rc >= 0 || all)) return rc;
        if (!last && rc != EDDY_ETIMEDOUT) return rc;
    }
}

int eddy__race_staggered(const char *site, const eddy_fn fns[], void *const args[], size_t n,
                         eddy_time delay, size_t *winner) {
    int rc = eddy__checkpoint(site);
    if (rc < 0) return rc;
    if (!fns || !n || n > SIZE_MAX / (2 * sizeof(eddy_future *) + 1)) return EDDY_EINVAL;
    for (size_t i = 0; i < n; i++)
        if (!fns[i]) return EDDY_EINVAL;
    eddy_future **f = eddy__alloc(bytes_for(n));
    if (!f) return EDDY_ENOMEM;
    memset(f, 0, bytes_for(n));
    staggered s = {.site = site, .fns = fns, .args = args, .n = n, .f = f};
    bool *seen = (bool *)(f + 2 * n);
    size_t first;
    eddy__cleanup_push(&s.cleanup, let_go);
    rc = run_staggered(&s, delay, seen, f + n, &first);
    (void)settle(site, f, s.started, rc);
    if (rc >= 0 && winner) *winner = first;
    eddy__cleanup_run(&s.cleanup, let_go);
    return rc;
}

int(eddy_race)(eddy_future *const f[], size_t n, size_t *winner) {
    return eddy__race(NULL, f, n, winner);
}
int(eddy_race_staggered)(const eddy_fn fns[], void *const args[], size_t n, eddy_time delay,
                         size_t *winner) {
    return eddy__race_staggered(NULL, fns, args, n, delay, winner);
}
