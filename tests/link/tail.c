/* tail.c: what the compiler makes a tail call of, with -mtail-call. */
#include <eddy.h>

int next(int n, int *sum);

__attribute__((noinline)) int next(int n, int *sum) {
    *sum += n;
    return eddy_sleep(EDDY_MS);
}

int eddy_main(int argc, char **argv) {
    (void)argv;
    static int sum;
    return next(argc, &sum);
}
