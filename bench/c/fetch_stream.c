/* fetch_stream.c: fetch_stream URL [MIB]: milliseconds for a body of that many MiB, read as it comes. */

#include "measure.h"

int eddy_main(int argc, char **argv) {
    char url[200];
    long mebibytes = bench_number(argc, argv, 2, 100);
    snprintf(url, sizeof url, "%s%ld", argc > 1 ? argv[1] : "http://127.0.0.1/", mebibytes);
    size_t room = (size_t)64 * 1024;
    char *buffer = malloc(room);
    if (!buffer) return EDDY_ENOMEM;
    eddy_time start = eddy_now();
    eddy_response *r;
    int rc = eddy_fetch(&r, url);
    long long size = 0;
    while (rc >= 0 && (rc = eddy_read(eddy_response_body(r), buffer, room)) > 0) size += rc;
    double took = (double)(eddy_now() - start) / (double)EDDY_MS;
    eddy_response_close(r);
    free(buffer);
    if (rc < 0) return rc;
    return size == mebibytes << 20 ? bench_result("fetch_stream", took) : EDDY_EIO;
}
