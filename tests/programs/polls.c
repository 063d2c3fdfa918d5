// build: hosts=wasip2
/* polls: how often the loop polls the host: never beside tasks that are ready when nothing is waited
 * for; rarely when something is, but so that it is seen; once while all wait. Checks itself. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../../wasi/p2.h"
#include "check.h"

enum { TASKS = 100, TURNS = 5000 };

static int turns;

static int busy(void *arg) {
    int most = *(int *)arg;
    while (turns < most) {
        turns++;
        int rc = eddy_yield();
        if (rc < 0) return rc;
    }
    return 0;
}

/* What polls it took to give tasks `most` turns together; and how long, in ms. */
static uint32_t keep_busy(int most, eddy_time *took) {
    eddy_future *tasks[TASKS];
    uint32_t looks = eddy__p2_looks, waits = eddy__p2_waits;
    eddy_time start = eddy_now();
    turns = 0;
    for (size_t i = 0; i < TASKS; i++) tasks[i] = eddy_spawn_opt(busy, .arg = &most, .arg_size = sizeof most);
    CHECK(eddy_gather(tasks, TASKS, NULL) == 0);
    eddy_release_all(tasks, TASKS);
    *took = eddy_now() - start;
    CHECK(eddy__p2_waits == waits);
    return eddy__p2_looks - looks;
}

static int ends[2];
static bool seen;

static int reads(void *arg) {
    (void)arg;
    char byte;
    ssize_t got = read(ends[0], &byte, 1);
    seen = true;
    return got == 1 ? 0 : EDDY_EIO;
}

static void open_pair(void) {
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof address;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    CHECK(bind(fd, (struct sockaddr *)&address, size) == 0 && listen(fd, 5) == 0);
    CHECK(getsockname(fd, (struct sockaddr *)&address, &size) == 0);
    ends[0] = socket(AF_INET, SOCK_STREAM, 0);
    CHECK(connect(ends[0], (struct sockaddr *)&address, size) == 0);
    ends[1] = accept(fd, NULL, NULL);
    CHECK(ends[1] >= 0 && close(fd) == 0);
}

static int checks(void *arg) {
    (void)arg;
    eddy_time took;
    CHECK(keep_busy(TASKS * TURNS, &took) == 0);

    open_pair();
    eddy_future *reader = eddy_spawn(reads, NULL);
    CHECK(eddy_yield() == 0);
    uint32_t looks = keep_busy(TASKS * TURNS, &took);
    CHECK(looks > 0);
    CHECK(looks <= (uint32_t)(took / EDDY_MS) + TASKS * TURNS / 64 + 2);
    printf("%u looks in %d turns, %lld ms\n", (unsigned)looks, TASKS * TURNS,
           (long long)(took / EDDY_MS));
    CHECK(write(ends[1], "x", 1) == 1);
    /* It is seen while the others are busy, for as long as the host's own threads may need on a busy machine. */
    for (int i = 0; i < 50 && !seen; i++) keep_busy(TASKS * TURNS, &took);
    CHECK(seen);
    CHECK(eddy_await(reader) == 0);

    uint32_t waits = eddy__p2_waits;
    looks = eddy__p2_looks;
    CHECK(eddy_sleep(200 * EDDY_MS) == 0);
    CHECK(eddy__p2_waits - waits == 1 && eddy__p2_looks == looks);
    CHECK(close(ends[0]) == 0 && close(ends[1]) == 0);
    return 0;
}

int main(void) {
    check_run(checks);
    return check_end();
}
