/* trace_write.c: what was recorded, in the JSON that Perfetto and the DevTools open.
 *
 * Each task is a line of its own, from its spawn to its end (b, e: asynchronous events with the task's
 * number as id), with its waits inside; so is each host operation. Steps lie on the one thread (X),
 * arrows between them say who woke whom (s, f), and counters (C) how many are ready.
 *
 * The ring has lost how it all began: of what is under way at its oldest entry the beginning is
 * written for that moment, and of what is under way now the end for now. To know, the entries are
 * first walked through backwards, with a table of all tasks and operations in them. */
#include "trace.h"

#include <stdio.h>

#define loop eddy__the_loop
#define ring eddy__the_trace

#ifdef EDDY_NO_TRACE

int eddy_trace_write(FILE *out) {
    (void)out;
    return EDDY_ENOSYS;
}

#else

/* A task or an operation that the ring tells of. */
typedef struct {
    const eddy__trace_entry *first; /* NULL: the slot is free */
    const char *waits;              /* the verb of the wait that is written but not its end */
    uint64_t flow;                  /* > 0: the arrow that ends at its next step */
    bool steps_later;               /* on the walk back: there is a step after */
    bool open;                      /* its beginning is written but not its end */
} subject;

typedef struct {
    FILE *out;
    int events;
    eddy_time oldest, now;
    subject *subjects;
    size_t mask; /* their number - 1 */
} writer;

static bool is_op(const eddy__trace_entry *entry) {
    return entry->kind == EDDY__TRACE_OP || entry->kind == EDDY__TRACE_OP_END;
}

static subject *find(const writer *w, uint64_t number, bool op) {
    size_t slot = (size_t)(number * UINT64_C(0x9e3779b97f4a7c15) >> 20) + op;
    for (;; slot++) {
        subject *s = &w->subjects[slot & w->mask];
        if (!s->first || (s->first->number == number && is_op(s->first) == op)) return s;
    }
}

static subject *subject_of(const writer *w, const eddy__trace_entry *entry) {
    return find(w, entry->number, is_op(entry));
}

/* ---- JSON ---------------------------------------------------------------------------------------- */

/* The length of the UTF-8 character at `text`, 0 if it is none. */
static int utf8_length(const char *text) {
    unsigned char first = (unsigned char)*text;
    int length = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3
               : first < 0xf5 ? 4 : 0;
    for (int i = 1; i < length; i++)
        if ((text[i] & 0xc0) != 0x80) return 0;
    unsigned char second = length > 2 ? (unsigned char)text[1] : 0;
    bool too_long = (first == 0xe0 && second < 0xa0) || (first == 0xf0 && second < 0x90);
    bool no_character = (first == 0xed && second > 0x9f) || (first == 0xf4 && second > 0x8f);
    return too_long || no_character ? 0 : length;
}

static void put_string(writer *w, const char *text) {
    fputc('"', w->out);
    while (*text) {
        int length = utf8_length(text);
        if (length == 0)
            fputs("\\ufffd", w->out);
        else if (*text == '"' || *text == '\\')
            fprintf(w->out, "\\%c", *text);
        else if ((unsigned char)*text < ' ')
            fprintf(w->out, "\\u%04x", (unsigned)*text);
        else
            fwrite(text, 1, (size_t)length, w->out);
        text += length ? length : 1;
    }
    fputc('"', w->out);
}

/* Microseconds, to the nanosecond. */
static void put_time(writer *w, const char *key, eddy_time time) {
    fprintf(w->out, ",\"%s\":%lld.%03d", key, (long long)(time / 1000), (int)(time % 1000));
}

/* An event up to its arguments, which end with `end`. */
static void begin(writer *w, const char *phase, const char *category, const char *name,
                  eddy_time at) {
    fprintf(w->out, "%s\n{\"ph\":\"%s\",\"pid\":1,\"tid\":1,\"cat\":\"%s\",\"name\":",
            w->events++ ? "," : "", phase, category);
    put_string(w, name ? name : "?");
    put_time(w, "ts", at - ring.began);
}

static void end(writer *w) {
    fputc('}', w->out);
}

static void put_id(writer *w, uint64_t id) {
    fprintf(w->out, ",\"id\":\"0x%llx\"", (unsigned long long)id);
}

static void put_number_argument(writer *w, const char *key, long long value) {
    fprintf(w->out, ",\"args\":{\"%s\":%lld}", key, value);
}

/* {"at": "file.c:3", "task": 7}; both may be missing. */
static void put_arguments(writer *w, const char *site_key, const char *site,
                          const char *number_key, uint64_t number) {
    if (!site && !number) return;
    fputs(",\"args\":{", w->out);
    if (site) {
        fprintf(w->out, "\"%s\":", site_key);
        put_string(w, site);
    }
    if (number)
        fprintf(w->out, "%s\"%s\":%llu", site ? "," : "", number_key, (unsigned long long)number);
    fputc('}', w->out);
}

