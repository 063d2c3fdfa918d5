/* eddy/error.h: the error codes, their names and texts, and messages attached to errors. */
#ifndef EDDY_ERROR_H
#define EDDY_ERROR_H

#include "base.h"

/* The one list: name, code, text. The enum, eddy_errname, eddy_strerror, the documentation's table
 * and the JavaScript names are all made from it. Codes never change their meaning. */
#define EDDY_ERRORS(X)                                                                             \
    X(ECANCELED, -1, "operation was cancelled")                                                    \
    X(ETIMEDOUT, -2, "deadline passed")                                                            \
    X(ESTATE, -3, "not here or now: outside a task or below JavaScript (spawn one), in use, ended")\
    X(EINVAL, -4, "invalid argument")                                                              \
    X(ENOMEM, -5, "out of memory")                                                                 \
    X(ECLOSED, -6, "other end is closed")                                                          \
    X(EEMPTY, -7, "nothing to take")                                                               \
    X(EFULL, -8, "no room, or limit exceeded")                                                     \
    X(EBROKEN, -9, "barrier is broken")                                                            \
    X(EPERM, -10, "not permitted")                                                                 \
    X(EDEADLK, -11, "deadlock: every task waits and nothing can wake one")                         \
    X(ENOSYS, -12, "not available on this host")                                                   \
    X(EHOST, -13, "host reported an error")                                                        \
    X(EOVERFLOW, -14, "task stack overflow")                                                       \
    X(ELAGGED, -15, "receiver fell behind and lost items")                                         \
    X(ENOENT, -16, "no such file or object")                                                       \
    X(EEXIST, -17, "already exists")                                                               \
    X(EIO, -18, "input/output error")                                                              \
    X(ECONNREFUSED, -19, "connection refused")                                                     \
    X(ECONNRESET, -20, "connection reset")                                                         \
    X(EHOSTNOTFOUND, -21, "host name not found")                                                   \
    X(EHTTP, -22, "HTTP status is not a success")

/* The codes as constants. */
typedef enum eddy_error_code {
#define EDDY__ERROR_ENUM(name, code, text) EDDY_##name = (code),
    EDDY_ERRORS(EDDY__ERROR_ENUM)
#undef EDDY__ERROR_ENUM
        EDDY_OK = 0 /* and every value above: success */
} eddy_error_code;

/* Codes at or below this belong to the application. */
#define EDDY_EUSER (-1000)

EDDY__BEGIN_C

/* The text of an error code: "operation was cancelled". Never NULL; the string is static.
 * Codes of the application give "application error", codes >= 0 "success". Follows strerror. */
const char *eddy_strerror(int code);

/* The name of an error code: "EDDY_ECANCELED". Never NULL; the string is static. Codes of the
 * application give "EDDY_EUSER", unknown ones "EDDY_E?". */
const char *eddy_errname(int code);

/* Attaches a formatted message to the current task. Returns `code`, so that
 * `return eddy_fail(EDDY_EUSER, "cannot open %s", path)` says why. If the task ends with `code`,
 * eddy_message() of its future reads the text. Outside a task, or without memory for the text,
 * only `code` is returned. Never blocks. */
int eddy_fail(int code, const char *format, ...) EDDY__PRINTF(2, 3);

/* The text of the error last delivered to the current task by join, await, gather or an I/O call,
 * "" if there is none. Valid until the next error is delivered to this task. */
const char *eddy_last_message(void);

EDDY__END_C

#endif
