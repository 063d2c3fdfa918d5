/* eddy/generator.h: asynchronous generators. */
#ifndef EDDY_GENERATOR_H
#define EDDY_GENERATOR_H

#include "task.h"

/* A function on a stack of its own that hands out items one by one. It runs in the name of whoever
 * calls next or close: under that task's scopes and locals, and what it waits for that task waits
 * for (R13). */
typedef struct eddy_gen eddy_gen;

EDDY__BEGIN_C

/* Makes a generator with body `fn(arg)` whose items have `item_size` bytes. Its body starts with the
 * first eddy_gen_next. Never blocks. Returns a handle, or NULL without memory; every call takes NULL
 * as a generator that failed with EDDY_ENOMEM. Whoever gets it calls eddy_gen_close.
 * Follows asynchronous generators of Python. */
eddy_gen *eddy_gen_open(eddy_fn fn, void *arg, size_t item_size);

/* Inside a generator's body: hands a copy of *item to the consumer and goes on with its next call.
 * Returns 0; EDDY_ECLOSED if the consumer has closed the generator: the body should clean up, which
 * may wait, and return; EDDY_ESTATE outside of a generator's body, or inside a scope or group that
 * the body has opened. Is no checkpoint. */
int eddy_emit(const void *item);

/* Runs the body up to its next item, which is copied to *item. Costs no pass of the loop unless the
 * body waits. [blocks] Returns 1: an item; 0: the end; < 0: the error that the body returned, once,
 * and then 0; EDDY_ECANCELED before the body has run on; EDDY_ESTATE outside a task or while another
 * task is in it, or from its own body. */
int eddy_gen_next(eddy_gen *g, void *item) EDDY__BLOCKS;

/* Lets go of the generator: runs the body to its end (its eddy_emit returns EDDY_ECLOSED) and frees
 * it; a body that has not begun is freed without running. [blocks] Not stopped by cancellation of
 * the caller, which the body sees. Returns 0 or the body's error (EDDY_ECLOSED is none);
 * EDDY_ESTATE, and nothing is freed, outside a task, while another task is in it, or from its own
 * body. NULL is EDDY_ENOMEM. Follows aclose(). */
int eddy_gen_close(eddy_gen *g) EDDY__BLOCKS;

eddy_gen *eddy__gen_open(const char *site, const char *name, eddy_fn fn, void *arg,
                         size_t item_size);
int eddy__gen_next(const char *site, eddy_gen *g, void *item) EDDY__BLOCKS;
int eddy__gen_close(const char *site, eddy_gen *g) EDDY__BLOCKS;

EDDY__END_C

#define eddy_gen_open(fn, ...) eddy__gen_open(EDDY__SITE, #fn, (fn), __VA_ARGS__)
#define eddy_gen_next(...) eddy__gen_next(EDDY__SITE, __VA_ARGS__)
#define eddy_gen_close(...) eddy__gen_close(EDDY__SITE, __VA_ARGS__)

#endif