/* ---- asynchronous events ---------------------------------------------------------------------------- */

static void begin_wait(writer *w, uint64_t number, const char *verb, eddy_time at,
                       const char *site, uint64_t target) {
    begin(w, "b", "task", verb, at);
    put_id(w, number);
    put_arguments(w, "at", site, "for task", target);
    end(w);
}

static void end_wait(writer *w, uint64_t number, const char *verb, eddy_time at, uint64_t by) {
    begin(w, "e", "task", verb, at);
    put_id(w, number);
    put_arguments(w, NULL, NULL, "woken by task", by);
    end(w);
}

static void begin_life(writer *w, const char *category, uint64_t number, const char *name,
                       eddy_time at, const char *site, uint64_t by) {
    begin(w, "b", category, name, at);
    put_id(w, number);
    put_arguments(w, "spawned at", site, "by task", by);
    end(w);
}

static void end_life(writer *w, const char *category, uint64_t number, const char *name,
                     eddy_time at, const int *result) {
    begin(w, "e", category, name, at);
    put_id(w, number);
    if (result) put_number_argument(w, "result", *result);
    end(w);
}

/* ---- from the ring's oldest moment to now -------------------------------------------------------------- */

/* Finds the subjects, and the wake-ups whose arrow has an end in the ring. */
static void walk_back(writer *w) {
    for (uint64_t number = ring.next; number-- > ring.first;) {
        eddy__trace_entry *entry = eddy__trace_at(number);
        if (!entry) return;
        w->oldest = entry->at;
        if (!entry->number) continue;
        subject *s = subject_of(w, entry);
        s->first = entry;
        if (entry->kind == EDDY__TRACE_STEP) s->steps_later = true;
        if (entry->kind != EDDY__TRACE_WAKE && entry->kind != EDDY__TRACE_SPAWN) continue;
        entry->flow = s->steps_later;
        s->steps_later = false;
    }
}

/* What the first entry tells of is under way by then. */
static void begin_under_way(writer *w, subject *s) {
    const eddy__trace_entry *first = s->first;
    if (first->kind == EDDY__TRACE_SPAWN || first->kind == EDDY__TRACE_OP) return;
    bool op = is_op(first);
    begin_life(w, op ? "host" : "task", first->number, first->name, w->oldest, NULL, 0);
    s->open = true;
    if (op || !first->what || first->kind == EDDY__TRACE_WAIT) return;
    begin_wait(w, first->number, first->what, w->oldest, first->site, 0);
    s->waits = first->what;
}

static bool in_ring(const writer *w, const eddy__task *task) {
    return find(w, task->serial, false)->first != NULL;
}

/* Tasks that did nothing meanwhile. */
static void write_quiet(writer *w, bool beginning) {
    for (eddy__link *l = loop.tasks.next; l != &loop.tasks; l = l->next) {
        const eddy__task *task = EDDY__OWNER(l, eddy__task, link);
        if (in_ring(w, task)) continue;
        bool waits = task->state == EDDY__WAITING;
        if (beginning) {
            begin_life(w, "task", task->serial, task->co.name, w->oldest, task->co.site, 0);
            if (waits)
                begin_wait(w, task->serial, task->wait->verb, w->oldest, task->wait_site, 0);
        } else {
            if (waits) end_wait(w, task->serial, task->wait->verb, w->now, 0);
            end_life(w, "task", task->serial, task->co.name, w->now, NULL);
        }
    }
}

static void write_beginnings(writer *w) {
    for (size_t i = 0; i <= w->mask; i++)
        if (w->subjects[i].first) begin_under_way(w, &w->subjects[i]);
    write_quiet(w, true);
}

static void write_ends(writer *w) {
    for (size_t i = 0; i <= w->mask; i++) {
        subject *s = &w->subjects[i];
        if (!s->open) continue;
        const eddy__trace_entry *first = s->first;
        if (s->waits) end_wait(w, first->number, s->waits, w->now, 0);
        end_life(w, is_op(first) ? "host" : "task", first->number, first->name, w->now, NULL);
    }
    write_quiet(w, false);
}

/* ---- the entries ------------------------------------------------------------------------------------------ */

static void write_flow(writer *w, const char *phase, uint64_t id, eddy_time at) {
    begin(w, phase, "wake", "wake", at);
    put_id(w, id);
    if (*phase == 'f') fputs(",\"bp\":\"e\"", w->out);
    end(w);
}

static void write_step(writer *w, const eddy__trace_entry *entry, subject *s) {
    begin(w, "X", "step", entry->name, entry->at);
    put_time(w, "dur", entry->duration < 0 ? w->now - entry->at : entry->duration);
    put_arguments(w, NULL, NULL, "task", entry->number);
    end(w);
    if (!s || !s->flow) return;
    write_flow(w, "f", s->flow, entry->at);
    s->flow = 0;
}

