/* eddy/events.h: server-sent events, over eddy_fetch: wherever there is HTTP. */
#ifndef EDDY_EVENTS_H
#define EDDY_EVENTS_H

#include "io.h"

/* A stream of events that a server sends, which connects anew when it breaks off. One task asks for the
 * next at a time. */
typedef struct eddy_event_source eddy_event_source;

/* Where the events come from. Zero means default. */
typedef struct eddy_event_source_options {
    const char *url;            /* absolute */
    const char *const *headers; /* name, value, …, NULL, besides accept and last-event-id */
    const char *credentials, *mode; /* as in eddy_fetch */
    const char *last_event_id;  /* what was seen before, in another run of the program */
    eddy_time retry;            /* between two connections, until the server says; default 3 s */
    size_t limit;               /* bytes of the longest event; default 1 MiB */
    unsigned attempts;          /* to connect anew, one after another, before giving up; 0: no limit */
} eddy_event_source_options;

/* One event; all of it is valid until the next call for this source. */
typedef struct eddy_server_event {
    const char *type; /* "message", if the server does not say */
    const char *data; /* lines joined by newlines; a zero byte is appended */
    size_t size;      /* bytes of data */
    const char *id;   /* the last that the server has sent, "" if none */
} eddy_server_event;

EDDY__BEGIN_C

/* Connects to a source of events. [blocks] Returns 0 and in *source what is to be closed with
 * eddy_event_source_close; on an error *source is NULL: EDDY_EHTTP with a text if the status is neither
 * 200 nor 204, or what comes is no text/event-stream; otherwise as eddy_fetch. Strings are copied.
 * Follows the HTML standard's EventSource, except that the first connection is tried once. */
int eddy_event_source_open_with(eddy_event_source **source,
                                const eddy_event_source_options *options) EDDY__BLOCKS;

/* Waits for the next event. [blocks] When the connection ends or breaks off it waits for the time that
 * the server has asked for with `retry:`, doubled with each failure in a row up to a minute, and connects
 * anew with the id of the last event. Returns 1; 0 if the server has said by status 204 that there will
 * be no more. EDDY_ECANCELED: no event is lost, the next call goes on; an attempt to connect is given up
 * and made again. EDDY_EFULL: an event is longer than
 * the limit; EDDY_EHTTP as above; an error as eddy_fetch after options.attempts failures: these, and 0,
 * are for good, and every later call returns the same. EDDY_ESTATE outside a task, or while another task
 * waits; EDDY_EINVAL; EDDY_ENOMEM: the connection is lost, and the next call makes another. Bytes are
 * handed over as they came: nobody checks that they are UTF-8. In a page the server must allow the header
 * last-event-id to other origins. */
int eddy_event_source_next(eddy_event_source *source, eddy_server_event *event) EDDY__BLOCKS;

/* The id that a new connection would begin after, "" if none; to be kept for another run. Valid until
 * the next call for this source. */
const char *eddy_event_source_last_id(const eddy_event_source *source);

/* Frees the source and aborts its connection. NULL is ignored. A call for the next event in which
 * another task waits returns EDDY_ECLOSED. Never blocks. */
void eddy_event_source_close(eddy_event_source *source);

int eddy__event_source_open_with(const char *site, eddy_event_source **source,
                                 const eddy_event_source_options *options) EDDY__BLOCKS;
int eddy__event_source_next(const char *site, eddy_event_source *source,
                            eddy_server_event *event) EDDY__BLOCKS;

EDDY__END_C

#define eddy_event_source_open_with(...) eddy__event_source_open_with(EDDY__SITE, __VA_ARGS__)
#define eddy_event_source_next(...) eddy__event_source_next(EDDY__SITE, __VA_ARGS__)

#ifndef __cplusplus
/* eddy_event_source_open(&source, url, .limit = 1000); eddy_event_source_open_with the URL and the
 * options named, the others default. [blocks] Results as eddy_event_source_open_with. */
#define eddy_event_source_open(source, ...)                                                        \
    eddy_event_source_open_with((source), &(eddy_event_source_options){.url = __VA_ARGS__})
#endif

#endif
