/* repeat.h: runs a case many times in one process, natively; part of case.h.
 *
 *     PROGRAM memory                   the first allocation of the runtime fails, then the second, …;
 *                                      then once more, and with it all that come after
 *     PROGRAM seeds FIRST LAST COMPARE every order of tasks that these seeds make; COMPARE says what
 *                                      must stay: the `trace`, its `lines` in any order, or the
 *                                      `result` of the run alone
 *
 * First it runs undisturbed. That trace is the one it prints on stdout; those of all other runs are
 * held against it. What is wrong is said on stderr, and by the exit status. After a run that was
 * short of memory the next one, which is not, must be as the first. */
#ifndef REPEAT_H
#define REPEAT_H

#include <signal.h>
#include <unistd.h>

/* What one run has led to. */
typedef struct repeat_outcome {
    char lines[4096]; /* the trace */
    size_t length;
    int result;
    int codes[16]; /* errors that the trace names, each once */
    size_t code_count;
} repeat_outcome;

static repeat_outcome *repeat_now; /* the one in the making */
static char repeat_what[80];       /* what is special about the run, for people */

static void repeat_on_line(const char *line) {
    repeat_outcome *now = repeat_now;
    size_t room = sizeof now->lines - now->length;
    int length = snprintf(now->lines + now->length, room, "%s\n", line);
    now->length += (size_t)length < room ? (size_t)length : room - 1;
}

static bool repeat_saw(const repeat_outcome *outcome, int code) {
    for (size_t i = 0; i < outcome->code_count; i++)
        if (outcome->codes[i] == code) return true;
    return false;
}

static void repeat_on_code(int code) {
    repeat_outcome *now = repeat_now;
    if (repeat_saw(now, code) || now->code_count == sizeof now->codes / sizeof *now->codes) return;
    now->codes[now->code_count++] = code;
}

static void repeat_on_report(const eddy_report *report, void *ctx) {
    (void)report;
    (void)ctx;
}

/* A run that does not end would else be stopped from outside, and nobody would know which. */
static void repeat_on_alarm(int number) {
    (void)number;
    static const char text[] = ": the run does not end\n";
    ssize_t written = write(STDERR_FILENO, "case: ", 6);
    written += write(STDERR_FILENO, repeat_what, strlen(repeat_what));
    written += write(STDERR_FILENO, text, sizeof text - 1);
    _exit(written < 0 ? 2 : 1);
}

static int repeat_wrong(const char *what) {
    fprintf(stderr, "case: %s: %s\n", repeat_what, what);
    return 1;
}

static void repeat_run(repeat_outcome *outcome) {
    outcome->length = outcome->code_count = 0;
    outcome->lines[0] = 0;
    repeat_now = outcome;
    eddy_set_report(repeat_on_report, NULL);
    alarm(10);
    outcome->result = program();
    alarm(0);
    if (outcome->result < 0) repeat_on_code(outcome->result);
    if (case_memory.blocks || case_memory.bytes || eddy_clock_virtual(true) < 0) {
        (void)repeat_wrong("the runtime holds memory or a timer after the run");
        exit(1); /* and the next run would be told of it */
    }
}

/* ---- comparing ------------------------------------------------------------------------------------ */

