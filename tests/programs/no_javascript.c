/* no_javascript.c: on a host without JavaScript its functions are absent and exports plain functions. */
#include "check.h"

EDDY_EXPORT(int, twice, (int value)) {
    return 2 * value;
}

EDDY_ASYNC_JS(int, later, (int a), { return a; })
EDDY_JS(double, now, (const char *text, bool b), { return text.length + b; })

int eddy_main(int argc, char **argv) {
    (void)argc;
    (void)argv;
    CHECK(twice(4) == 8);
    CHECK(later(1) == EDDY_ENOSYS);
    double number;
    CHECK(now(&number, "x", true) == EDDY_ENOSYS);
    CHECK(eddy_js_promise(NULL, (eddy_js){1}) == EDDY_ENOSYS);
    (void)eddy_cancel(eddy_current());
    CHECK(later(1) == EDDY_ECANCELED);
    eddy_handle handle = eddy_handle_new("number", &number, NULL);
    CHECK(eddy_handle_get(handle, "number") == &number);
    CHECK(eddy_handle_get(handle, "text") == NULL);
    eddy_handle_close(handle);
    eddy_handle_close(handle);
    CHECK(eddy_handle_get(handle, "number") == NULL);
    return check_end();
}
