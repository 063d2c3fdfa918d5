/* hello.c: the smallest program that waits. */
#include <eddy.h>
#include <stdio.h>

int eddy_main(int argc, char **argv) {
    (void)argc;
    (void)argv;
    puts("hello,");
    int rc = eddy_sleep(100 * EDDY_MS);
    if (rc < 0) return rc;
    puts("world");
    return 0;
}
