/* posix/web-input.c: libc's reading of the standard input (getchar, fgets, scanf, read) suspends the
 * calling task instead of the page. All of it comes down to one function of the host; libc calls it by
 * a symbol that is defined here, and the import goes by another name.
 *
 * Outside of tasks, of other files, and where a program has put something else in the place of the
 * standard input, it is the host's own. stdio knows nothing of tasks: while one waits in it, others
 * that read get EBUSY. A cancelled read fails with ECANCELED. */
#include "../io/stream.h"

#include <errno.h>
#include <wasi/api.h>

__attribute__((import_module("wasi_snapshot_preview1"), import_name("fd_read"))) __wasi_errno_t
eddy__real_fd_read(__wasi_fd_t fd, const __wasi_iovec_t *parts, size_t count, __wasi_size_t *got);
int eddy_js_has_input(void);

__wasi_errno_t __wasi_fd_read(__wasi_fd_t fd, const __wasi_iovec_t *parts, size_t count,
                              __wasi_size_t *got) {
    size_t i = 0;
    while (i < count && parts[i].buf_len == 0) i++;
    eddy_stream *input = NULL;
    if (fd == 0 && i < count && eddy__current && eddy_js_has_input()) input = eddy_stdin();
    if (!input) return eddy__real_fd_read(fd, parts, count, got);
    int before = errno; /* which is one for all tasks */
    int rc = eddy_read(input, parts[i].buf, parts[i].buf_len);
    errno = before;
    *got = rc > 0 ? (__wasi_size_t)rc : 0;
    if (rc >= 0) return __WASI_ERRNO_SUCCESS;
    return rc == EDDY_ECANCELED ? __WASI_ERRNO_CANCELED
           : rc == EDDY_ESTATE  ? __WASI_ERRNO_BUSY
                                : __WASI_ERRNO_IO;
}
