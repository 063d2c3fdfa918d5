/* event_parser.c: "9.2.6 Interpreting an event stream" of the HTML standard, byte by byte. */
#include "event_parser.h"

/* ---- bytes -------------------------------------------------------------------------------------------- */

/* With room for a zero byte behind them. */
static bool append(eddy__bytes *bytes, const char *more, size_t size) {
    if (bytes->size + size >= bytes->room) {
        size_t room = bytes->room ? bytes->room * 2 : 64;
        while (room <= bytes->size + size) room *= 2;
        char *grown = eddy__resize(bytes->at, bytes->room, room);
        if (!grown) return false;
        bytes->at = grown;
        bytes->room = room;
    }
    if (size) memcpy(bytes->at + bytes->size, more, size);
    bytes->size += size;
    bytes->at[bytes->size] = 0;
    return true;
}

static bool assign(eddy__bytes *bytes, const char *from, size_t size) {
    bytes->size = 0;
    return append(bytes, from, size);
}

static void drop(eddy__bytes *bytes) {
    eddy__free(bytes->at, bytes->room);
    *bytes = (eddy__bytes){0};
}

/* ---- fields ------------------------------------------------------------------------------------------- */

static bool is_field(const char *line, size_t length, const char *name) {
    return length == strlen(name) && memcmp(line, name, length) == 0;
}

static void set_retry(eddy__event_parser *parser, const char *value, size_t size) {
    int64_t number = 0;
    for (size_t i = 0; i < size; i++) {
        if (value[i] < '0' || value[i] > '9') return;
        if (number < INT32_MAX) number = number * 10 + (value[i] - '0');
    }
    if (size) parser->retry = number;
}

static bool take_field(eddy__event_parser *parser) {
    const char *line = parser->line.at, *end = line + parser->line.size;
    const char *colon = memchr(line, ':', parser->line.size);
    size_t length = (size_t)((colon ? colon : end) - line);
    const char *value = colon ? colon + 1 : end;
    if (value < end && *value == ' ') value++;
    size_t size = (size_t)(end - value);
    if (is_field(line, length, "data"))
        return append(&parser->data, value, size) && append(&parser->data, "\n", 1);
    if (is_field(line, length, "event")) return assign(&parser->type, value, size);
    if (is_field(line, length, "id") && !(size && memchr(value, 0, size)))
        return assign(&parser->id, value, size);
    if (is_field(line, length, "retry")) set_retry(parser, value, size);
    return true; /* comments, too, whose name is empty */
}

/* An empty line. 1: there is an event. */
static int finish_event(eddy__event_parser *parser) {
    if (!assign(&parser->last_id, parser->id.at, parser->id.size)) return EDDY_ENOMEM;
    if (parser->data.size == 0) {
        parser->type.size = 0;
        return 0;
    }
    if (parser->type.size == 0 && !assign(&parser->type, "message", 7)) return EDDY_ENOMEM;
    parser->data.at[--parser->data.size] = 0; /* the last newline */
    parser->complete = true;
    return 1;
}

static int finish_line(eddy__event_parser *parser) {
    if (parser->line.size == 0) return finish_event(parser);
    if (!take_field(parser)) return EDDY_ENOMEM;
    parser->line.size = 0;
    return 0;
}

/* ---- bytes in ----------------------------------------------------------------------------------------- */

enum { PAST_MARK = 4 };

/* A byte order mark at the beginning is left out. False: the byte is to be taken. */
static bool skip_mark(eddy__event_parser *parser, char byte, bool *lost) {
    static const char mark[] = {'\xef', '\xbb', '\xbf'};
    *lost = false;
    if (parser->mark < 3 && byte == mark[parser->mark]) {
        if (++parser->mark == 3) parser->mark = PAST_MARK;
        return true;
    }
    if (parser->mark) *lost = !append(&parser->line, mark, parser->mark); /* it was none */
    parser->mark = PAST_MARK;
    return false;
}

/* How many bytes there are up to the end of the line. */
static size_t line_length(const char *bytes, size_t size) {
    size_t length = 0;
    while (length < size && bytes[length] != '\n' && bytes[length] != '\r') length++;
    return length;
}

int eddy__event_parser_take(eddy__event_parser *parser, const char *bytes, size_t size, size_t *used) {
    if (parser->complete) {
        parser->data.size = parser->type.size = 0;
        parser->complete = false;
    }
    size_t at = 0;
    *used = size;
    while (at < size) {
        bool lost;
        if (parser->mark != PAST_MARK) {
            if (skip_mark(parser, bytes[at], &lost)) {
                at++;
                continue;
            }
            if (lost) return EDDY_ENOMEM;
        }
        size_t length = line_length(bytes + at, size - at);
        if (length) {
            parser->after_return = false;
            size_t have = parser->line.size + parser->data.size + parser->type.size;
            if (have > parser->limit || length > parser->limit - have) return EDDY_EFULL;
            if (!append(&parser->line, bytes + at, length)) return EDDY_ENOMEM;
            at += length;
            continue;
        }
        bool second_half = parser->after_return && bytes[at] == '\n';
        parser->after_return = bytes[at++] == '\r';
        if (second_half) continue;
        int rc = finish_line(parser);
        if (rc) {
            *used = at;
            return rc;
        }
    }
    return 0;
}

int eddy__event_parser_restart(eddy__event_parser *parser) {
    parser->line.size = parser->data.size = parser->type.size = 0;
    parser->mark = 0;
    parser->after_return = parser->complete = false;
    return assign(&parser->id, parser->last_id.at, parser->last_id.size) ? 0 : EDDY_ENOMEM;
}

int eddy__event_parser_set_id(eddy__event_parser *parser, const char *id) {
    size_t size = strlen(id);
    return assign(&parser->id, id, size) && assign(&parser->last_id, id, size) ? 0 : EDDY_ENOMEM;
}

void eddy__event_parser_drop(eddy__event_parser *parser) {
    drop(&parser->line);
    drop(&parser->data);
    drop(&parser->type);
    drop(&parser->id);
    drop(&parser->last_id);
}
