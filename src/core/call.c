/* call.c: callbacks of the loop itself. */
#include "internal.h"

#define loop eddy__the_loop

/* ---- where they are: chunks, found by the number that is in a handle -------------------------------
 *
 * The number's lower half is the place, the upper one a serial, so that it never dangles. A chunk is
 * filled before the next: what is set together lies together, whatever the order in which it was due
 * the last time. */

#define IN_CHUNK 64

typedef struct {
    eddy__call *calls; /* IN_CHUNK of them */
    uint64_t free;     /* a bit each */
    uint32_t next;     /* that has room, + 1 */
} chunk;

static chunk *chunks;
static uint32_t chunk_count, chunk_room;
static uint32_t with_room; /* the first chunk that has room, + 1 */
static uint32_t call_count, last_serial;

static bool add_chunk(void) {
    if (chunk_count == chunk_room) {
        uint32_t more = chunk_room ? chunk_room * 2 : 4;
        chunk *grown = eddy__resize(chunks, chunk_room * sizeof *chunks, more * sizeof *chunks);
        if (!grown) return false;
        chunks = grown;
        chunk_room = more;
    }
    eddy__call *calls = eddy__alloc(IN_CHUNK * sizeof *calls);
    if (!calls) return false;
    for (uint32_t i = 0; i < IN_CHUNK; i++) calls[i].id = 0;
    chunks[chunk_count++] = (chunk){calls, UINT64_MAX, 0};
    with_room = chunk_count;
    return true;
}

static eddy__call *call_of(uint64_t id) {
    uint32_t place = (uint32_t)id, at = place / IN_CHUNK;
    if (id == 0 || at >= chunk_count) return NULL;
    eddy__call *call = &chunks[at].calls[place % IN_CHUNK];
    return call->id == id && call->fn ? call : NULL; /* without: cancelled, but still in the queue */
}

static eddy_call call_new(void (*fn)(void *), void *ctx, eddy__call **made) {
    *made = NULL;
    if (!fn) return (eddy_call){0};
    if (!with_room && !add_chunk()) return (eddy_call){0};
    uint32_t at = with_room - 1, place = (uint32_t)__builtin_ctzll(chunks[at].free);
    chunks[at].free &= chunks[at].free - 1;
    if (!chunks[at].free) with_room = chunks[at].next;
    call_count++;
    if (++last_serial == 0) last_serial = 1;
    eddy__call *call = *made = &chunks[at].calls[place];
    place += at * IN_CHUNK;
    *call = (eddy__call){.ready.kind = EDDY__READY_CALL,
                         .timer.kind = EDDY__TIMER_CALL,
                         .id = (uint64_t)last_serial << 32 | place,
                         .fn = fn,
                         .ctx = ctx};
    return (eddy_call){call->id};
}

static void call_free(eddy__call *call) {
    uint32_t place = (uint32_t)call->id, at = place / IN_CHUNK;
    call->id = 0;
    if (!chunks[at].free) {
        chunks[at].next = with_room;
        with_room = at + 1;
    }
    chunks[at].free |= (uint64_t)1 << place % IN_CHUNK;
    call_count--;
}

void eddy__calls_trim(void) {
    if (call_count) return;
    for (uint32_t i = 0; i < chunk_count; i++) eddy__free(chunks[i].calls, IN_CHUNK * sizeof(eddy__call));
    eddy__free(chunks, chunk_room * sizeof *chunks);
    chunks = NULL;
    chunk_count = chunk_room = with_room = 0;
}

/* ---- what the header offers ------------------------------------------------------------------------ */

eddy_call eddy_call_soon(void (*fn)(void *ctx), void *ctx) {
    eddy__call *call;
    eddy_call handle = call_new(fn, ctx, &call);
    if (call) eddy__ready_push(&call->ready);
    return handle;
}

eddy_call eddy_call_at(eddy_time when, void (*fn)(void *ctx), void *ctx) {
    eddy__call *call;
    eddy_call handle = call_new(fn, ctx, &call);
    if (!call || eddy__timer_set(&call->timer, when) == 0) return handle;
    call_free(call);
    return (eddy_call){0};
}

eddy_call eddy_call_later(eddy_time delay, void (*fn)(void *ctx), void *ctx) {
    eddy_time now = eddy_now();
    return eddy_call_at(delay <= 0 ? now : eddy__time_add(now, delay), fn, ctx);
}

bool eddy_call_cancel(eddy_call handle) {
    eddy__call *call = call_of(handle.id);
    if (!call) return false;
    if (call->timer.slot || call->timer.when == EDDY_FOREVER) {
        eddy__timer_clear(&call->timer);
        call_free(call);
        return true;
    }
    /* In the ready queue, which is singly linked: it runs as nothing, in its turn. */
    call->fn = NULL;
    return true;
}

void eddy__call_due(eddy__call *call) {
    eddy__ready_push(&call->ready);
}

void eddy__call_run(eddy__call *call) {
    void (*fn)(void *) = call->fn;
    void *ctx = call->ctx;
    call_free(call); /* before the call: it may ask to cancel itself */
    if (fn) fn(ctx);
}

void eddy__calls_drop(void) {
    for (uint32_t i = 0; i < chunk_count * IN_CHUNK; i++)
        (void)eddy_call_cancel((eddy_call){chunks[i / IN_CHUNK].calls[i % IN_CHUNK].id});
}
