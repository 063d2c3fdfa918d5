/* crawl.c: the crawler of the examples as a function that demo.c calls. */
#include <getopt.h>

#define eddy_main crawl_main
#include "../../examples/crawl.c"
#undef eddy_main

int crawl_pages(const char *url, int pages);

int crawl_pages(const char *url, int pages) {
    char limit[16];
    sprintf(limit, "%d", pages);
    char *arguments[] = {"crawl", "--quiet", "--concurrency", "16", "--pages", limit, (char *)url, NULL};
    optind = 1; /* it may be called again */
    return crawl_main(7, arguments);
}
