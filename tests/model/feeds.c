/* feeds.c: what the operations of the model test's programs do with broadcasts and watches. u12 is the
 * subscriber 2 of broadcast 1, w3 the watcher 3 of watch 0; a source is called by its handle d or v. */
#include "interpreter.h"

#define w (&the_world)

bool make_feed(const char *kind, int index, int a) {
    if (index >= MAX_HANDLES / 10) return false;
    if (strcmp(kind, "broadcast") == 0)
        return eddy_broadcast_open(sizeof(int), (size_t)a, &w->broadcasts[index]) == 0;
    return strcmp(kind, "watch") == 0 && eddy_watch_open(sizeof(int), &a, &w->watches[index]) == 0;
}

/* ---- broadcasts ------------------------------------------------------------------------------- */

static void end_broadcast(int index) {
    eddy_broadcast_close(w->broadcasts[index]);
    w->broadcasts[index] = NULL;
}

static void close_subscriber(int index) {
    eddy_subscriber *closed = w->subscribers[index];
    w->subscribers[index] = NULL;
    eddy_subscriber_close(closed);
}

static int do_cast(context *c, const operation *o) {
    int item = (int)o->argument[1];
    return tell(c, o, eddy_broadcast_send(w->broadcasts[o->argument[0]], &item));
}

/* An item where there is one, else the error. */
static int item_or(int rc, int item) {
    return rc < 0 ? rc : item;
}

static int do_try_hear(context *c, const operation *o) {
    int item = -88;
    int rc = eddy_subscriber_try_recv(w->subscribers[o->argument[0]], &item);
    return tell(c, o, item_or(rc, item));
}

static int do_lost(context *c, const operation *o) {
    return tell(c, o, (int)eddy_subscriber_lost(w->subscribers[o->argument[0]]));
}

/* ---- watches ------------------------------------------------------------------------------------ */

static void end_watch(int index) {
    eddy_watch_close(w->watches[index]);
    w->watches[index] = NULL;
}

static void close_watcher(int index) {
    eddy_watcher *closed = w->watchers[index];
    w->watchers[index] = NULL;
    eddy_watcher_close(closed);
}

static int do_change(context *c, const operation *o) {
    int item = (int)o->argument[1];
    return tell(c, o, eddy_watch_set(w->watches[o->argument[0]], &item));
}

static int do_value(context *c, const operation *o) {
    int item = -88;
    int rc = eddy_watch_get(w->watches[o->argument[0]], &item);
    return tell(c, o, item_or(rc, item));
}

/* ---- both, by the letter of the handle ---------------------------------------------------------- */

/* Into a place that is free. */
static int do_subscribe(context *c, const operation *o) {
    long index = o->argument[0];
    if (o->letter == 'u') {
        eddy_subscriber **s = &w->subscribers[index];
        if (!*s) *s = eddy_broadcast_subscribe(w->broadcasts[index / 10]);
        return tell(c, o, *s != NULL);
    }
    eddy_watcher **s = &w->watchers[index];
    if (!*s) *s = eddy_watch_subscribe(w->watches[index / 10]);
    return tell(c, o, *s != NULL);
}

static int do_hear(context *c, const operation *o) {
    int item = -88;
    int rc = o->letter == 'u' ? eddy_subscriber_recv(w->subscribers[o->argument[0]], &item)
                              : eddy_watcher_next(w->watchers[o->argument[0]], &item);
    return tell(c, o, item_or(rc, item));
}

static int do_unsubscribe(context *c, const operation *o) {
    o->letter == 'u' ? close_subscriber((int)o->argument[0]) : close_watcher((int)o->argument[0]);
    return tell(c, o, 0);
}

static int do_end_source(context *c, const operation *o) {
    o->letter == 'd' ? end_broadcast((int)o->argument[0]) : end_watch((int)o->argument[0]);
    return tell(c, o, 0);
}

void destroy_feeds(void) {
    for (int i = 0; i < MAX_HANDLES; i++) close_subscriber(i), close_watcher(i);
    for (int i = 0; i < MAX_HANDLES / 10; i++) end_broadcast(i), end_watch(i);
}

/* ---- the names ------------------------------------------------------------------------------- */

meaning find_feed_meaning(const char *name) {
    static const struct {
        const char *name;
        meaning mean;
    } table[] = {
        {"cast", do_cast},
        {"try_hear", do_try_hear},
        {"lost", do_lost},
        {"change", do_change},
        {"value", do_value},
        {"subscribe", do_subscribe},
        {"hear", do_hear},
        {"unsubscribe", do_unsubscribe},
        {"end_source", do_end_source},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (strcmp(table[i].name, name) == 0) return table[i].mean;
    return NULL;
}
