/* generate.c: generators that JavaScript iterates. Its task is the consumer of the generator's body: it
 * asks for an item each time the other side (iterators.mjs) does, and waits in between. */
#include "exports.h"

static const char *describe(const eddy__task *task) {
    (void)task;
    return "JavaScript to ask for the next item";
}

static const eddy__wait_kind demanding = {.verb = "waits for", .describe = describe};

static size_t size_of(char letter) {
    if (letter == 'b') return sizeof(bool);
    return strchr("qQdaAh", letter) ? 8 : 4;
}

static int body(void *arg) {
    eddy__export *call = arg;
    eddy__slot result = {0};
    call->function->invoke(&result, call->arguments);
    return call->thrown ? call->thrown : result.i;
}

static int wait_for_demand(eddy__export *call) {
    int rc = 0;
    call->waits = true;
    if (!call->wanted) rc = eddy__block(call->function->site, &demanding, call, true);
    call->waits = call->wanted = false;
    return rc;
}

int eddy__export_generate(void *arg) {
    eddy__export *call = arg;
    const eddy__signature *function = call->function;
    char letter = function->letters[0];
    eddy_gen *g = eddy__gen_open(function->site, function->name, body, call, size_of(letter));
    eddy__slot item = {0};
    int rc;
    while ((rc = eddy__gen_next(function->site, g, &item)) == 1) {
        eddy_js_returned(call->number, letter, &item);
        eddy__export_free_result(letter, &item);
        rc = wait_for_demand(call);
        if (rc < 0 || call->closing) break;
    }
    int closed = eddy__gen_close(function->site, g);
    if (rc >= 0) rc = closed;
    if (rc < 0) {
        eddy__export_tell_error(call, rc);
    } else {
        uint32_t number = call->number;
        call->number = 0;
        eddy_js_returned(number, 'v', NULL);
    }
    return 0;
}
