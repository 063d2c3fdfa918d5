/* interpreter.h: what the two halves of the model test's C program share: the programs in memory
 * (read by tests/programs/model.c) and their meaning (operations.c). */
#ifndef INTERPRETER_H
#define INTERPRETER_H

#include <eddy.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAX_OPERATIONS = 1024,
    MAX_ARGUMENTS = 16,
    MAX_BODIES = 32,
    MAX_FUTURES = 32,
    MAX_SLOTS = MAX_BODIES + MAX_FUTURES, /* handles: tasks first, then plain futures */
    MAX_SCOPES = 64,
    MAX_GROUPS = 16,
    MAX_OBJECTS = 8, /* of each kind */
    MAX_HANDLES = 20, /* of senders, receivers, subscribers, watchers: ten for each source */
    MAX_RUNS = 4,     /* over one loop, after the first */
};

typedef struct context context;
typedef struct operation operation;

/* Does one operation. Returns what the call returned. */
typedef int (*meaning)(context *c, const operation *o);

struct operation {
    int serial;   /* the line in which it stands names it in the trace */
    meaning mean; /* owned by the table in operations.c */
    bool check;   /* an error leaves the block */
    int next;     /* index of the operation after it, and after its block */
    char letter;  /* of the first argument, if it names something; else 0 */
    bool label;   /* the last argument names this operation: it has a body, and "a7" for it */
    int count;    /* of arguments */
    long argument[MAX_ARGUMENTS];
};

/* One who runs operations: a task's body or a callback. */
struct context {
    bool leaving; /* by `return`, `fail` or a checked error: the blocks around end */
    bool quiet;   /* prints nothing: all turns of a repetition but the last */
};

/* Handles that a call under way needs, which a halted run leaves behind. */
typedef struct held {
    struct held *next, *prev;
    int count;
    eddy_future *future[MAX_ARGUMENTS];
    eddy_each each; /* a walk over them, if there is one */
} held;

/* A program and everything it touches. */
typedef struct world {
    operation operations[MAX_OPERATIONS];
    int count;
    struct body {
        int first, last; /* operations */
        char name[8];
    } bodies[MAX_BODIES];
    eddy_future *slots[MAX_SLOTS];
    int borrowed[MAX_SLOTS]; /* the group that owns the handle + 1 */
    eddy_call calls[MAX_OPERATIONS];
    held held; /* a ring */
    eddy_scope scopes[MAX_SCOPES];
    eddy_scope_ref refs[MAX_SCOPES];
    eddy_lock locks[MAX_OBJECTS];
    eddy_event events[MAX_OBJECTS];
    eddy_cond conds[MAX_OBJECTS];
    eddy_sem sems[MAX_OBJECTS];
    eddy_limiter limiters[MAX_OBJECTS];
    eddy_barrier barriers[MAX_OBJECTS];
    eddy_queue queues[MAX_OBJECTS];
    eddy_gen *generators[MAX_OBJECTS];
    bool main_ended; /* from then on generators may be closed at any time */
    eddy_sender *senders[MAX_HANDLES];
    eddy_receiver *receivers[MAX_HANDLES];
    eddy_broadcast *broadcasts[MAX_HANDLES / 10];
    eddy_subscriber *subscribers[MAX_HANDLES];
    eddy_watch *watches[MAX_HANDLES / 10];
    eddy_watcher *watchers[MAX_HANDLES];
    eddy_group groups[MAX_GROUPS];
    eddy_group *nets[MAX_GROUPS]; /* those on a task's stack, while they are open */
    eddy_interval intervals[MAX_OBJECTS];
    /* Bodies of further runs, and of what is done before each, outside of tasks (0: nothing). */
    struct run {
        int body, before;
    } runs[MAX_RUNS];
    int run_count;
} world;

extern world the_world;

meaning find_meaning(const char *name); /* NULL: there is none */
meaning find_combining_meaning(const char *name);
meaning find_object_meaning(const char *name);
meaning find_feed_meaning(const char *name);
bool make_feed(const char *kind, int index, int a);
void destroy_feeds(void);
void item_dropped(void *item);
eddy_time limit_of(long milliseconds); /* 1000: none */
eddy_time option_of(long milliseconds); /* the same for options, below 1 already over */
void destroy_objects(void);              /* after a run */
int run_body(void *body);               /* a task's function */
void run_outside(int body);             /* the same outside of tasks */
void free_argument(void *body);         /* the argument's owner is told */
void say(const char *kind, int serial, long result); /* one line of the trace */
int tell(const context *c, const operation *o, int result); /* the same for an operation */
int tell_end(const context *c, const operation *o, int result); /* and for the end of its block */
int run_block(context *c, const operation *o);
int left_with(context *c, bool leaving, int inner, int rc);
eddy_future *future_of(const operation *o, int index);
held *hold(int count, eddy_future *const f[]);
held *hold_from(const operation *o, int first);
void release_held(held *h);

#endif
