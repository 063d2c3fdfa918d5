/* eddy/retry.h: trying again: delays that grow, with jitter; requests that are repeated. */
#ifndef EDDY_RETRY_H
#define EDDY_RETRY_H

#include "io.h"

/* Delays between attempts: each is drawn evenly from 0 up to a limit that doubles from delay to delay
 * ("full jitter"), so that clients that failed together do not come back together. Valid when
 * zero-initialised. */
typedef struct eddy_backoff {
    eddy_time base;  /* the limit of the first delay; default 100 ms */
    eddy_time most;  /* no limit is higher; default 30 s */
    uint64_t seed;   /* determines the delays; 0: others each time */
    unsigned count;  /* of delays since the beginning or the last reset; set by the calls */
    uint64_t random; /* the runtime's own */
} eddy_backoff;

/* How eddy_fetch_retry repeats. Zero means default. */
typedef struct eddy_retry_options {
    unsigned attempts;  /* in all; default 4 */
    eddy_time base;     /* as in eddy_backoff */
    eddy_time most;     /* the same */
    uint64_t seed;      /* the same */
    eddy_time patience; /* a server that wants a longer delay is not asked again; default 60 s */
    bool any_method;    /* also POST, PATCH and others: the server may then do it twice */
} eddy_retry_options;

EDDY__BEGIN_C

/* The next delay. Never blocks. NULL gives 0. */
eddy_time eddy_backoff_next(eddy_backoff *b);

/* Sleeps for the next delay. [blocks] Returns 0, EDDY_ECANCELED, EDDY_ENOMEM, or EDDY_ESTATE outside a
 * task. */
int eddy_backoff_wait(eddy_backoff *b) EDDY__BLOCKS;

/* After a success: the next delay is a first one. Never blocks. */
void eddy_backoff_reset(eddy_backoff *b);

/* eddy_fetch_with, repeated after a network error and after the statuses 408, 425, 429, 500, 502, 503
 * and 504, with the delays of an eddy_backoff, or that of the answer's Retry-After if that is longer (a
 * date there is meant by the server's clock: it counts from the answer's Date, if that can be read).
 * [blocks] NULL as `retry` means all defaults. Only methods that may be repeated are: GET, HEAD, PUT,
 * DELETE, OPTIONS, TRACE; a body_stream is sent once. Returns what the last attempt did: 0, also with
 * one of these statuses (eddy_response_check makes it an error), or errors as eddy_fetch_with;
 * EDDY_ECANCELED also during a delay: scopes limit it as a whole. Follows urllib3's Retry. */
int eddy_fetch_retry(eddy_response **r, const eddy_fetch_options *options,
                     const eddy_retry_options *retry) EDDY__BLOCKS;

int eddy__backoff_wait(const char *site, eddy_backoff *b) EDDY__BLOCKS;
int eddy__fetch_retry(const char *site, eddy_response **r, const eddy_fetch_options *options,
                      const eddy_retry_options *retry) EDDY__BLOCKS;

EDDY__END_C

#define eddy_backoff_wait(...) eddy__backoff_wait(EDDY__SITE, __VA_ARGS__)
#define eddy_fetch_retry(...) eddy__fetch_retry(EDDY__SITE, __VA_ARGS__)

#endif
