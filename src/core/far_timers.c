/* far_timers.c: the deadlines that the heap of timer.c is too small for.
 *
 * A heap of a million entries misses the cache at every level. So only the nearest deadlines are in a
 * heap; the others lie unsorted in segments, one behind the other in time, the nearest last in `far`:
 *
 *     heap: all before far[n-1].from | far[n-1] | far[n-2] | … | far[0]
 *
 * When the heap has run empty it gets the nearest segment; one that is too large is parted first, again
 * and again, each time in WAYS: so each entry is read and written log n times in all, from end to end
 * of the memory they are in. It is the lazy quicksort of Navarro and Paredes' quickheaps, with a heap
 * for the first part and the many pivots of a samplesort. */
#include "internal.h"

#ifndef EDDY__SMALL

/* A piece is half a page: processors foresee what is read in order within one. */
#define PIECE_ENTRIES 127

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
static uint32_t entries; /* in all of them */
static piece *spare;
static uint32_t spares;

/* Into how many segments one is parted, a power of two. More need more samples and more pieces at
 * once, fewer move each entry more often. */
#define WAYS 8

/* ---- pieces and segments ------------------------------------------------------------------------ */

static void give_back(piece *p) {
    p->next = spare;
    spare = p;
    spares++;
}

/* Each parting makes WAYS - 1 segments more, and at most WAYS pieces that are not full. Those for as
 * many partings as it takes to get from all entries to one heap, with two more for bad luck, are there
 * beforehand: to get at a deadline must not need memory. */
static uint32_t most_parts(void) {
    uint32_t partings = 3;
    for (uint32_t left = entries / 8192; left; left /= WAYS) partings++;
    return partings * WAYS;
}

static bool reserve(uint32_t pieces) {
    uint32_t parts = most_parts();
    if (segments + parts > room) {
        segment *grown = eddy__resize(far, room * sizeof *far, 2 * (room + parts) * sizeof *far);
        if (!grown) return false;
        far = grown;
        room = 2 * (room + parts);
    }
    while (spares < pieces + parts) {
        piece *p = eddy__alloc(sizeof *p);
        if (!p) return false;
        give_back(p);
    }
    return true;
}

/* There is a spare piece. */
static void add_piece(segment *s) {
    piece *p = spare;
    EDDY_ASSERT(p);
    spare = p->next;
    spares--;
    p->next = s->first;
    p->count = 0;
    s->first = p;
}

static bool is_full(const segment *s) {
    return !s->first || s->first->count == PIECE_ENTRIES;
}

/* There is a spare piece if one is needed. */
EDDY__INLINE void add(segment *s, const eddy__deadline *e) {
    if (EDDY__UNLIKELY(is_full(s))) add_piece(s);
    s->first->entries[s->first->count++] = *e;
    s->count++;
}

/* ---- where to part ------------------------------------------------------------------------------ */

/* In order, each third is where a part begins. */
#define SAMPLES (3 * WAYS - 1)

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

/* From all over it, at most three from a piece. */
static void take_samples(const segment *s, eddy__deadline *samples) {
    uint32_t pieces = (s->count - 1) / PIECE_ENTRIES + 1, at = 0, i = 0;
    EDDY_ASSERT(3 * pieces >= SAMPLES);
    for (const piece *p = s->first; p; p = p->next, at++)
        for (; i < SAMPLES && i * pieces / SAMPLES == at; i++)
            samples[i] = p->entries[random_below(p->count)];
    sort(samples);
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
    if (EDDY__UNLIKELY(is_full(&far[at])) && !reserve(1)) return false;
    add(&far[at], &e);
    entries++;
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
        else add(&s, &heap[i]);
    }
    *count = kept;
    far[segments++] = s;
    entries += s.count;
    return true;
}

/* The nearest segment, which has many pieces, becomes WAYS. They begin at different entries, because
 * none was taken as a sample four times; so none of them gets all. */
static void part(void) {
    segment whole = far[--segments];
    eddy__deadline samples[SAMPLES];
    take_samples(&whole, samples);
    segment *parts = &far[segments]; /* the nearest last */
    EDDY_ASSERT(segments + WAYS <= room);
    for (uint32_t i = 0; i < WAYS - 1; i++)
        parts[i] = (segment){.from = samples[3 * (WAYS - 1 - i) - 1]};
    parts[WAYS - 1] = (segment){.from = whole.from};
    segments += WAYS;
    for (piece *p = whole.first, *next; p; p = next) {
        next = p->next;
        for (uint32_t i = 0; i < p->count; i++) {
            const eddy__deadline *e = &p->entries[i];
            uint32_t at = 0;
            for (uint32_t half = WAYS / 2; half; half /= 2)
                at += half & -(uint32_t)eddy__deadline_before(e, &parts[at + half - 1].from);
            add(&parts[at], e);
        }
        give_back(p);
    }
}

uint32_t eddy__far_load(eddy__deadline *heap, uint32_t limit) {
    uint32_t count = 0;
    while (segments && count == 0) {
        while (far[segments - 1].count > limit) part();
        for (piece *p = far[--segments].first, *next; p; p = next) {
            next = p->next;
            memcpy(heap + count, p->entries, p->count * sizeof *heap);
            count += p->count;
            give_back(p);
        }
    }
    entries -= count;
    return count;
}

/* Segments that become empty stay: what has just been taken out of one can be put back. */
void eddy__far_remove_gone(void) {
    for (uint32_t i = 0; i < segments; i++) {
        segment left = {.from = far[i].from};
        for (piece *p = far[i].first, *next; p; p = next) {
            next = p->next;
            for (uint32_t at = 0; at < p->count; at++)
                if (!eddy__deadline_is_gone(&p->entries[at])) add(&left, &p->entries[at]);
            give_back(p);
        }
        entries -= far[i].count - left.count;
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
