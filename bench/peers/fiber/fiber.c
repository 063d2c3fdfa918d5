/* fiber.c: fiber [ROUNDS]: nanoseconds for emscripten_fiber_swap there and back: into a fiber and
 * out of it again, which is what one eddy_yield does. Built with -O3 and without assertions. */

#include <emscripten/emscripten.h>
#include <emscripten/fiber.h>
#include <stdio.h>
#include <stdlib.h>

static emscripten_fiber_t outer, inner;
static char outer_record[4096], inner_record[4096];
static char inner_stack[16384] __attribute__((aligned(16)));

static void body(void *arg) {
    (void)arg;
    for (;;) emscripten_fiber_swap(&inner, &outer);
}

static double measure(long rounds) {
    double start = emscripten_get_now();
    for (long i = 0; i < rounds; i++) emscripten_fiber_swap(&outer, &inner);
    return (emscripten_get_now() - start) * 1e6 / (double)rounds;
}

int main(int argc, char **argv) {
    long rounds = argc > 1 ? strtol(argv[1], NULL, 10) : 100000;
    emscripten_fiber_init_from_current_context(&outer, outer_record, sizeof outer_record);
    emscripten_fiber_init(&inner, body, NULL, inner_stack, sizeof inner_stack, inner_record,
                          sizeof inner_record);
    measure(rounds / 4 + 1);
    printf("fiber %.3f\n", measure(rounds));
    return 0;
}
