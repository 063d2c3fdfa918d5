/* far_timers.c: the deadlines that the heap of timer.c is too small for.
 *
 * A heap of a million entries misses the cache at every level. So only the nearest deadlines are in a
 * heap; the others lie unsorted in segments, one behind the other in time, the nearest last in `far`:
 *
 *     heap: all before far[n-1].from | far[n-1] | far[n-2] | … | far[0]
 *
 * When the heap has run empty it gets the nearest segment; one that is too large is parted in four
 * first, again and again. Each part is read and written from end to end, log n times in all. It is the
 * lazy quicksort of Navarro and Paredes' quickheaps, with a heap for the first part. */
#include "internal.h"

#ifndef EDDY__SMALL

#define PIECE_ENTRIES 31

typedef struct piece {
    struct piece *next;
    uint32_t count;
    eddy__deadline entries[PIECE_ENTRIES];
} piece;

typedef struct {
    eddy__deadline from; /* nothing in it is before this */
    piece *first;        /* the only one that may be added to */
    uint32_t count;
} segment;

static segment *far;
static uint32_t segments, room;
static piece *spare;
static uint32_t spares;

/* Each parting makes three segments more, and as many pieces that are not full. Those for as many
 * partings as it takes to get from all memory to one heap are there beforehand: to get at a deadline
 * must not need memory. */
#define PARTINGS 48

/* ---- pieces and segments ------------------------------------------------------------------------ */

static bool reserve(uint32_t pieces) {
    if (segments + PARTINGS > room) {
        segment *grown = eddy__resize(far, room * sizeof *far, 2 * (room + PARTINGS) * sizeof *far);
        if (!grown) return false;
        far = grown;
        room = 2 * (room + PARTINGS);
    }
    while (spares < pieces + PARTINGS) {
        piece *p = eddy__alloc(sizeof *p);
        if (!p) return false;
        p->next = spare;
        spare = p;
        spares++;
    }
    return true;
}

static void give_back(piece *p) {
    p->next = spare;
    spare = p;
    spares++;
}

/* There is a spare piece if one is needed. */
static void add(segment *s, eddy__deadline e) {
    if (!s->first || s->first->count == PIECE_ENTRIES) {
        piece *p = spare;
        EDDY_ASSERT(p);
        spare = p->next;
        spares--;
        p->next = s->first;
        p->count = 0;
        s->first = p;
    }
    s->first->entries[s->first->count++] = e;
    s->count++;
}

/* Takes any entry out. */
static bool take(segment *s, eddy__deadline *e) {
    if (!s->count) return false;
    piece *p = s->first;
    *e = p->entries[--p->count];
    s->count--;
    if (p->count == 0) {
        s->first = p->next;
        give_back(p);
    }
    return true;
}

/* ---- where to part ------------------------------------------------------------------------------ */

#define SAMPLES 9

static uint32_t random_below(uint32_t n) {
    static uint32_t state = 2463534242u; /* xorshift32: quality does not matter, order is exact anyhow */
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return (uint32_t)((uint64_t)state * n >> 32);
}

static void sort(eddy__deadline *samples) {
    for (int i = 1; i < SAMPLES; i++) {
        eddy__deadline e = samples[i];
        int at = i;
        for (; at > 0 && eddy__deadline_before(&e, &samples[at - 1]); at--) samples[at] = samples[at - 1];
        samples[at] = e;
    }
}

/* ---- for timer.c ---------------------------------------------------------------------------------- */

bool eddy__far_begins_before(const eddy__deadline *e) {
    return segments && !eddy__deadline_before(e, &far[segments - 1].from);
}

bool eddy__far_add(eddy__deadline e) {
    uint32_t at = 0; /* the first segment that e is not before */
    for (uint32_t left = segments, half; left > 1; left -= half) {
        half = left / 2;
        at += half & -(uint32_t)eddy__deadline_before(&e, &far[at + half - 1].from);
    }
    const piece *p = far[at].first;
    bool has_room = p && p->count < PIECE_ENTRIES;
    if (!has_room && !reserve(1)) return false;
    add(&far[at], e);
    return true;
}

bool eddy__far_take_half(eddy__deadline *heap, uint32_t *count) {
    if (!reserve(*count / PIECE_ENTRIES + 1)) return false;
    eddy__deadline samples[SAMPLES];
    for (uint32_t i = 0; i < SAMPLES; i++) samples[i] = heap[i * (*count / SAMPLES)];
    sort(samples);
    segment s = {.from = samples[SAMPLES / 2]};
    uint32_t kept = 0;
    for (uint32_t i = 0; i < *count; i++) {
        if (eddy__deadline_before(&heap[i], &s.from)) heap[kept++] = heap[i];
        else add(&s, heap[i]);
    }
    *count = kept;
    far[segments++] = s;
    return true;
}

/* The nearest segment, which has many pieces, becomes four. No two entries are equal, so each of them
 * gets at least the two samples that are in its part of the order. */
static void part(void) {
    segment whole = far[--segments];
    eddy__deadline samples[SAMPLES], e;
    uint32_t apart = whole.count / PIECE_ENTRIES / SAMPLES, pieces = 0, i = 0;
    for (const piece *p = whole.first; i < SAMPLES; p = p->next, pieces++)
        if (pieces == i * apart) samples[i++] = p->entries[random_below(p->count)];
    sort(samples);
    segment parts[4] = {
        {.from = samples[6]}, {.from = samples[4]}, {.from = samples[2]}, {.from = whole.from}};
    while (take(&whole, &e)) {
        int nearer = eddy__deadline_before(&e, &samples[6]) +
                     eddy__deadline_before(&e, &samples[4]) +
                     eddy__deadline_before(&e, &samples[2]);
        add(&parts[nearer], e);
    }
    EDDY_ASSERT(segments + 4 <= room);
    memcpy(&far[segments], parts, sizeof parts);
    segments += 4;
}

uint32_t eddy__far_load(eddy__deadline *heap, uint32_t limit) {
    uint32_t count = 0;
    while (segments && count == 0) {
        while (far[segments - 1].count > limit) part();
        segment s = far[--segments];
        while (take(&s, &heap[count])) count++;
    }
    return count;
}

/* Segments that become empty stay: what has just been taken out of one can be put back. */
void eddy__far_remove_gone(void) {
    for (uint32_t i = 0; i < segments; i++) {
        segment all = far[i], left = {.from = all.from};
        eddy__deadline e;
        while (take(&all, &e))
            if (!eddy__deadline_is_gone(&e)) add(&left, e);
        far[i] = left;
    }
}

void eddy__far_trim(void) {
    for (piece *p = spare, *next; p; p = next) {
        next = p->next;
        eddy__free(p, sizeof *p);
    }
    eddy__free(far, room * sizeof *far);
    spare = NULL;
    far = NULL;
    spares = segments = room = 0;
}

#endif
