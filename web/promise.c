/* promise.c: waiting for any promise. Apart, so that its body is linked only to programs that use it. */
#include "eddy/js.h"

EDDY_ASYNC_JS(eddy_js, eddy__js_settled, (eddy_js promise), { return await promise; })

int eddy_js_promise(eddy_js *result, eddy_js promise) {
    eddy_js value;
    int rc = eddy__js_settled(&value, promise);
    if (rc < 0) return rc;
    if (result)
        *result = value;
    else
        eddy_js_release(value);
    return 0;
}
