/* eddy/channel.h: channels with two ends, broadcast, watch, and select over them. */
#ifndef EDDY_CHANNEL_H
#define EDDY_CHANNEL_H

#include "queue.h"
#include "sync.h"
#include "task.h"

/* Handles of the two ends of a channel, any number of each. Each is owned, and closed by itself; an
 * end is closed when its last handle is. */
typedef struct eddy_sender eddy_sender;
typedef struct eddy_receiver eddy_receiver;

/* How a channel is to be. Zero means default. */
typedef struct eddy_chan_options {
    void (*free_item)(void *item); /* called for an item that nobody will receive: frees what the
                                      item owns, not its bytes; outside of any task */
} eddy_chan_options;

/* One source, any number of subscribers, each of whom gets every item sent after it came. */
typedef struct eddy_broadcast eddy_broadcast;
typedef struct eddy_subscriber eddy_subscriber;

/* A value that changes; who watches gets the latest, not every one. */
typedef struct eddy_watch eddy_watch;
typedef struct eddy_watcher eddy_watcher;

/* One thing that eddy_select may do: made by the EDDY_CASE_ macros. While a task waits with it, it
 * must stay where it is. */
typedef struct eddy_case {
    unsigned kind; /* which of the EDDY_CASE_ macros made it */
    void *object;  /* the queue, end, future or event */
    void *item;  /* where an item goes to or comes from */
    int result;  /* of the case that happened, as its own call would have returned */
    struct eddy__task *task; /* the rest is the runtime's, while it waits */
    struct eddy_case *cases;
    size_t count;
    eddy__waiter waiter;
} eddy_case;

#ifdef __cplusplus
#define EDDY__CASE(kind, object, item)                                                             \
    eddy_case {                                                                                    \
        (kind), (object), (item), 0, 0, 0, 0, {                                                    \
            0, 0, 0, 0, 0                                                                          \
        }                                                                                          \
    }
#else
#define EDDY__CASE(kind, object, item)                                                             \
    (eddy_case) {                                                                                  \
        (kind), (object), (item), 0, 0, 0, 0, {                                                    \
            0, 0, 0, 0, 0                                                                          \
        }                                                                                          \
    }
#endif
enum {
    EDDY__CASE_GET = 1,
    EDDY__CASE_PUT,
    EDDY__CASE_RECV,
    EDDY__CASE_SEND,
    EDDY__CASE_JOIN,
    EDDY__CASE_EVENT
};
/* What eddy_select may do: get from or put to a queue, receive or send at an end of a channel, join
 * a future, wait for an event. Each as the call of that name; nothing is done until eddy_select is
 * called: `eddy_case cases[] = {EDDY_CASE_GET(&jobs, &job), EDDY_CASE_EVENT(&stop)}`. */
#define EDDY_CASE_GET(queue, item_) EDDY__CASE(EDDY__CASE_GET, (queue), (item_))
#define EDDY_CASE_PUT(queue, item_) EDDY__CASE(EDDY__CASE_PUT, (queue), (void *)(item_))
#define EDDY_CASE_RECV(rx, item_) EDDY__CASE(EDDY__CASE_RECV, (rx), (item_))
#define EDDY_CASE_SEND(tx, item_) EDDY__CASE(EDDY__CASE_SEND, (tx), (void *)(item_))
#define EDDY_CASE_JOIN(future) EDDY__CASE(EDDY__CASE_JOIN, (future), 0)
#define EDDY_CASE_EVENT(event) EDDY__CASE(EDDY__CASE_EVENT, (event), 0)

EDDY__BEGIN_C

/* ---- channels -------------------------------------------------------------------------------- */

/* Opens a channel of items of `item_size` bytes that holds up to `capacity`; with 0 an item goes
 * from hand to hand: a send waits until it is received. *tx and *rx get its ends, both the caller's.
 * Memory is taken as items come. Never blocks. Returns 0, EDDY_ENOMEM or EDDY_EINVAL (both NULL
 * then).
 * Follows trio.open_memory_channel. */
int eddy_chan_open(size_t item_size, size_t capacity, eddy_sender **tx, eddy_receiver **rx);

