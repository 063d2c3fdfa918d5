/* pipes.c: the standard streams at their ends.
 *     pour       lines without end, until nobody reads them
 *     first      the first line of stdin
 *     kept       text without a line's end, which exit() must write
 *     open PATH  what comes of opening it, twice: by eddy and by libc */
#include <eddy.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int ticks;

static int tick(void *arg) {
    (void)arg;
    int rc;
    while ((rc = eddy_sleep(1 * EDDY_MS)) == 0) ticks++;
    return rc;
}

static int pour(void) {
    while (printf("a line that is long enough to fill a pipe before long\n") > 0) {
        int rc = eddy_yield();
        if (rc < 0) return rc;
    }
    fprintf(stderr, "nobody reads\n");
    return 0;
}

static int first(void) {
    char *line = NULL;
    size_t length;
    int rc = eddy_read_line(eddy_stdin(), 1000, &line, &length);
    if (rc < 0) return rc;
    printf("%s\n", rc > 0 ? line : "(nothing)");
    free(line);
    return 0;
}

static int open_it(const char *path) {
    void *data;
    size_t size;
    int rc = eddy_file_read(path, 1000, &data, &size);
    printf("%s, ", eddy_errname(rc));
    if (rc == 0) free(data);
    FILE *file = fopen(path, "r");
    printf("%s\n", file && fgetc(file) != EOF ? "ok" : strerror(errno));
    if (file) fclose(file);
    return 0;
}

int eddy_main(int argc, char **argv) {
    const char *what = argc > 1 ? argv[1] : "";
    int rc = eddy_go(tick, NULL);
    if (rc < 0) return rc;
    if (!strcmp(what, "pour")) return pour();
    if (!strcmp(what, "first")) return first();
    if (!strcmp(what, "open")) return open_it(argc > 2 ? argv[2] : "");
    printf("kept");
    exit(0);
}
