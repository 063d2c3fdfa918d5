/* report.c: errors nobody read and lints (R10), by default a line each on stderr. */
#include "internal.h"

void eddy__line_text(eddy__line *line, const char *text) {
    size_t room = sizeof line->bytes - 2 - line->length; /* a newline and a zero always fit */
    size_t length = strlen(text);
    if (length > room) length = room;
    memcpy(line->bytes + line->length, text, length);
    line->length += length;
    line->bytes[line->length] = 0;
}

void eddy__line_number(eddy__line *line, long long number) {
    char digits[24];
    char *at = digits + sizeof digits;
    unsigned long long rest =
        number < 0 ? 0 - (unsigned long long)number : (unsigned long long)number;
    *--at = 0;
    do *--at = (char)('0' + rest % 10);
    while (rest /= 10);
    if (number < 0) *--at = '-';
    eddy__line_text(line, at);
}

/* `how` is NULL for an error, which a task has ended with, and a lint's word otherwise. */
static void to_stderr(const eddy_report *report, const char *how, const char *site) {
    eddy__line line = {0};
    eddy__line_text(&line, "eddy: ");
    if (report->code != EDDY_EOVERFLOW && !how && report->task) {
        eddy__line_text(&line, "task '");
        eddy__line_text(&line, report->task);
        eddy__line_text(&line, "': ");
    }
    eddy__line_text(&line, eddy_errname(report->code));
    if (report->code <= EDDY_EUSER) {
        eddy__line_text(&line, " ");
        eddy__line_number(&line, report->code);
    }
    eddy__line_text(&line, ": ");
    eddy__line_text(&line, *report->message ? report->message : eddy_strerror(report->code));
    if (site) {
        eddy__line_text(&line, " (");
        eddy__line_text(&line, how ? how : "spawned");
        eddy__line_text(&line, " at ");
        eddy__line_text(&line, site);
        eddy__line_text(&line, ")");
    }
    line.bytes[line.length++] = '\n';
    eddy__host_report(line.bytes, line.length);
}

static void (*report_fn)(const eddy_report *report, void *ctx);
static void *report_ctx;

void eddy_set_report(void (*fn)(const eddy_report *report, void *ctx), void *ctx) {
    report_fn = fn;
    report_ctx = ctx;
}

/* "file.c:41" into its two parts; `file` has room for what a report needs of it. */
static int split_site(const char *site, char *file, size_t room) {
    file[0] = 0;
    const char *colon = site ? strrchr(site, ':') : NULL;
    if (!colon) return 0;
    size_t length = (size_t)(colon - site);
    if (length >= room) length = room - 1;
    memcpy(file, site, length);
    file[length] = 0;
    int number = 0;
    for (const char *digit = colon + 1; *digit >= '0' && *digit <= '9'; digit++)
        number = number * 10 + (*digit - '0');
    return number;
}

static void report_as(int code, const char *message, const char *task, const char *how,
                      const char *site) {
    char file[256];
    int line = split_site(site, file, sizeof file);
    eddy_report report = {code, message, task, file, line};
    if (!report_fn) {
        to_stderr(&report, how, site);
        return;
    }
    eddy__task *outer = eddy__current;
    eddy__current = NULL; /* a report callback cannot block */
    report_fn(&report, report_ctx);
    eddy__current = outer;
}

void eddy__report(int code, const char *message, const char *task, const char *site) {
    report_as(code, message, task, NULL, site);
}

void eddy__lint(const char *message, const char *task, const char *how, const char *site) {
    report_as(EDDY_ESTATE, message, task, how, site);
}

void eddy__report_future(eddy_future *f) {
    eddy__future_read(f);
    const char *site = f->is_task ? ((eddy__task *)f)->co.site : NULL;
    /* The callback may release the last handle; without handles f is being freed already. */
    bool held = f->handles > 0;
    if (held) f->pins++;
    eddy__report(f->result, eddy__text_read(f->text), eddy_name(f), site);
    if (held) eddy__future_unpin(f);
}
