/* exports.h: a call from JavaScript under way, between exports.c and generate.c. */
#ifndef EDDY_WEB_EXPORTS_H
#define EDDY_WEB_EXPORTS_H

#include "../src/core/internal.h"

/* The argument of the task of a call: copied by the spawn, freed after it has ended. */
typedef struct eddy__export {
    const eddy__signature *function;
    uint32_t number; /* the other side's; 0: it has been told of the end */
    void *payload;   /* strings and bytes among the arguments; owned, by malloc */
    int thrown;      /* by eddy_throw */
    /* Of a generator: the other side asks for the next item, or for its end; its task waits for that. */
    bool wanted, closing, waits;
    eddy__slot arguments[EDDY__MOST_ARGUMENTS]; /* of a copy only as many as it has */
} eddy__export;

/* The letter is the result's; 'v': of a generator, the end. */
void eddy_js_returned(uint32_t call, char letter, const eddy__slot *result);
void eddy_js_failed(uint32_t call, int code, const char *name, const char *message,
                    const char *task, const char *site);

void eddy__export_tell_error(eddy__export *call, int code);
void eddy__export_free_result(char letter, const eddy__slot *result);

int eddy__trace_report(void); /* the trace, as a report: eddy_trace_write's result */

#endif
