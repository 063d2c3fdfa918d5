/* fetch.c: fetch URL [REQUESTS [AT-ONCE]]: microseconds per request for ten bytes, so many at a time. */

#include "measure.h"

static const char *url;
static long each;

static int fetcher(void *arg) {
    (void)arg;
    for (long i = 0; i < each; i++) {
        eddy_response *r;
        int rc = eddy_fetch(&r, url);
        if (rc < 0) return rc;
        void *body;
        size_t size;
        rc = eddy_response_bytes(r, 100, &body, &size);
        eddy_response_close(r);
        if (rc < 0) return rc;
        free(body);
        if (size != 10) return EDDY_EIO;
    }
    return 0;
}

int eddy_main(int argc, char **argv) {
    url = argc > 1 ? argv[1] : "http://127.0.0.1/";
    long requests = bench_number(argc, argv, 2, 1000), at_once = bench_number(argc, argv, 3, 32);
    each = requests / at_once;
    eddy_future **all = calloc((size_t)at_once, sizeof *all);
    if (!all) return EDDY_ENOMEM;
    eddy_time start = eddy_now();
    for (long i = 0; i < at_once; i++) all[i] = eddy_spawn(fetcher, NULL);
    int rc = eddy_gather(all, (size_t)at_once, NULL);
    double took = (double)(eddy_now() - start) / (double)EDDY_US;
    eddy_release_all(all, (size_t)at_once);
    free(all);
    return rc < 0 ? rc : bench_result("fetch", took / (double)(each * at_once));
}
