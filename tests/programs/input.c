// build: hosts=web,lean
// input.c: libc reads the standard input: the task waits, others go on. The input comes in pieces, the
// first when "ready" has been printed, the others each after "more".
#include "check.h"

#include <errno.h>
#include <unistd.h>

/* Prints while the main task waits inside of libc: what that waits for comes because of it. */
static int prints(void *arg) {
    int rc = eddy_sleep(EDDY_MS);
    if (rc < 0) return rc;
    puts(arg);
    (void)fflush(stdout);
    return 0;
}

static void ask(char *what) {
    eddy_release(eddy_spawn(prints, what));
}

static int reads_too(void *arg) {
    (void)arg;
    char byte;
    errno = 0;
    CHECK(read(0, &byte, 1) == -1 && errno == EBUSY);
    return 0;
}

static int waits_for_ever(void *arg) {
    (void)arg;
    char bytes[8];
    errno = 0;
    CHECK(read(0, bytes, sizeof bytes) == -1 && errno == ECANCELED);
    return eddy_checkpoint();
}

int eddy_main(int argc, char **argv) {
    (void)argc;
    (void)argv;
    char line[64];
    eddy_future *second = eddy_spawn(reads_too, NULL);
    ask("ready");
    CHECK(fgets(line, sizeof line, stdin) && strcmp(line, "first line\n") == 0);
    CHECK(eddy_await(second) == 0);
    CHECK(getchar() == 'x'); /* of the same piece: it does not wait */

    int number = 0;
    ask("more");
    CHECK(scanf("%d", &number) == 1 && number == 1234); /* in two pieces */
    CHECK(getchar() == '\n');
    eddy_future *reader = eddy_spawn(waits_for_ever, NULL);
    CHECK(eddy_sleep(2 * EDDY_MS) == 0);
    CHECK(eddy_stop(reader) == EDDY_ECANCELED);
    eddy_release(reader);

    ask("more");
    char rest[16];
    CHECK(fread(rest, 1, sizeof rest, stdin) == 5 && memcmp(rest, "tail\n", 5) == 0);
    CHECK(feof(stdin) && !ferror(stdin));
    CHECK(getchar() == EOF);
    return check_end();
}
