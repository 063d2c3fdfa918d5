/* queues.h: what the programs about queues, channels and select share: items that are counted when
 * they are freed, a random sequence. */
#ifndef QUEUES_H
#define QUEUES_H

#include "order.h"

/* ---- counted items ---------------------------------------------------------------------------------- */

static int freed_items; /* since the last look at it */

static inline void count_freed(void *item) {
    (void)item;
    CHECK(eddy_current() == NULL);
    CHECK(eddy_yield() == EDDY_ESTATE); /* no destructor can block */
    freed_items++;
}

static inline bool freed_were(int expected) {
    bool same = freed_items == expected;
    if (!same) printf("%d items were freed instead of %d\n", freed_items, expected);
    freed_items = 0;
    return same;
}

/* ---- chance ------------------------------------------------------------------------------------------- */

static uint64_t random_state = 1;

static inline unsigned pick(unsigned n) {
    random_state = random_state * 6364136223846793005ULL + 1442695040888963407ULL;
    return (unsigned)(random_state >> 33) % n;
}

/* ---- a task that makes one call ----------------------------------------------------------------------- */

typedef struct user {
    char name;          /* noted when its call has succeeded */
    int (*call)(struct user *user);
    void *object;
    int item;           /* sent, or received */
    eddy_time timeout;  /* of a scope around the call; 0: there is none */
    int result, after;  /* of the call, and of the blocking call behind it */
    eddy_future *task;
} user;

static inline int use(void *arg) {
    user *u = arg;
    EDDY_SCOPE(limit, .timeout = u->timeout);
    u->result = eddy_scope_end(&limit, u->call(u));
    if (u->result >= 0) note(u->name);
    u->after = eddy_yield();
    return 0;
}

static inline void start(user *u) {
    u->result = u->after = 99;
    u->task = eddy_spawn(use, u);
}

static inline void start_all(user *users, int n) {
    for (int i = 0; i < n; i++) start(&users[i]);
    CHECK(passes(1) == 0);
}

/* Waits for their ends; false: one has another result. */
static inline bool all_got(user *users, int n, int result) {
    bool all = true;
    for (int i = 0; i < n; i++) {
        EDDY_IGNORE(eddy_await(users[i].task));
        if (users[i].result != result)
            printf("%c got %s\n", users[i].name, eddy_errname(users[i].result));
        all = all && users[i].result == result;
    }
    return all;
}

static inline user make_user(char name, int (*call)(user *u), void *object, int item) {
    return (user){.name = name, .call = call, .object = object, .item = item};
}

static inline int call_put(user *u) {
    return eddy_queue_put(u->object, &u->item);
}
static inline int call_get(user *u) {
    return eddy_queue_get(u->object, &u->item);
}
static inline int call_join(user *u) {
    return eddy_queue_join(u->object);
}

#endif
