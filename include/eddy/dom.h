/* eddy/dom.h: events of the page, and of Node's emitters, as a channel. */
#ifndef EDDY_DOM_H
#define EDDY_DOM_H

#include "channel.h"
#include "js.h"

/* An event as C gets it. Texts end with a zero byte and are cut to what has room, between characters;
 * what an event does not have is 0 or "". */
typedef struct eddy_js_event {
    double x, y;         /* of the pointer, in the window */
    double dx, dy;       /* of the wheel */
    double milliseconds; /* when, on performance.now()'s clock */
    int button, buttons; /* the one that it is about; a bit for each that is down */
    bool shift, ctrl, alt, meta, repeat; /* the keys held; the event of a key held on */
    char type[24];   /* "click", "keydown" … */
    char target[40]; /* the id of the element it happened at */
    char key[24];    /* "a", "Enter" … */
    char code[24];   /* "KeyA", "Enter" … */
    char text[128];  /* the value of an input, the data of a message, an emitter's argument; what is no
                        string is written as JSON */
} eddy_js_event;

/* Listens to events, until it is closed. */
typedef struct eddy_js_watcher eddy_js_watcher;

/* How to listen. Zero means default. */
typedef struct eddy_js_events_options {
    const char *types;     /* "click", "keydown keyup" */
    eddy_js of;            /* an EventTarget or an emitter of Node's, with a NULL target */
    size_t capacity;       /* how many events wait until they are received; 0: 64 */
    bool drop_new;         /* when so many wait a new one is lost, and not the oldest */
    bool prevent_default;  /* of each event, before its dispatch goes on */
    bool stop_propagation; /* the same */
    bool capture, once, passive; /* as for addEventListener */
} eddy_js_events_options;

EDDY__BEGIN_C

/* Listens to events at `target`: "window" (in a worker its scope), "document", or a CSS selector of the
 * first element that it matches. Never blocks. Returns 0 and a watcher, the caller's, in *watcher;
 * EDDY_ENOENT: there is no such element; EDDY_EINVAL; EDDY_ENOMEM; EDDY_ENOSYS where there are no such
 * events. What no longer listens at the end of the run is removed from its target then. */
int eddy_js_events_with(eddy_js_watcher **watcher, const char *target,
                        const eddy_js_events_options *options);

/* Where the events arrive, for eddy_recv and eddy_select, as eddy_js_event; borrowed until close. NULL
 * for NULL. */
eddy_receiver *eddy_js_watcher_events(eddy_js_watcher *watcher);

/* How many events were lost because too many waited, or for want of memory. */
uint64_t eddy_js_watcher_lost(const eddy_js_watcher *watcher);

/* Stops listening; what has not been received is lost. A task that waits for an event gets
 * EDDY_ECLOSED. NULL is ignored. Never blocks. */
void eddy_js_watcher_close(eddy_js_watcher *watcher);

EDDY__END_C

#ifndef __cplusplus
/* Listens as eddy_js_events_with does, to `types`, with options by their names:
 *     eddy_js_events(&clicks, "#save", "click", .prevent_default = true) */
#define eddy_js_events(watcher, target, ...)                                                      \
    eddy_js_events_with((watcher), (target), &(eddy_js_events_options){.types = __VA_ARGS__})
#endif

#endif
