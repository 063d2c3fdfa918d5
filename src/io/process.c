/* process.c: the host calls that are the same wherever there is a stderr to write to and a process to
 * leave: all hosts but the web. */
#define _POSIX_C_SOURCE 200809L
#include "../host.h"

#include <stdlib.h>
#include <unistd.h>

void eddy__host_report(const char *text, size_t length) {
    while (length) {
        ssize_t written = write(STDERR_FILENO, text, length);
        if (written <= 0) return;
        text += written;
        length -= (size_t)written;
    }
}

void eddy__host_exit(int status) {
    exit(status);
}
