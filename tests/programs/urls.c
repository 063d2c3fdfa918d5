/* urls: addresses of requests, resolved and normalised as the URL standard has it. */
// build: files=wasi/p2-url.c
// build: cflags=-Iwasi
#include "check.h"
#include "p2-url.h"

static const char *const base = " HTTP://Ex.com:80/a/b/c?q=1#f\n";

/* reference, what it becomes; NULL: it is no address of HTTP */
static const char *const table[][2] = {
    {"x", "http://ex.com/a/b/x"},
    {"../x", "http://ex.com/a/x"},
    {"../../../x", "http://ex.com/x"},
    {"./", "http://ex.com/a/b/"},
    {"..", "http://ex.com/a/"},
    {"/y/./z", "http://ex.com/y/z"},
    {"\\y\\z", "http://ex.com/y/z"},
    {"?k", "http://ex.com/a/b/c?k"},
    {"", "http://ex.com/a/b/c?q=1"},
    {"#f", "http://ex.com/a/b/c?q=1"},
    {"//o.org", "http://o.org/"},
    {"//o.org:80/..", "http://o.org/"},
    {"https://H:444/..", "https://h:444/"},
    {"https://h:443", "https://h/"},
    {"http://h:", "http://h/"},
    {"http://[::1]:81/\xc3\xa9 {}?a b'", "http://[::1]:81/%C3%A9%20%7B%7D?a%20b%27"},
    {"/a/../b/..", "http://ex.com/"},
    {"/%7e/%2e", "http://ex.com/%7e/"},
    {"/a/%2E./b/.%2e/%2e%2E%2e/c%2", "http://ex.com/%2e%2E%2e/c%2"},
    {"/a\tb\n?\rc\v\f-", "http://ex.com/ab?c%0B%0C-"},
    {"//h:0081", "http://h:81/"},
    {"//h:00080", "http://h/"},
    {"//h:0", "http://h:0/"},
    {"http://user@h/", NULL},
    {"http://[", NULL},
    {"http://[]/", NULL},
    {"http://", NULL},
    {"http:///x", NULL},
    {"http:x", NULL},
    {"http://h:99999", NULL},
    {"http://h\xc3\xa9/", NULL},
    {"http://a b/", NULL},
    {"mailto:x@example.com", NULL},
    {"javascript:void(0)", NULL},
};

int main(void) {
    CHECK(eddy_set_allocator(check_reallocate, NULL) == 0);
    eddy__url from, url;
    CHECK(eddy__url_parse(&from, NULL, base) == 0);
    CHECK(strcmp(from.text, "http://ex.com/a/b/c?q=1") == 0);
    CHECK(eddy__url_parse(&url, NULL, "/relative") == EDDY_EINVAL && !url.text);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        int rc = eddy__url_parse(&url, &from, table[i][0]);
        bool right = table[i][1] ? rc == 0 && strcmp(url.text, table[i][1]) == 0 : rc == EDDY_EINVAL;
        if (!CHECK(right)) printf("    %s: %s\n", table[i][0], url.text ? url.text : "none");
        eddy__url_free(&url);
        for (long at = 1; at < 3; at++) {
            check_fail_at(at, false);
            rc = eddy__url_parse(&url, &from, table[i][0]);
            CHECK(rc == 0 || rc == EDDY_ENOMEM || rc == EDDY_EINVAL);
            eddy__url_free(&url);
            check_fail_at(0, false);
        }
    }
    CHECK(eddy__url_parse(&url, &from, "/other") == 0 && eddy__url_same_origin(&url, &from));
    eddy__url_free(&url);
    CHECK(eddy__url_parse(&url, &from, "//ex.com:81/") == 0 && !eddy__url_same_origin(&url, &from));
    eddy__url_free(&url);
    eddy__url_free(&from);
    return check_end();
}
