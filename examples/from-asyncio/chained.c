#include <eddy.h>
#include <stdio.h>

static int part1(int n, char *result, size_t size) {
    printf("part1(%d) begins\n", n);
    int rc = eddy_sleep(n * EDDY_S);
    if (rc < 0) return rc;
    snprintf(result, size, "result%d-1", n);
    return 0;
}

static int part2(int n, const char *first, char *result, size_t size) {
    printf("part2(%d) begins with %s\n", n, first);
    int rc = eddy_sleep(n * EDDY_S / 2);
    if (rc < 0) return rc;
    snprintf(result, size, "result%d-2, from %s", n, first);
    return 0;
}

/* Only this is a task; what it awaits are plain calls. */
static int chain(void *arg) {
    int n = *(int *)arg;
    char first[40], second[80];
    int rc = part1(n, first, sizeof first);
    if (rc < 0) return rc;
    rc = part2(n, first, second, sizeof second);
    if (rc < 0) return rc;
    printf("chain %d: %s\n", n, second);
    return 0;
}

int eddy_main(int argc, char **argv) {
    (void)argc, (void)argv;
    eddy_clock_virtual(true);
    int numbers[] = {8, 6, 3};
    eddy_future *chains[3];
    for (int i = 0; i < 3; i++) chains[i] = eddy_spawn(chain, &numbers[i]);
    int rc = eddy_gather(chains, 3, NULL);
    eddy_release_all(chains, 3);
    return rc;
}
