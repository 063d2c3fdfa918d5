#include <eddy.h>
#include <stdio.h>

static int fibonacci(void *limit) {
    int rc = 0;
    for (int a = 0, b = 1, next; a < *(int *)limit && rc == 0; a = b, b = next) {
        next = a + b;
        rc = eddy_emit(&a); /* EDDY_ECLOSED: the consumer wants no more */
        if (rc == 0) rc = eddy_sleep(1 * EDDY_S); /* a generator may wait */
    }
    puts("the generator is closed");
    return rc;
}

int eddy_main(int argc, char **argv) {
    (void)argc, (void)argv;
    eddy_clock_virtual(true);
    int number, total = 0, rc;

    eddy_gen *numbers = eddy_gen_open(fibonacci, &(int){1000}, sizeof number);
    while ((rc = eddy_gen_next(numbers, &number)) == 1) {
        printf("%d\n", number);
        if (number > 10) break;
    }
    if (rc >= 0) rc = eddy_gen_close(numbers);
    if (rc < 0) return rc;

    numbers = eddy_gen_open(fibonacci, &(int){100}, sizeof number);
    while ((rc = eddy_gen_next(numbers, &number)) == 1) total += number;
    if (rc == 0) rc = eddy_gen_close(numbers);
    printf("sum: %d\n", total);
    return rc;
}
