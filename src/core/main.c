/* main.c: the main() of programs that define eddy_main; in an object of its own, so that a program
 * with a main() of its own does not link it. */
#include "internal.h"

#include <stdio.h>

static struct {
    int argc;
    char **argv;
} arguments;

static int run_main(void *arg) {
    (void)arg;
    return eddy_main(arguments.argc, arguments.argv);
}

static int exit_status(int result) {
    if (result >= 0) return result & 0xff;
    eddy__line line = {0};
    eddy__line_text(&line, "eddy: main ended with ");
    eddy__line_text(&line, eddy_errname(result));
    if (result <= EDDY_EUSER) {
        eddy__line_text(&line, " ");
        eddy__line_number(&line, result);
    }
    eddy__line_text(&line, ": ");
    eddy__line_text(&line, eddy__the_loop.result_text[0] ? eddy__the_loop.result_text
                                                         : eddy_strerror(result));
    line.bytes[line.length++] = '\n';
    eddy__host_report(line.bytes, line.length);
    return 1;
}

static void at_end(int result, void *ctx) {
    (void)ctx;
    fflush(NULL);
    eddy__host_exit(exit_status(result));
}

int main(int argc, char **argv) {
    arguments.argc = argc;
    arguments.argv = argv;
    eddy__host_catch_interrupts();
    if (EDDY__GUEST) {
        int rc = eddy_start(run_main, NULL, at_end, NULL);
        if (rc < 0) at_end(rc, NULL);
        return 0;
    }
    int status = exit_status(eddy_run(run_main, NULL));
    fflush(NULL);
    return status;
}