/* eddy_chan_open with options; NULL options mean all defaults. Results as eddy_chan_open. */
int eddy_chan_open_with(size_t item_size, size_t capacity, const eddy_chan_options *options,
                        eddy_sender **tx, eddy_receiver **rx);

/* Sends a copy of *item, waiting in line for room. [blocks] Returns 0; EDDY_ECLOSED when an end is
 * closed; EDDY_ECANCELED (it was not sent); EDDY_ENOMEM (the same); EDDY_ESTATE outside a task;
 * EDDY_EINVAL (NULL; `item` may be NULL if items have no bytes). */
int eddy_send(eddy_sender *tx, const void *item) EDDY__BLOCKS;

/* Receives an item into *item, waiting in line for one. [blocks] Returns 0; EDDY_ECLOSED: the end of
 * the stream, the last sender is closed and nothing is left; EDDY_ECANCELED (nothing was received);
 * EDDY_ESTATE outside a task; EDDY_EINVAL. */
int eddy_recv(eddy_receiver *rx, void *item) EDDY__BLOCKS;

/* Sends if there is room. Returns 0; EDDY_EFULL; EDDY_ECLOSED; EDDY_ENOMEM; EDDY_EINVAL. Never
 * blocks, no checkpoint; also outside of tasks. */
int eddy_try_send(eddy_sender *tx, const void *item);

/* Receives if there is an item. Returns 0; EDDY_EEMPTY; EDDY_ECLOSED; EDDY_EINVAL. Never blocks, no
 * checkpoint; also outside of tasks. */
int eddy_try_recv(eddy_receiver *rx, void *item);

/* Another handle for the same end, to be closed by itself. NULL without memory, or for NULL. Never
 * blocks. */
eddy_sender *eddy_sender_clone(eddy_sender *tx);
eddy_receiver *eddy_receiver_clone(eddy_receiver *rx);

/* Closes a handle, which is freed. With the last sender the stream ends: receivers still get what
 * was sent, then EDDY_ECLOSED. With the last receiver senders get EDDY_ECLOSED, and what is left goes
 * to free_item. NULL is ignored. Never blocks.
 * A task that waits in a call with this handle goes on waiting, for its place in line is the
 * channel's; if it was the last handle of its end, the call returns EDDY_ECLOSED. */
void eddy_sender_close(eddy_sender *tx);
void eddy_receiver_close(eddy_receiver *rx);

/* ---- broadcast ------------------------------------------------------------------------------- */

/* Opens a broadcast that keeps the last `capacity` items (>= 1) of `item_size` bytes for subscribers
 * who are slow. *b is the caller's. Returns 0, EDDY_ENOMEM or EDDY_EINVAL. Never blocks.
 * Follows tokio::sync::broadcast. */
int eddy_broadcast_open(size_t item_size, size_t capacity, eddy_broadcast **b);

/* Sends a copy of *item to all subscribers. Returns how many there are (at most INT_MAX), or
 * EDDY_EINVAL. Never blocks: who is too slow loses the oldest. Also outside of tasks. */
int eddy_broadcast_send(eddy_broadcast *b, const void *item);

/* Ends the stream and frees the handle; subscribers still get what is kept, then EDDY_ECLOSED. NULL
 * is ignored. Never blocks. */
void eddy_broadcast_close(eddy_broadcast *b);

/* A new subscriber, who gets what is sent from now on; the caller's. NULL without memory, or for
 * NULL. Never blocks. */
eddy_subscriber *eddy_broadcast_subscribe(eddy_broadcast *b);

/* Waits for the next item. [blocks] Returns 0; EDDY_ELAGGED if items were lost since the last call
 * (eddy_subscriber_lost tells how many; the next call goes on with the oldest kept); EDDY_ECLOSED at
 * the end; EDDY_ECANCELED; EDDY_ESTATE outside a task; EDDY_EINVAL. Of tasks that share a subscriber
 * each item goes to one, in line. */
int eddy_subscriber_recv(eddy_subscriber *s, void *item) EDDY__BLOCKS;

/* Takes the next item if there is one. Returns 0; EDDY_EEMPTY; EDDY_ELAGGED and EDDY_ECLOSED as
 * eddy_subscriber_recv; EDDY_EINVAL. Never blocks, no checkpoint; also outside of tasks. */
int eddy_subscriber_try_recv(eddy_subscriber *s, void *item);

