/* named.c: errors of what has a name tell which it was. */
#include "stream.h"

/* Not strstr: musl's is large. */
static bool tells(const char *text, const char *what) {
    size_t length = strlen(what);
    for (; *text; text++)
        if (strncmp(text, what, length) == 0) return true;
    return false;
}

int eddy__failed_at(int rc, const char *what) {
    const char *text = eddy_last_message();
    if (rc >= 0 || rc == EDDY_ECANCELED || tells(text, what)) return rc;
    return eddy__call_failed(rc, "%s: %s", what, *text ? text : eddy_strerror(rc));
}
