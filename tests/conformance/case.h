/* case.h: what the conformance programs share.
 *
 * A case is one C program. It defines `body`, the main task, and prints its trace on stdout; the
 * lines it must print stand in expected.json under the file's name (or in NAME.expected beside it).
 * The `main` below runs it on the virtual clock, where a second costs nothing and times are exact,
 * and fails the program if the runtime has kept memory. With arguments, natively, it runs the case
 * many times instead: repeat.h. A case may therefore keep nothing in static variables that it does
 * not set anew. One that must start the run by itself defines CASE_OWN_RUN first and `program`, which
 * returns what main would; one that cannot be repeated defines CASE_OWN_MAIN and main. */
#ifndef CASE_H
#define CASE_H

#include <eddy.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The application's own errors; the words for them are E1, E2, E3. */
enum { E1 = EDDY_EUSER - 1, E2 = EDDY_EUSER - 2, E3 = EDDY_EUSER - 3 };

/* ---- texts: valid until eight more have been asked for ------------------------------------------ */

__attribute__((format(printf, 1, 2))) static inline const char *text(const char *format, ...) {
    static char ring[8][80];
    static unsigned next;
    char *place = ring[next++ % 8];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(place, sizeof ring[0], format, arguments);
    va_end(arguments);
    return place;
}

/* Where lines and codes of the trace go besides, or instead: for repeat.h. */
static void (*case_on_line)(const char *line);
static void (*case_on_code)(int code);

/* One line of the trace. */
__attribute__((format(printf, 1, 2))) static inline void trace(const char *format, ...) {
    static char line[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    if (case_on_line)
        case_on_line(line);
    else
        puts(line);
}

/* The word for an error, the number itself for a success. */
static inline const char *word(int rc) {
    if (case_on_code && rc < 0) case_on_code(rc);
    switch (rc) {
    case EDDY_ECANCELED: return "CANCELLED";
    case EDDY_ETIMEDOUT: return "TIMEOUT";
    case EDDY_ECLOSED: return "CLOSED";
    case EDDY_EEMPTY: return "EMPTY";
    case EDDY_EFULL: return "FULL";
    case EDDY_EBROKEN: return "BROKEN";
    case EDDY_EDEADLK: return "DEADLOCK";
    case EDDY_ESTATE: return "E_STATE";
    case EDDY_EINVAL: return "E_VALUE";
    case E1: return "E1";
    case E2: return "E2";
    case E3: return "E3";
    }
    return rc < 0 ? eddy_errname(rc) : text("%d", rc);
}

/* What a call has led to: "ok(5)", or the word for its error. */
static inline const char *outcome(int rc) {
    return rc < 0 ? word(rc) : text("ok(%d)", rc);
}

/* The same for a task whose value is not a number: "ok(v)". */
static inline const char *outcome_of(int rc, const char *value) {
    return rc < 0 ? word(rc) : text("ok(%s)", value);
}

/* Where a future stands: "pending", "cancelled", or its outcome. */
static inline const char *state(eddy_future *f) {
    switch (eddy_future_state(f)) {
    case EDDY_PENDING: return "pending";
    case EDDY_CANCELLED: return "cancelled";
    default: return outcome(eddy_result(f));
    }
}

/* What a group's end has led to: "GROUP[E1,E2]", the words of its errors in alphabetical order, or the
 * outcome of `rc` if it had none. */
static inline const char *group_outcome(const eddy_group *g, int rc) {
    eddy_error errors[4];
    size_t n = eddy_group_errors(g, errors, 4);
    if (n == 0 || rc == EDDY_ECANCELED) return outcome(rc);
    const char *words[4], *list = "GROUP[";
    for (size_t i = 0; i < n && i < 4; i++) {
        size_t at = i;
        for (; at > 0 && strcmp(words[at - 1], word(errors[i].code)) > 0; at--)
            words[at] = words[at - 1];
        words[at] = word(errors[i].code);
    }
    for (size_t i = 0; i < n && i < 4; i++) list = text("%s%s%s", list, i ? "," : "", words[i]);
    return text("%s]", list);
}

static inline const char *boolean(bool value) {
    return value ? "true" : "false";
}

/* The time in seconds since the start of the program: "0.01", whole seconds "5.0". */
static inline const char *now(void) {
    eddy_time t = eddy_now();
    if (t % EDDY_S == 0) return text("%lld.0", (long long)(t / EDDY_S));
    return text("%g", (double)t / (double)EDDY_S);
}

/* Lets `n` passes go by. */
static inline int passes(int n) {
    int rc = 0;
    while (n-- > 0 && rc == 0) rc = eddy_yield();
    return rc;
}

/* A task that sleeps `arg` (an eddy_time by pointer) and returns 0: asyncio.sleep as a coroutine. */
static inline int sleeper(void *arg) {
    return eddy_sleep(*(const eddy_time *)arg);
}

/* ---- the run -------------------------------------------------------------------------------------- */

static struct case_memory {
    long blocks, bytes; /* that the runtime holds at the moment */
    long calls;         /* that asked for memory */
    long fail_at;       /* the one of them that fails, counted from 1; 0: none */
    bool and_later;     /* so do all after it */
} case_memory;

static inline bool case_must_fail(const struct case_memory *memory, long call) {
    if (!memory->fail_at) return false;
    return call == memory->fail_at || (memory->and_later && call > memory->fail_at);
}

static inline void *case_reallocate(void *ctx, void *block, size_t old_size, size_t new_size) {
    struct case_memory *memory = ctx;
    void *moved = NULL;
    if (new_size == 0) {
        free(block);
    } else if (case_must_fail(memory, ++memory->calls) || !(moved = realloc(block, new_size))) {
        return NULL;
    }
    memory->blocks += (moved != NULL) - (block != NULL);
    memory->bytes += (long)new_size - (block ? (long)old_size : 0);
    return moved;
}

static inline void case_count_memory(void) {
    if (eddy_set_allocator(case_reallocate, &case_memory) < 0) {
        fputs("case: the runtime holds memory before the program begins\n", stderr);
        exit(1);
    }
}

static inline void case_begin(void) {
    case_count_memory();
    if (eddy_clock_virtual(true) < 0) {
        fputs("case: there is no virtual clock\n", stderr);
        exit(1);
    }
}

/* The program's exit status: 0 if `rc` is no error and everything the runtime took is given back. */
static inline int case_end(int rc) {
    if (rc < 0) fprintf(stderr, "case: the main task ended with %s\n", eddy_errname(rc));
    if (case_memory.blocks || case_memory.bytes) {
        fprintf(stderr, "case: leak: the runtime still holds %ld blocks, %ld bytes\n",
                case_memory.blocks, case_memory.bytes);
        return 1;
    }
    return rc < 0;
}

#ifndef CASE_OWN_MAIN

#ifndef CASE_OWN_RUN
static int body(void *arg);

static int program(void) {
    return eddy_run(body, NULL);
}
#else
static int program(void);
#endif

#ifndef __wasm__
#include "repeat.h"
#endif

int main(int argc, char **argv) {
    (void)argc;
    (void)argv;
    case_begin();
#ifndef __wasm__
    if (argc > 1) return repeat(argv + 1);
#endif
    return case_end(program());
}

#endif

#endif