static void write_pass(writer *w, const eddy__trace_entry *entry) {
    begin(w, "C", "loop", "ready queue", entry->at);
    put_number_argument(w, "length", entry->value);
    end(w);
    begin(w, "C", "loop", "tasks", entry->at);
    put_number_argument(w, "number", (long long)entry->other);
    end(w);
}

static void close_wait(writer *w, subject *s, const eddy__trace_entry *entry, uint64_t by) {
    if (!s->waits) return;
    end_wait(w, entry->number, s->waits, entry->at, by);
    s->waits = NULL;
}

/* `number` of the entry; `step_until`: when the outermost step before it ended. */
static void write_entry(writer *w, const eddy__trace_entry *entry, uint64_t number,
                        eddy_time *step_until) {
    subject *s = entry->number ? subject_of(w, entry) : NULL;
    const char *name = s ? s->first->name : NULL; /* the same for beginnings and ends */
    switch ((eddy__trace_kind)entry->kind) {
    case EDDY__TRACE_SPAWN:
        begin_life(w, "task", entry->number, name, entry->at, entry->site, entry->other);
        s->open = true;
        break;
    case EDDY__TRACE_STEP: {
        write_step(w, entry, s);
        eddy_time until = entry->duration < 0 ? w->now : entry->at + entry->duration;
        if (until > *step_until) *step_until = until;
        return;
    }
    case EDDY__TRACE_WAIT:
        begin_wait(w, entry->number, entry->what, entry->at, entry->site, entry->other);
        s->waits = entry->what;
        return;
    case EDDY__TRACE_WAKE: close_wait(w, s, entry, entry->other); break;
    case EDDY__TRACE_CANCEL:
        begin(w, "n", "task", "cancelled", entry->at);
        put_id(w, entry->number);
        put_arguments(w, NULL, NULL, "by task", entry->other);
        end(w);
        return;
    case EDDY__TRACE_FINISH:
        close_wait(w, s, entry, 0);
        end_life(w, "task", entry->number, name, entry->at, &entry->value);
        s->open = false;
        return;
    case EDDY__TRACE_OP:
        begin_life(w, "host", entry->number, name, entry->at, NULL, entry->other);
        s->open = true;
        return;
    case EDDY__TRACE_OP_END:
        end_life(w, "host", entry->number, name, entry->at, &entry->value);
        s->open = false;
        return;
    case EDDY__TRACE_PASS: write_pass(w, entry); return;
    case EDDY__TRACE_STEP_END: return;
    }
    /* An arrow needs a step at each end. */
    if (!entry->flow || entry->at > *step_until) return;
    s->flow = number + 1;
    write_flow(w, "s", s->flow, entry->at);
}

static void write_entries(writer *w) {
    eddy_time step_until = INT64_MIN;
    uint64_t count = ring.next - ring.first;
    if (count > ring.size) count = ring.size;
    for (uint64_t number = ring.next - count; number < ring.next; number++)
        write_entry(w, eddy__trace_at(number), number, &step_until);
}

static void write_metadata(writer *w, const char *what, const char *name) {
    begin(w, "M", "__metadata", what, ring.began);
    fputs(",\"args\":{\"name\":", w->out);
    put_string(w, name);
    fputc('}', w->out);
    end(w);
}

int eddy_trace_write(FILE *out) {
    if (!out) return EDDY_EINVAL;
    if (!ring.entries) return EDDY_ESTATE;
    size_t size = 16;
    uint64_t count = ring.next - ring.first;
    if (count > ring.size) count = ring.size;
    while (size < 2 * count) size *= 2;
    if (size > PTRDIFF_MAX / sizeof(subject)) return EDDY_ENOMEM;
    writer w = {.out = out, .now = eddy__host_now(), .mask = size - 1};
    w.oldest = w.now;
    w.subjects = eddy__alloc(size * sizeof *w.subjects);
    if (!w.subjects) return EDDY_ENOMEM;
    for (size_t i = 0; i < size; i++) w.subjects[i] = (subject){0};

    walk_back(&w);
    eddy__task *task = eddy__writing_begins();
    fputs("{\"displayTimeUnit\":\"ns\",\"traceEvents\":[", out);
    write_metadata(&w, "process_name", "eddy");
    write_metadata(&w, "thread_name", "tasks");
    write_beginnings(&w);
    write_entries(&w);
    write_ends(&w);
    fputs("\n]}\n", out);
    eddy__free(w.subjects, size * sizeof *w.subjects);
    bool failed = fflush(out) || ferror(out);
    eddy__writing_ends(task);
    return failed ? EDDY_EIO : w.events;
}

#endif
