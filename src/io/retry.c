/* retry.c: requests that are repeated when it may help. */
#include "../core/internal.h"

#include <stdlib.h>

static bool same(const char *method, const char *known) {
    for (; *method && *known; method++, known++)
        if ((*method | 0x20) != (*known | 0x20)) return false;
    return *method == *known;
}

static bool may_repeat(const eddy_fetch_options *options, const eddy_retry_options *retry) {
    if (!options || options->body_stream) return false;
    if (retry->any_method || !options->method) return true;
    static const char *const idempotent[] = {"GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"};
    for (size_t i = 0; i < sizeof idempotent / sizeof *idempotent; i++)
        if (same(options->method, idempotent[i])) return true;
    return false;
}

static bool may_pass(int rc, const eddy_response *r) {
    if (rc < 0)
        return rc == EDDY_EHOST || rc == EDDY_ECONNREFUSED || rc == EDDY_ECONNRESET ||
               rc == EDDY_EHOSTNOTFOUND;
    int status = eddy_response_status(r);
    return status == 408 || status == 425 || status == 429 || status == 500 ||
           (status >= 502 && status <= 504);
}

/* A number of so many digits. False: there is none. */
static bool digits(const char **text, int count, int *number) {
    *number = 0;
    for (; count; count--, ++*text) {
        if (**text < '0' || **text > '9') return false;
        *number = *number * 10 + (**text - '0');
    }
    return true;
}

static bool skip(const char **text, const char *expected) {
    size_t length = strlen(expected);
    if (strncmp(*text, expected, length) != 0) return false;
    *text += length;
    return true;
}

/* Seconds since 1970 of "Sun, 06 Nov 1994 08:49:37 GMT", the one form of dates that servers may send
 * (RFC 9110, 5.6.7). < 0: it is none. */
static int64_t seconds_of(const char *text) {
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    int day, month = 0, year, hour, minute, second;
    if (!text || strlen(text) != 29) return -1;
    text += 5; /* which day of the week it is, nobody needs to know */
    if (!digits(&text, 2, &day) || !skip(&text, " ")) return -1;
    while (month < 12 && strncmp(months + 3 * (size_t)month, text, 3) != 0) month++;
    if (month == 12) return -1;
    text += 3;
    if (!skip(&text, " ") || !digits(&text, 4, &year) || !skip(&text, " ") ||
        !digits(&text, 2, &hour) || !skip(&text, ":") || !digits(&text, 2, &minute) ||
        !skip(&text, ":") || !digits(&text, 2, &second) || !skip(&text, " GMT"))
        return -1;
    /* Years from March on: then the leap day is the last of one. */
    int64_t years = year - (month < 2), month_from_march = (month + 10) % 12;
    int64_t days = years * 365 + years / 4 - years / 100 + years / 400 +
                   (month_from_march * 153 + 2) / 5 + day - 1 - 719468;
    return ((days * 24 + hour) * 60 + minute) * 60 + second;
}

/* What the server asks for; 0 if it does not. A date is meant by its own clock, which its answer tells. */
static eddy_time wanted_delay(const eddy_response *r) {
    const char *text = eddy_response_header(r, "retry-after");
    eddy_time seconds = 0;
    if (!text) return 0;
    int64_t then = seconds_of(text), now = seconds_of(eddy_response_header(r, "date"));
    if (then >= 0) {
        if (now < 0 || then < now) return 0;
        return (then - now < 1000000000 ? then - now : 1000000000) * EDDY_S;
    }
    for (; *text; text++) {
        if (*text < '0' || *text > '9') return 0;
        if (seconds < 1000000000) seconds = seconds * 10 + (*text - '0');
    }
    return seconds * EDDY_S;
}

int eddy__fetch_retry(const char *site, eddy_response **r, const eddy_fetch_options *options,
                      const eddy_retry_options *retry) {
    eddy_retry_options how = retry ? *retry : (eddy_retry_options){0};
    if (!how.attempts) how.attempts = 4;
    if (how.patience <= 0) how.patience = 60 * EDDY_S;
    eddy_backoff backoff = {.base = how.base, .most = how.most, .seed = how.seed};
    for (unsigned attempt = 1;; attempt++) {
        int rc = eddy__fetch_any(site, r, options);
        if (attempt >= how.attempts || !may_repeat(options, &how)) return rc;
        if (!may_pass(rc, rc < 0 ? NULL : *r)) return rc;
        eddy_time wanted = rc < 0 ? 0 : wanted_delay(*r);
        if (wanted > how.patience) return rc;
        if (rc >= 0) eddy_response_close(*r);
        *r = NULL;
        eddy_time delay = eddy_backoff_next(&backoff);
        rc = eddy__sleep(site, wanted > delay ? wanted : delay);
        if (rc < 0) return rc;
    }
}

int(eddy_fetch_retry)(eddy_response **r, const eddy_fetch_options *options,
                      const eddy_retry_options *retry) {
    return eddy__fetch_retry(NULL, r, options, retry);
}
