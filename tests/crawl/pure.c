/* pure.c: the crawler's parts that need no runtime, for pure.test.mjs to question.
 *     pure url               reads lines "base<TAB>reference" (\n and \t written as such), answers
 *                            each with the address, "elsewhere" or "malformed"
 *     pure page [TYPE]       reads HTML, prints title, base and links, a line each */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crawl/page.h"
#include "crawl/url.h"

static char *unescape(char *text) {
    char *out = text;
    for (char *in = text; *in; in++) {
        if (in[0] == '\\' && (in[1] == 'n' || in[1] == 't')) *out++ = *++in == 'n' ? '\n' : '\t';
        else *out++ = *in;
    }
    *out = '\0';
    return text;
}

static int answer_urls(void) {
    static char line[1 << 20];
    while (fgets(line, sizeof line, stdin)) {
        line[strcspn(line, "\n")] = '\0';
        char *tab = strchr(line, '\t');
        if (!tab) return 2;
        *tab = '\0';
        char *url;
        switch (url_resolve(*line ? line : NULL, unescape(tab + 1), &url)) {
        case URL_WEB: puts(url); break;
        case URL_ELSEWHERE: puts("elsewhere"); break;
        case URL_MALFORMED: puts("malformed"); break;
        }
        free(url);
    }
    return 0;
}

static int answer_page(const char *type) {
    static char html[16 << 20];
    size_t size = fread(html, 1, sizeof html, stdin);
    /* a buffer of the exact size lets the sanitizer see a read beyond it */
    char *exact = memcpy(malloc(size ? size : 1), html, size);
    page p;
    page_parse(&p, exact, size, type);
    printf("title %s\n", p.title);
    if (p.base) printf("base %s\n", p.base);
    for (size_t i = 0; i < p.link_count; i++) printf("link %s\n", p.links[i]);
    page_free(&p);
    free(exact);
    return 0;
}

int main(int argc, char **argv) {
    if (argc == 2 && strcmp(argv[1], "url") == 0) return answer_urls();
    if (argc >= 2 && strcmp(argv[1], "page") == 0) return answer_page(argv[2]);
    return 2;
}
