/* pipeline: orders from two sources go through a queue to three workers.
 *
 *     ./build.sh run pipeline
 *     ./build.sh run pipeline -- --live      on the real clock: 20 seconds
 *
 * One group holds everybody, so nothing can be left behind. Express orders overtake the others in
 * the queue; a full queue makes the sources wait; an order has three seconds, and one that takes
 * longer or fails is written down without disturbing the rest; every five seconds somebody tells how
 * it goes. When the sources have nothing more the queue is shut down, the workers take what is left,
 * and the report is printed. What an order costs is sleep here; it could be fetch or a file. */
#include <eddy.h>
#include <stdio.h>
#include <string.h>

enum { ORDERS = 12, ROOM = 2, OUT_OF_STOCK = EDDY_EUSER - 1 };

typedef struct order {
    int number;
    bool express;
    eddy_time work;   /* that it takes */
    int result;       /* 0, or why it failed */
    char message[48]; /* the error's text */
    const char *worker;
    eddy_time ended;
} order;

typedef struct source {
    const char *name;
    int first, count;
    eddy_time pause; /* before each order */
} source;

static order orders[ORDERS];
static eddy_queue desk; /* of order * */
static size_t done;

static double seconds(void) {
    return (double)eddy_now() / (double)EDDY_S;
}

static int express_first(const void *a, const void *b) {
    const order *left = *(order *const *)a, *right = *(order *const *)b;
    return right->express - left->express; /* of equal ones the oldest comes first */
}

static int take_orders(void *arg) {
    const source *s = arg;
    for (int i = s->first; i < s->first + s->count; i++) {
        int rc = eddy_sleep(s->pause);
        if (rc < 0) return rc;
        order *o = &orders[i];
        if (eddy_queue_full(&desk)) printf("%5.1f s  the %s waits for room\n", seconds(), s->name);
        rc = eddy_queue_put(&desk, &o);
        if (rc < 0) return rc;
    }
    return 0;
}

/* Task: the work on one order. Its error has a text. */
static int handle(void *arg) {
    order *o = arg;
    int rc = eddy_sleep(o->work);
    if (rc < 0) return rc;
    if (o->number % 7 == 0)
        return eddy_fail(OUT_OF_STOCK, "article %d is out of stock", o->number * 11);
    return 0;
}

static int work(void *name) {
    order *o;
    int rc;
    while ((rc = eddy_queue_get(&desk, &o)) == 0) {
        EDDY_SCOPE(limit, .timeout = 3 * EDDY_S);
        rc = eddy_await(eddy_spawn(handle, o)); /* cancelled with us, as we hold its only handle */
        rc = eddy_scope_end(&limit, rc);
        if (rc == EDDY_ECANCELED) return rc; /* not the order's deadline: somebody stops us all */
        o->result = rc;
        o->worker = name;
        o->ended = eddy_now();
        if (rc < 0) {
            const char *text = rc == EDDY_ETIMEDOUT ? eddy_strerror(rc) : eddy_last_message();
            snprintf(o->message, sizeof o->message, "%s", text);
        }
        done++;
    }
    return rc == EDDY_ECLOSED ? 0 : rc;
}

static int tell_progress(void *arg) {
    (void)arg;
    eddy_interval interval;
    int rc = eddy_interval_begin(&interval, 5 * EDDY_S, EDDY_SKIP);
    while (rc == 0 && (rc = eddy_interval_next(&interval)) == 0)
        printf("%5.1f s  %zu done, %zu in the queue\n", seconds(), done, eddy_queue_len(&desk));
    return rc;
}

static void report(void) {
    puts("order  worker  ended   result");
    for (int i = 0; i < ORDERS; i++) {
        const order *o = &orders[i];
        printf("%4d%c  %-6s  %4.1f s  %s\n", o->number, o->express ? '!' : ' ', o->worker,
               (double)o->ended / (double)EDDY_S, o->result < 0 ? o->message : "ok");
    }
}

int eddy_main(int argc, char **argv) {
    if (argc < 2 || strcmp(argv[1], "--live") != 0) eddy_clock_virtual(true);
    for (int i = 0; i < ORDERS; i++) {
        orders[i] = (order){.number = i + 1, .express = i % 4 == 3,
                            .work = (900 + i * 530 % 2700) * EDDY_MS};
    }
    source web = {"web", 0, 8, 400 * EDDY_MS}, phone = {"phone", 8, 4, 1300 * EDDY_MS};
    eddy_queue_options options = {.order = EDDY_PRIORITY, .compare = express_first};
    int rc = eddy_queue_init(&desk, sizeof(order *), ROOM, &options);
    if (rc < 0) return rc;

    EDDY_GROUP(all, .timeout = 60 * EDDY_S);
    eddy_future *sources[] = {eddy_group_spawn(&all, take_orders, &web),
                              eddy_group_spawn(&all, take_orders, &phone)};
    eddy_future *workers[] = {eddy_group_spawn(&all, work, "ann"),
                              eddy_group_spawn(&all, work, "bob"),
                              eddy_group_spawn(&all, work, "cyd")};
    eddy_future *progress = eddy_group_spawn(&all, tell_progress, NULL);
    rc = eddy_gather(sources, 2, NULL);
    if (rc == 0) {
        eddy_queue_shutdown(&desk, false);
        rc = eddy_gather(workers, 3, NULL);
    }
    eddy_cancel(progress);
    rc = eddy_group_end(&all, rc);
    eddy_queue_destroy(&desk);
    if (rc == 0) report();
    return rc;
}
