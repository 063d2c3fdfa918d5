/* countasync: three tasks count at the same time, so it takes one second, not three.
 *
 *     ./build.sh run countasync                    in Node
 *     ./build.sh run countasync --host wasmtime    and so on: chromium, native
 *
 * The classic first program of Python's asyncio. Each task is an ordinary C function that looks as
 * if it blocked; while it sleeps the others run. */
#include <eddy.h>
#include <stdio.h>

static int count(void *arg) {
    (void)arg;
    puts("One");
    int rc = eddy_sleep(1 * EDDY_S);
    if (rc < 0) return rc;
    puts("Two");
    return 0;
}

int eddy_main(int argc, char **argv) {
    (void)argc;
    (void)argv;
    eddy_future *tasks[3];
    for (int i = 0; i < 3; i++) tasks[i] = eddy_spawn(count, NULL);
    int rc = eddy_gather(tasks, 3, NULL);
    eddy_release_all(tasks, 3);
    return rc;
}
