/* shuffle.c: orders of tasks that a seed determines, for tests that must not depend on the order.
 *
 * At the begin of each pass the tasks in it change places at random. Calls and callbacks keep their
 * places, and so their order (R9). The queue is a linked list, which is shuffled as merge sort sorts
 * one: by halves, merged by lot. */
#include "internal.h"

#define loop eddy__the_loop

static uint64_t state; /* of the lots; never the same for two passes */

/* Splitmix64. */
static uint64_t draw(void) {
    uint64_t x = state += UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return x ^ x >> 31;
}

/* Shuffles the first `count` (>= 1) elements of a list. Returns their new first; *rest is what
 * comes after them. */
static eddy__ready *shuffle(eddy__ready *first, uint32_t count, eddy__ready **rest) {
    if (count == 1) {
        *rest = first->next;
        return first;
    }
    eddy__ready *halves[2], *shuffled = NULL, **end = &shuffled;
    uint32_t left[2] = {count / 2, count - count / 2};
    halves[0] = shuffle(first, left[0], &halves[1]);
    halves[1] = shuffle(halves[1], left[1], rest);
    /* Each of the two is the next with the chance of what is left of it: all orders are as likely. */
    for (; count > 0; count--) {
        unsigned which = draw() % count >= left[0];
        left[which]--;
        *end = halves[which];
        end = &halves[which]->next;
        halves[which] = halves[which]->next;
    }
    return shuffled;
}

static bool is_task(const eddy__ready *element) {
    return element->kind == EDDY__READY_TASK || element->kind == EDDY__READY_NEW;
}

/* The loop's mark is the queue's last element: the two lists become one again behind it. */
static void shuffle_pass(void) {
    eddy__ready *tasks = NULL, *others = NULL, *rest;
    eddy__ready **tasks_end = &tasks, **others_end = &others;
    uint32_t count = 0;
    for (eddy__ready *element = loop.ready_head; element; element = element->next) {
        if (is_task(element)) {
            *tasks_end = element;
            tasks_end = &element->next;
            count++;
        } else {
            *others_end = element;
            others_end = &element->next;
            element->tasks_before = count;
        }
    }
    *others_end = NULL;
    if (count) tasks = shuffle(tasks, count, &rest);

    eddy__ready **end = &loop.ready_head;
    for (uint32_t placed = 0; others; others = others->next, end = &(*end)->next) {
        for (; placed < others->tasks_before; placed++) {
            *end = tasks;
            end = &tasks->next;
            tasks = tasks->next;
        }
        *end = others;
    }
}

void eddy_schedule_seed(uint64_t seed) {
    state = loop.seed = seed;
    loop.shuffle = seed ? shuffle_pass : NULL;
}