static int repeat_compare_lines(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Brings the lines into the order of the alphabet. */
static void repeat_sort(char text[4096]) {
    static char copy[4096];
    char *lines[256];
    size_t n = 0;
    strcpy(copy, text);
    for (char *line = strtok(copy, "\n"); line && n < 256; line = strtok(NULL, "\n"))
        lines[n++] = line;
    qsort(lines, n, sizeof *lines, repeat_compare_lines);
    for (size_t i = 0; i < n; i++) text += sprintf(text, "%s\n", lines[i]);
}

static bool repeat_same_lines(const repeat_outcome *a, const repeat_outcome *b) {
    static char left[4096], right[4096];
    strcpy(left, a->lines);
    strcpy(right, b->lines);
    repeat_sort(left);
    repeat_sort(right);
    return strcmp(left, right) == 0;
}

static int repeat_differs(const repeat_outcome *wanted, const repeat_outcome *got) {
    fprintf(stderr, "case: %s: the run is another one: instead of\n%s-> %s\nthere came\n%s-> %s\n",
            repeat_what, wanted->lines, word(wanted->result), got->lines, word(got->result));
    return 1;
}

static int repeat_must_equal(const repeat_outcome *wanted, const repeat_outcome *got) {
    bool same = wanted->result == got->result && strcmp(wanted->lines, got->lines) == 0;
    return same ? 0 : repeat_differs(wanted, got);
}

/* ---- short of memory ------------------------------------------------------------------------------- */

/* What such a run does is its own affair, but of errors it may tell of those only that it tells of
 * anyway, of EDDY_ENOMEM, of EDDY_EDEADLK where a task that was to wake another is missing, and with
 * EDDY_ENOMEM of EDDY_ECANCELED, for what fails in a group cancels the rest of it. */
static int repeat_check_short(const repeat_outcome *wanted, const repeat_outcome *got) {
    for (size_t i = 0; i < got->code_count; i++) {
        int code = got->codes[i];
        if (code == EDDY_ENOMEM || code == EDDY_EDEADLK || repeat_saw(wanted, code)) continue;
        if (code == EDDY_ECANCELED && repeat_saw(got, EDDY_ENOMEM)) continue;
        return repeat_differs(wanted, got);
    }
    return 0;
}

/* Fails each allocation in turn, alone or with all that come after it. */
static int repeat_memory(const repeat_outcome *wanted, bool and_later) {
    static repeat_outcome got;
    const char *which = and_later ? " and all later" : "";
    int wrong = 0;
    bool failed = true;
    for (long n = 1; failed && wrong < 5; n++) {
        snprintf(repeat_what, sizeof repeat_what, "allocation %ld%s failed", n, which);
        case_memory.calls = 0;
        case_memory.fail_at = n;
        case_memory.and_later = and_later;
        repeat_run(&got);
        failed = case_memory.calls >= n;
        case_memory.fail_at = 0;
        wrong += repeat_check_short(wanted, &got);

        snprintf(repeat_what, sizeof repeat_what, "after allocation %ld%s had failed", n, which);
        repeat_run(&got);
        wrong += repeat_must_equal(wanted, &got);
    }
    return wrong;
}

/* ---- orders ------------------------------------------------------------------------------------------ */

static int repeat_seeds(const repeat_outcome *wanted, char **words) {
    static repeat_outcome got;
    long first = atol(words[0]), last = atol(words[1]);
    bool all = strcmp(words[2], "trace") == 0, lines = strcmp(words[2], "lines") == 0;
    int wrong = 0;
    bool other = false; /* than the first trace, in any order of tasks */
    for (long seed = first; seed <= last && wrong < 3; seed++) {
        snprintf(repeat_what, sizeof repeat_what, "seed %ld", seed);
        eddy_schedule_seed((uint64_t)seed);
        repeat_run(&got);
        bool same = got.result == wanted->result, same_trace = !strcmp(wanted->lines, got.lines);
        other = other || !same_trace;
        if (all) same = same && same_trace;
        if (lines) same = same && repeat_same_lines(wanted, &got);
        if (!same) wrong += repeat_differs(wanted, &got);
    }
    eddy_schedule_seed(0);
    if (!all && !other) wrong += repeat_wrong("no order changes its trace: it need not be excepted");
    return wrong;
}

/* ---- the program ------------------------------------------------------------------------------------- */

static int repeat(char **words) {
    static repeat_outcome wanted;
    bool memory = strcmp(words[0], "memory") == 0;
    bool seeds = strcmp(words[0], "seeds") == 0 && words[1] && words[2] && words[3];
    if (!memory && !seeds) {
        fputs("case: the arguments are: memory | seeds FIRST LAST trace|lines|result\n", stderr);
        return 2;
    }
    signal(SIGALRM, repeat_on_alarm);
    case_on_line = repeat_on_line;
    case_on_code = repeat_on_code;
    strcpy(repeat_what, "undisturbed");
    repeat_run(&wanted);
    fputs(wanted.lines, stdout);
    int wrong = memory ? repeat_memory(&wanted, false) + repeat_memory(&wanted, true)
                       : repeat_seeds(&wanted, words + 1);
    return wrong || case_end(wanted.result);
}

#endif
