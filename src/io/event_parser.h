/* event_parser.h: server-sent events out of bytes, by the HTML standard. */
#ifndef EDDY_EVENT_PARSER_H
#define EDDY_EVENT_PARSER_H

#include "../core/internal.h"

/* Bytes that grow; owned, by eddy__alloc. */
typedef struct eddy__bytes {
    char *at;
    size_t size, room;
} eddy__bytes;

typedef struct eddy__event_parser {
    size_t limit;             /* bytes of one event's type, data and unfinished line */
    eddy__bytes line;         /* what there is of the current one */
    eddy__bytes data, type;   /* of the event in the making */
    eddy__bytes id;           /* the last that was sent */
    eddy__bytes last_id;      /* the same when the last event was complete */
    int64_t retry;            /* milliseconds; -1: the server has not said */
    unsigned mark;            /* bytes of a byte order mark seen, or past it */
    bool after_return;        /* a newline that comes now belongs to the line's end */
    bool complete;            /* type and data are an event that was handed out */
} eddy__event_parser;

/* Zero is a parser at the beginning of a stream, but for `limit`. Takes in bytes up to the end of an
 * event. *used: how many. Returns 1: there is one, in type and data with zero bytes appended; 0: all
 * were taken; EDDY_EFULL; EDDY_ENOMEM. */
int eddy__event_parser_take(eddy__event_parser *parser, const char *bytes, size_t size, size_t *used);

/* Another connection: what was unfinished is dropped, the last event's id is not. Returns 0 or
 * EDDY_ENOMEM. */
int eddy__event_parser_restart(eddy__event_parser *parser);

/* As if the server had sent it. Returns 0 or EDDY_ENOMEM. */
int eddy__event_parser_set_id(eddy__event_parser *parser, const char *id);

void eddy__event_parser_drop(eddy__event_parser *parser);

#endif
