/* primes: counts primes on all processors. Each part of the numbers is counted by a function of plain C
 * that keeps a processor busy: eddy_offload runs it in a worker, so that the page, and all other tasks,
 * go on meanwhile. Where the host has no workers (WASI, workerd), the function is called in place: the
 * result is the same, only everything else stands still.
 *
 *     ./build.sh run primes */
#include <eddy.h>
#include <stdio.h>

enum { PARTS = 8, NUMBERS = 250000 /* of a part */ };

/* All that the function needs, and what it finds: copied to the worker and back. */
struct part {
    int from, to, primes;
};

static bool is_prime(int n) {
    for (int d = 2; d * d <= n; d++)
        if (n % d == 0) return false;
    return n > 1;
}

static int count_primes(void *arg) {
    struct part *part = arg;
    for (int n = part->from; n < part->to; n++) part->primes += is_prime(n);
    return 0;
}

static int count_elsewhere(void *arg) {
    struct part *part = arg;
    int rc = eddy_offload(count_primes, part, sizeof *part, part, sizeof *part);
    return rc == EDDY_ENOSYS ? count_primes(part) : rc;
}

int eddy_main(int argc, char **argv) {
    (void)argc, (void)argv;
    struct part parts[PARTS];
    eddy_future *counting[PARTS];
    int primes = 0;
    for (int i = 0; i < PARTS; i++) {
        parts[i] = (struct part){.from = i * NUMBERS, .to = (i + 1) * NUMBERS};
        counting[i] = eddy_spawn(count_elsewhere, &parts[i]);
    }
    int rc = eddy_gather(counting, PARTS, NULL);
    eddy_release_all(counting, PARTS);
    if (rc < 0) return rc;
    for (int i = 0; i < PARTS; i++) {
        printf("%d primes from %d to %d\n", parts[i].primes, parts[i].from, parts[i].to);
        primes += parts[i].primes;
    }
    printf("%d in all\n", primes);
    return 0;
}