/* How many items the last EDDY_ELAGGED that this subscriber got was about. Never blocks. */
uint64_t eddy_subscriber_lost(const eddy_subscriber *s);

/* Unsubscribes and frees the handle. NULL is ignored. A task that waits in it gets EDDY_ECLOSED.
 * Never blocks. */
void eddy_subscriber_close(eddy_subscriber *s);

/* ---- watch ----------------------------------------------------------------------------------- */

/* Opens a watched value of `item_size` bytes with a first value (copied). *w is the caller's.
 * Returns 0, EDDY_ENOMEM or EDDY_EINVAL. Never blocks. Follows tokio::sync::watch. */
int eddy_watch_open(size_t item_size, const void *first, eddy_watch **w);

/* Changes the value and wakes all who wait for that. Returns 0 or EDDY_EINVAL. Never blocks; also
 * outside of tasks. */
int eddy_watch_set(eddy_watch *w, const void *item);

/* Copies the latest value. Returns 0 or EDDY_EINVAL. Never blocks. */
int eddy_watch_get(const eddy_watch *w, void *item);

/* Ends it and frees the handle: watchers get a last change they have not seen, then EDDY_ECLOSED.
 * NULL is ignored. Never blocks. */
void eddy_watch_close(eddy_watch *w);

/* A new watcher, who has not seen the present value; the caller's. NULL without memory, or for NULL.
 * Never blocks. */
eddy_watcher *eddy_watch_subscribe(eddy_watch *w);

/* Waits until there is a value that this watcher has not seen and copies the latest; setting an
 * equal value counts. [blocks] Tasks that share a watcher and wait at once all get it.
 * Returns 0; EDDY_ECLOSED; EDDY_ECANCELED; EDDY_ESTATE outside a task; EDDY_EINVAL. */
int eddy_watcher_next(eddy_watcher *w, void *item) EDDY__BLOCKS;

/* Frees the handle. NULL is ignored. A task that waits in it gets EDDY_ECLOSED. Never blocks. */
void eddy_watcher_close(eddy_watcher *w);

/* ---- select ---------------------------------------------------------------------------------- */

/* Waits until one of `n` cases can happen, and lets exactly that one happen: the others consume,
 * deliver and read nothing. When several can, each has its turn. While it waits, it stands in the
 * line of each object like everyone else, and an object may stand in several cases. timeout in
 * nanoseconds, <= 0: only looks; EDDY_FOREVER: no limit. [blocks]
 * Returns the index of the case, whose `result` then is what its own call would have returned (an
 * error such as EDDY_ECLOSED is a happening too); EDDY_ETIMEDOUT; EDDY_ECANCELED; EDDY_ENOMEM without
 * memory for the timeout; EDDY_EINVAL (an unknown case, a NULL object; no cases and no timeout);
 * EDDY_ESTATE outside a task, for joining oneself, or if another task waits with one of the cases.
 * To join NULL is no mistake: as everywhere, that is a future that has failed with EDDY_ENOMEM.
 * Cases may be used again. Follows Go's select. */
int eddy_select(eddy_case *cases, size_t n, eddy_time timeout) EDDY__BLOCKS;

int eddy__send(const char *site, eddy_sender *tx, const void *item) EDDY__BLOCKS;
int eddy__recv(const char *site, eddy_receiver *rx, void *item) EDDY__BLOCKS;
int eddy__subscriber_recv(const char *site, eddy_subscriber *s, void *item) EDDY__BLOCKS;
int eddy__watcher_next(const char *site, eddy_watcher *w, void *item) EDDY__BLOCKS;
int eddy__select(const char *site, eddy_case *cases, size_t n, eddy_time timeout) EDDY__BLOCKS;

EDDY__END_C

#define eddy_send(...) eddy__send(EDDY__SITE, __VA_ARGS__)
#define eddy_recv(...) eddy__recv(EDDY__SITE, __VA_ARGS__)
#define eddy_subscriber_recv(...) eddy__subscriber_recv(EDDY__SITE, __VA_ARGS__)
#define eddy_watcher_next(...) eddy__watcher_next(EDDY__SITE, __VA_ARGS__)
#define eddy_select(...) eddy__select(EDDY__SITE, __VA_ARGS__)

#endif
