/* iterate.c: values that JavaScript streams to C: what eddy_numbers, eddy_texts and eddy_chunks stand
 * for is an EddySource of values.mjs, which is asked for one value at a time. */
#include "../src/core/internal.h"

#include <stdlib.h>

/* A value comes in a box, undefined at the end. Until it is taken out of that, it is given back to the
 * source when the task is cancelled. */
EDDY_ASYNC_JS(eddy_js, eddy__js_source_next, (eddy_js source), { return await source.next(signal); })
EDDY_JS(void, eddy__js_source_back, (eddy_js source, eddy_js box), { source.back(box); })
EDDY_JS(void, eddy__js_source_close, (eddy_js source), { source.close(); })
EDDY_JS(double, eddy__js_boxed_number, (eddy_js box), { return box.value; })
EDDY_JS(char *, eddy__js_boxed_text, (eddy_js box), { return box.value; })
EDDY_JS(eddy_buffer, eddy__js_boxed_chunk, (eddy_js box), { return box.value; })

static int next_box(uint32_t source, const void *item, eddy_js *box) {
    if (!source || !item) return EDDY_EINVAL;
    int rc = eddy__js_source_next(box, (eddy_js){source});
    return rc < 0 ? rc : box->id != 0;
}

static int opened(uint32_t source, eddy_js box, int rc) {
    if (rc == EDDY_ENOMEM) (void)eddy__js_source_back((eddy_js){source}, box);
    eddy_js_release(box);
    return rc < 0 ? rc : 1;
}

static void close_source(uint32_t source) {
    if (!source) return;
    (void)eddy__js_source_close((eddy_js){source});
    eddy_js_release((eddy_js){source});
}

int eddy_numbers_next(eddy_numbers source, double *item) {
    eddy_js box;
    int rc = next_box(source.id, item, &box);
    return rc == 1 ? opened(source.id, box, eddy__js_boxed_number(item, box)) : rc;
}

int eddy_texts_next(eddy_texts source, char **item) {
    eddy_js box;
    int rc = next_box(source.id, item, &box);
    return rc == 1 ? opened(source.id, box, eddy__js_boxed_text(item, box)) : rc;
}

int eddy_chunks_next(eddy_chunks source, eddy_buffer *item) {
    eddy_js box;
    int rc = next_box(source.id, item, &box);
    return rc == 1 ? opened(source.id, box, eddy__js_boxed_chunk(item, box)) : rc;
}

int eddy_numbers_pipe(eddy_numbers source, eddy_sender *tx) {
    double item;
    int rc;
    while ((rc = eddy_numbers_next(source, &item)) == 1) {
        rc = eddy_send(tx, &item);
        if (rc < 0) return rc;
    }
    return rc;
}

int eddy_texts_pipe(eddy_texts source, eddy_sender *tx) {
    char *item;
    int rc;
    while ((rc = eddy_texts_next(source, &item)) == 1) {
        rc = eddy_send(tx, &item);
        if (rc < 0) {
            free(item);
            return rc;
        }
    }
    return rc;
}

int eddy_chunks_pipe(eddy_chunks source, eddy_sender *tx) {
    eddy_buffer item;
    int rc;
    while ((rc = eddy_chunks_next(source, &item)) == 1) {
        rc = eddy_send(tx, &item);
        if (rc < 0) {
            free(item.data);
            return rc;
        }
    }
    return rc;
}

void eddy_numbers_close(eddy_numbers source) {
    close_source(source.id);
}
void eddy_texts_close(eddy_texts source) {
    close_source(source.id);
}
void eddy_chunks_close(eddy_chunks source) {
    close_source(source.id);
}
