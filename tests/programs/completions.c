/* Completions of host operations: each counts once; late, doubled and made-up ones find nothing. */
// build: hosts=native
#include "../../src/core/internal.h"

#include "check.h"

static eddy__op op;

static void *bytes(void) {
    return memcpy(eddy__host_alloc(4), "text", 4);
}

static void complete(const eddy__op *of, int result) {
    eddy__host_complete(eddy__op_index(of), eddy__op_generation(of), result, bytes(), 4);
}

/* While the task waits: the second one, and those of nobody. */
static void complete_oddly(void *ctx) {
    (void)ctx;
    uint32_t index = eddy__op_index(&op), generation = eddy__op_generation(&op);
    eddy__host_complete(index, generation + 1, 1, bytes(), 4);
    eddy__host_complete(index + 1, generation, 2, NULL, 0);
    eddy__host_complete(UINT32_MAX, UINT32_MAX, 3, bytes(), 4);
    eddy__host_complete(0, 0, 4, NULL, 0);
    CHECK(!op.done);
    complete(&op, 7);
    complete(&op, 8);
    CHECK(op.done && op.result == 7);
}

static int main_task(void *arg) {
    (void)arg;
    CHECK(eddy__op_begin(&op, "a host") == 0);
    (void)eddy_call_soon(complete_oddly, NULL);
    eddy__op first = op;
    CHECK(eddy__op_wait(NULL, &op) == 7);
    free(op.data);

    /* Its place is another's now: a late one does not reach that. */
    CHECK(eddy__op_begin(&op, "a host") == 0);
    CHECK(eddy__op_index(&op) == eddy__op_index(&first));
    complete(&first, 9);
    CHECK(!op.done);
    complete(&op, EDDY_EHOST);
    complete(&first, 9);
    CHECK(eddy__op_wait(NULL, &op) == EDDY_EHOST && !strcmp(eddy_last_message(), "text"));
    complete(&op, 10);
    complete(&first, 10);
    return 0;
}

int main(void) {
    check_begin();
    check_run(main_task);
    return check_end();
}
