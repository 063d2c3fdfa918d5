/* The parser of server-sent events: streams as in the HTML standard and the web platform's tests, each
 * in pieces cut at every byte, and byte by byte; limits; without memory. */
#include "check.h"
#include "io/event_parser.h"

typedef struct sample {
    const char *name, *stream;
    size_t size;          /* 0: stream is a string */
    const char *expected; /* "type|data|id;" for each event, newlines as ~ */
    int64_t retry;
} sample;

#define BYTES(text) text, sizeof text - 1

static const sample samples[] = {
    {"nothing", "", 0, "", -1},
    {"one line", "data: hello\n\n", 0, "message|hello|;", -1},
    {"three lines", "data: YHOO\ndata: +2\ndata: 10\n\n", 0, "message|YHOO~+2~10|;", -1},
    {"no space, two spaces", "data:a\n\ndata:  b\n\n", 0, "message|a|;message| b|;", -1},
    {"the standard's second", ": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\n"
                              "data:  third event", 0, "message|first event|1;message|second event|;", -1},
    {"the standard's third", "data\n\ndata\ndata\n\ndata:", 0, "message||;message|~|;", -1},
    {"the standard's fourth", "data:test\n\ndata: test\n\n", 0, "message|test|;message|test|;", -1},
    {"types", "event: add\ndata: 73857293\n\nevent: remove\ndata: 2153\n\ndata: x\n\n", 0,
     "add|73857293|;remove|2153|;message|x|;", -1},
    {"the last type counts, empty is message", "event:a\nevent:b\ndata:1\n\nevent:a\nevent\ndata:2\n\n", 0,
     "b|1|;message|2|;", -1},
    {"an event without data is none, and its type is forgotten", "event: a\n\ndata: x\n\n", 0,
     "message|x|;", -1},
    {"carriage returns", "data:a\rdata:b\r\rdata:c\r\r", 0, "message|a~b|;message|c|;", -1},
    {"both", "data:a\r\ndata:b\r\n\r\ndata:c\r\n\r\n", 0, "message|a~b|;message|c|;", -1},
    {"mixed", "data:a\ndata:b\r\ndata:c\r\n\rdata:d\n\r\ndata:e\r\r\n", 0,
     "message|a~b~c|;message|d|;message|e|;", -1},
    {"a return, then an empty line", "data:a\r\n\n", 0, "message|a|;", -1},
    {"byte order mark", "\xef\xbb\xbf" "data:a\n\n", 0, "message|a|;", -1},
    {"two marks: the second is part of a name", "\xef\xbb\xbf\xef\xbb\xbf" "data:a\n\ndata:b\n\n", 0,
     "message|b|;", -1},
    {"half a mark", "\xef\xbb" "data:a\n\ndata:b\n\n", 0, "message|b|;", -1},
    {"a mark later is text", "data:\xef\xbb\xbf\n\n", 0, "message|\xef\xbb\xbf|;", -1},
    {"comments", ":\n: data:x\n:data:y\ndata:a\n:\n\n", 0, "message|a|;", -1},
    {"unknown fields, upper case, spaces", "Data:x\n data:x\ndata :x\nfoo:bar\ndatax:1\ndata:a\n\n", 0,
     "message|a|;", -1},
    {"colons in values", "data:a:b\nevent:x:y\n\n", 0, "x:y|a:b|;", -1},
    {"the id stays", "id: 1\ndata:a\n\ndata:b\n\nid:2\n\ndata:c\n\n", 0,
     "message|a|1;message|b|1;message|c|2;", -1},
    {"an empty id", "id: 1\ndata:a\n\nid:\ndata:b\n\n", 0, "message|a|1;message|b|;", -1},
    {"an id with a zero byte is ignored", BYTES("id: 1\ndata:a\n\nid: 2\0x\ndata:b\n\n"),
     "message|a|1;message|b|1;", -1},
    {"zero bytes in data", BYTES("data:a\0b\n\n"), "message|a\\0b|;", -1},
    {"retry", "retry: 5000\ndata:a\n\n", 0, "message|a|;", 5000},
    {"retry without an event", "retry:7\n", 0, "", 7},
    {"retry: digits only", "retry: 1s\nretry: -1\nretry: 1.5\nretry:\nretry\nretry:  3\n\n", 0, "", -1},
    {"retry: more than fits", "retry: 99999999999999999999999999\n\n", 0, "", 9999999999},
    {"an unfinished event", "data:a\n\ndata:b\n", 0, "message|a|;", -1},
    {"the id of an unfinished event", "data:a\n\nid:9\ndata:b\n", 0, "message|a|;", -1},
    {"many bytes", "data:\xc3\xa4\xe2\x82\xac\xf0\x9f\x8c\x8a\nid:\xc3\xbc\n\n", 0,
     "message|\xc3\xa4\xe2\x82\xac\xf0\x9f\x8c\x8a|\xc3\xbc;", -1},
    {"only newlines", "\n\r\r\n\n\n", 0, "", -1},
};

typedef struct text {
    char bytes[4000];
    size_t length;
} text;

