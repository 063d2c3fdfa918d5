/* mirrors: one file, four servers that have it. The first is asked; whenever the last one asked has
 * not answered within 250 ms, or has failed, the next one is asked too. The first answer counts, the
 * other requests are cancelled: "happy eyeballs". All of it must be over in five seconds.
 *
 *     ./build.sh run mirrors */
#include <eddy.h>
#include <stdio.h>

enum { NO_FILE = EDDY_EUSER - 1 };

struct mirror {
    const char *name;
    eddy_time answers_after;
    int answer;
};

static int ask(void *arg) {
    struct mirror *mirror = arg;
    printf("%s: asked\n", mirror->name);
    int rc = eddy_sleep(mirror->answers_after);
    if (rc < 0) {
        printf("%s: given up\n", mirror->name); /* here a request would be closed */
        return rc;
    }
    if (mirror->answer < 0) return eddy_fail(mirror->answer, "%s has no such file", mirror->name);
    return mirror->answer;
}

int eddy_main(int argc, char **argv) {
    (void)argc, (void)argv;
    struct mirror mirrors[] = {{"oslo", 20 * EDDY_S, 200},
                               {"porto", 20 * EDDY_MS, NO_FILE},
                               {"riga", 1500 * EDDY_MS, 200},
                               {"split", 20 * EDDY_S, 200}};
    const eddy_fn requests[] = {ask, ask, ask, ask};
    void *const arguments[] = {&mirrors[0], &mirrors[1], &mirrors[2], &mirrors[3]};
    size_t winner;

    EDDY_SCOPE(limit, .timeout = 5 * EDDY_S);
    int rc = eddy_race_staggered(requests, arguments, 4, 250 * EDDY_MS, &winner);
    rc = eddy_scope_end(&limit, rc); /* EDDY_ETIMEDOUT if this deadline was in the way */
    if (rc < 0) {
        printf("nobody has it: %s\n", eddy_strerror(rc));
        return rc;
    }
    printf("%s: answers %d\n", mirrors[winner].name, rc);
    return 0;
}
