/* trace.c: the recorded trace as one report, for who listens to reports at the moment (trace.mjs). */
#define _POSIX_C_SOURCE 200809L /* open_memstream */
#include "exports.h"

#include <stdio.h>
#include <stdlib.h>

int eddy__trace_report(void) {
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    if (!out) return EDDY_ENOMEM;
    int rc = eddy_trace_write(out);
    if (fclose(out) && rc >= 0) rc = EDDY_ENOMEM;
    if (rc >= 0) eddy__host_report(text, length);
    free(text);
    return rc;
}
