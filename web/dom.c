/* dom.c: events of the page as a channel. The other side is dom.mjs, which writes each event to the one
 * place below and tells of it. */
#include "../src/core/internal.h"
#include "eddy/dom.h"

int eddy_js_dom_listen(eddy_js_watcher *watcher, const char *target, uint32_t of, const char *types,
                   unsigned flags);
void eddy_js_dom_unlisten(eddy_js_watcher *watcher);

#define DEFAULT_CAPACITY 64

enum { CAPTURE = 1, ONCE = 2, PASSIVE = 4, PREVENT_DEFAULT = 8, STOP_PROPAGATION = 16 };

struct eddy_js_watcher {
    eddy_sender *tx;
    eddy_receiver *rx;
    uint64_t lost;
    bool drop_new;
};

static eddy_js_event arrived;

/* As dom.mjs writes it. */
_Static_assert(offsetof(eddy_js_event, milliseconds) == 32, "layout");
_Static_assert(offsetof(eddy_js_event, button) == 40, "layout");
_Static_assert(offsetof(eddy_js_event, shift) == 48, "layout");
_Static_assert(offsetof(eddy_js_event, type) == 53, "layout");
_Static_assert(offsetof(eddy_js_event, target) == 77, "layout");
_Static_assert(offsetof(eddy_js_event, key) == 117, "layout");
_Static_assert(offsetof(eddy_js_event, code) == 141, "layout");
_Static_assert(offsetof(eddy_js_event, text) == 165, "layout");

EDDY__EXPORT eddy_js_event *eddy__event_slot(void) {
    return &arrived;
}

EDDY__EXPORT void eddy__event_arrived(eddy_js_watcher *watcher) {
    static eddy_js_event oldest;
    int rc = eddy_try_send(watcher->tx, &arrived);
    if (rc >= 0) return;
    watcher->lost++;
    if (rc != EDDY_EFULL || watcher->drop_new) return;
    if (eddy_try_recv(watcher->rx, &oldest) == 0) (void)eddy_try_send(watcher->tx, &arrived);
}

static unsigned flags_of(const eddy_js_events_options *options) {
    return (options->capture ? CAPTURE : 0) | (options->once ? ONCE : 0) |
           (options->passive ? PASSIVE : 0) | (options->prevent_default ? PREVENT_DEFAULT : 0) |
           (options->stop_propagation ? STOP_PROPAGATION : 0);
}

static void drop(eddy_js_watcher *watcher) {
    eddy_sender_close(watcher->tx);
    eddy_receiver_close(watcher->rx);
    eddy__free(watcher, sizeof *watcher);
}

int eddy_js_events_with(eddy_js_watcher **watcher, const char *target,
                        const eddy_js_events_options *options) {
    if (!watcher) return EDDY_EINVAL;
    *watcher = NULL;
    if (!options || !options->types || !target == !options->of.id ||
        (options->passive && options->prevent_default))
        return EDDY_EINVAL;
    eddy_js_watcher *made = eddy__alloc(sizeof *made);
    if (!made) return EDDY_ENOMEM;
    *made = (eddy_js_watcher){.drop_new = options->drop_new};
    size_t capacity = options->capacity ? options->capacity : DEFAULT_CAPACITY;
    int rc = eddy_chan_open(sizeof(eddy_js_event), capacity, &made->tx, &made->rx);
    if (rc < 0) {
        eddy__free(made, sizeof *made);
        return rc;
    }
    rc = eddy_js_dom_listen(made, target, options->of.id, options->types, flags_of(options));
    if (rc < 0) {
        drop(made);
        const char *what = target ? target : "this value";
        const char *format = rc == EDDY_ENOENT   ? "there is no element \"%s\""
                             : rc == EDDY_ENOSYS ? "there are no events of \"%s\" here"
                                                 : "\"%s\" cannot be listened to";
        return eddy__call_failed(rc, format, what);
    }
    eddy__host_hold(1); /* an event may come */
    *watcher = made;
    return 0;
}

eddy_receiver *eddy_js_watcher_events(eddy_js_watcher *watcher) {
    return watcher ? watcher->rx : NULL;
}

uint64_t eddy_js_watcher_lost(const eddy_js_watcher *watcher) {
    return watcher ? watcher->lost : 0;
}

void eddy_js_watcher_close(eddy_js_watcher *watcher) {
    if (!watcher) return;
    eddy_js_dom_unlisten(watcher);
    drop(watcher);
    eddy__host_hold(-1);
    if (!eddy__the_loop.in_pass) eddy__host_wake(); /* if only to find that nobody can wake it any more */
}
