/* overflow deep|wide|both [enough|generator]: a task with too small a stack, or a generator whose body
 * uses more than it has; what does it say? "both gathers": also what the runtime keeps in the frames
 * of a call is overwritten. */
#include <eddy.h>
#include <stdio.h>
#include <string.h>

/* Frames that Asyncify saves: locals that live across the suspension. */
static int deep(int n, int a, int b, int c) {
    int rc = n == 0 ? eddy_yield() : deep(n - 1, a + n, b ^ n, c * n);
    return rc < 0 ? rc : rc + (a ^ b ^ c) % 3;
}

/* A frame on the C stack, written to on its far side. */
static int wide(void) {
    static volatile size_t first = 0, last = 2999; /* or the compiler keeps two bytes only */
    char buffer[3000];
    buffer[first] = buffer[last] = 1;
    int rc = eddy_yield();
    return rc < 0 ? rc : buffer[first] + buffer[last];
}

static int parse_deep(void *arg) {
    (void)arg;
    return deep(200, 1, 2, 3) < 0 ? EDDY_EIO : 0;
}

static int parse_wide(void *arg) {
    (void)arg;
    return wide();
}

/* The same for the 64 KiB of a generator. */
static int emits_deep(void *arg) {
    (void)arg;
    return deep(5000, 1, 2, 3) < 0 ? EDDY_EIO : 0;
}

static int emits_wide(void *arg) {
    static volatile size_t first = 0, last = 69999;
    char buffer[70000];
    buffer[first] = buffer[last] = 1;
    int rc = eddy_emit(arg);
    return rc < 0 ? rc : buffer[first] + buffer[last];
}

/* The saved frames grow into this one, not out of the block: that ends the run, not the program. */
static int emits_both(void *arg) {
    (void)arg;
    static volatile size_t first = 0, last = 39999;
    char buffer[40000];
    buffer[first] = buffer[last] = 1;
    int rc = deep(1700, 1, 2, 3);
    return rc < 0 ? rc : buffer[first] + buffer[last];
}

static int generate(const char *how) {
    char item = 0;
    eddy_gen *gen = !strcmp(how, "wide")   ? eddy_gen_open(emits_wide, &item, 1)
                    : !strcmp(how, "both") ? eddy_gen_open(emits_both, &item, 1)
                                           : eddy_gen_open(emits_deep, &item, 1);
    int rc = eddy_gen_next(gen, &item);
    puts("goes on");
    EDDY_IGNORE(eddy_yield());
    puts(rc < 0 ? eddy_errname(rc) : "it fits");
    return eddy_gen_close(gen);
}

static eddy_future *bystanders;

static int deep_gather(int n, int a, int b, int c) {
    int rc = n == 0 ? eddy_gather(&bystanders, 1, NULL) : deep_gather(n - 1, a + n, b ^ n, c * n);
    return rc < 0 ? rc : rc + (a ^ b ^ c) % 3;
}

static int gathers_both(void *arg) {
    (void)arg;
    static volatile size_t first = 0, last = 49999;
    char buffer[50000];
    buffer[first] = buffer[last] = 1;
    int rc = deep_gather(1000, 1, 2, 3);
    return rc < 0 ? rc : buffer[first] + buffer[last];
}

static int bystander(void *arg) {
    (void)arg;
    return eddy_sleep(10 * EDDY_S);
}

int eddy_main(int argc, char **argv) {
    bool is_wide = argc > 1 && !strcmp(argv[1], "wide");
    if (argc > 2 && !strcmp(argv[2], "generator")) return generate(argv[1]);
    if (argc > 2 && !strcmp(argv[2], "gathers")) {
        bystanders = eddy_spawn(bystander, NULL);
        return eddy_await(eddy_spawn(gathers_both, NULL));
    }
    size_t stack = argc > 2 && !strcmp(argv[2], "enough") ? 256 * 1024 : 2048;
    eddy_future *other = eddy_spawn(bystander, NULL);
    eddy_future *task = eddy_spawn_opt(is_wide ? parse_wide : parse_deep, .name = "parse",
                                       .stack = stack);
    int rc = eddy_await(task);
    puts(rc < 0 ? eddy_errname(rc) : "it fits");
    eddy_release(other);
    return rc < 0 ? rc : 0;
}
