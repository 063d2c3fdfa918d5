/* measure.h: what the bench programs share: numbers from the command line, results to stdout. The
 * driver that runs them reads lines of the form "name value". */
#ifndef BENCH_MEASURE_H
#define BENCH_MEASURE_H

#include <eddy.h>
#include <stdio.h>
#include <stdlib.h>

static inline long bench_number(int argc, char **argv, int index, long otherwise) {
    return argc > index ? strtol(argv[index], NULL, 10) : otherwise;
}

static inline int bench_result(const char *name, double value) {
    printf("%s %.3f\n", name, value);
    return 0;
}

#endif