static void put(text *to, const char *bytes, size_t size) {
    for (size_t i = 0; i < size && to->length < sizeof to->bytes - 3; i++) {
        if (bytes[i] == '\n') to->bytes[to->length++] = '~';
        else if (bytes[i]) to->bytes[to->length++] = bytes[i];
        else {
            to->bytes[to->length++] = '\\';
            to->bytes[to->length++] = '0';
        }
    }
    to->bytes[to->length] = 0;
}

static int take(eddy__event_parser *parser, const char *bytes, size_t size, text *out) {
    for (size_t at = 0; at < size;) {
        size_t used = 0;
        int rc = eddy__event_parser_take(parser, bytes + at, size - at, &used);
        if (rc < 0) return rc;
        at += used;
        if (rc == 0) {
            if (at != size) return EDDY_ESTATE;
            break;
        }
        put(out, parser->type.at, strlen(parser->type.at));
        put(out, "|", 1);
        put(out, parser->data.at, parser->data.size);
        put(out, "|", 1);
        put(out, parser->last_id.at, parser->last_id.size);
        put(out, ";", 1);
    }
    return 0;
}

static void check_sample(const sample *s, size_t size, size_t cut) {
    text out = {.length = 0};
    put(&out, "", 0);
    eddy__event_parser parser = {.limit = 1000, .retry = -1};
    CHECK(take(&parser, s->stream, cut, &out) == 0);
    CHECK(take(&parser, s->stream + cut, size - cut, &out) == 0);
    if (!CHECK(!strcmp(out.bytes, s->expected)) || !CHECK(parser.retry == s->retry))
        printf("    %s, cut at %zu: %s\n", s->name, cut, out.bytes);
    eddy__event_parser_drop(&parser);
}

static void byte_by_byte(const sample *s, size_t size) {
    text out = {.length = 0};
    put(&out, "", 0);
    eddy__event_parser parser = {.limit = 1000, .retry = -1};
    for (size_t i = 0; i < size; i++) CHECK(take(&parser, s->stream + i, 1, &out) == 0);
    if (!CHECK(!strcmp(out.bytes, s->expected))) printf("    %s, by bytes: %s\n", s->name, out.bytes);
    eddy__event_parser_drop(&parser);
}

static void restart(void) {
    text out = {.length = 0};
    eddy__event_parser parser = {.limit = 1000, .retry = -1};
    CHECK(eddy__event_parser_set_id(&parser, "0") == 0);
    CHECK(take(&parser, "\xef\xbb\xbf" "data:a\n\nid:1\ndata:b\n\nid:2\nevent:x\ndata:lost\r", 45, &out) == 0);
    CHECK(eddy__event_parser_restart(&parser) == 0);
    CHECK(take(&parser, "\n\xef\xbb\xbf", 4, &out) == 0);
    CHECK(eddy__event_parser_restart(&parser) == 0);
    CHECK(take(&parser, "\xef\xbb\xbf" "data:c\n\n", 11, &out) == 0);
    if (!CHECK(!strcmp(out.bytes, "message|a|0;message|b|1;message|c|1;"))) puts(out.bytes);
    eddy__event_parser_drop(&parser);
}

/* One line that never ends, lines that never end an event, and one that just fits. */
static void limits(void) {
    text out = {.length = 0};
    eddy__event_parser parser = {.limit = 20, .retry = -1};
    CHECK(take(&parser, "data:0123456789abcde\n\n", 22, &out) == 0);
    CHECK(take(&parser, "data:0123456789abcdef\n\n", 23, &out) == EDDY_EFULL);
    CHECK(eddy__event_parser_restart(&parser) == 0);
    int rc = 0;
    int lines = 0;
    for (; rc == 0 && lines < 100; lines++) rc = take(&parser, "data:1\n", 7, &out);
    CHECK(rc == EDDY_EFULL && lines == 9);
    CHECK(eddy__event_parser_restart(&parser) == 0);
    for (lines = 0; lines < 100; lines++) CHECK(take(&parser, ":keep alive\n", 12, &out) == 0);
    CHECK(!strcmp(out.bytes, "message|0123456789abcde|;"));
    eddy__event_parser_drop(&parser);
}

static void without_memory(void) {
    static const char stream[] = "\xef\xbb" "x\nevent:a\nid:1\ndata:b\n\ndata:c\n\n";
    for (long n = 1;; n++) {
        text out = {.length = 0};
        eddy__event_parser parser = {.limit = 1000, .retry = -1};
        check_fail_at(n, false);
        int rc = take(&parser, stream, sizeof stream - 1, &out);
        bool failed = check_failed_once();
        check_fail_at(0, false);
        eddy__event_parser_drop(&parser);
        CHECK(check_memory.blocks == 0);
        CHECK(rc == (failed ? EDDY_ENOMEM : 0));
        if (!failed) break;
    }
}

int main(void) {
    check_begin();
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        const sample *s = &samples[i];
        size_t size = s->size ? s->size : strlen(s->stream);
        for (size_t cut = 0; cut <= size; cut++) check_sample(s, size, cut);
        byte_by_byte(s, size);
    }
    restart();
    limits();
    without_memory();
    return check_end();
}
