/* model.c: runs the programs of the model test. Reads them from stdin, one line an operation (see
 * tests/model/README.md), runs each with eddy on the virtual clock and prints what happened. */
// build: files=tests/model/operations.c,tests/model/combining.c,tests/model/objects.c,tests/model/feeds.c
#include "../model/interpreter.h"

world the_world;

/* ---- memory: what the runtime holds ---------------------------------------------------------- */

static long held_blocks;

static void *reallocate(void *ctx, void *block, size_t old_size, size_t new_size) {
    (void)ctx;
    void *moved = NULL;
    if (new_size == 0) {
        free(block);
    } else {
        moved = malloc(new_size);
        if (!moved) return NULL;
        memset(moved, 0xa5, new_size < 1024 ? new_size : 1024); /* nobody may count on zeros */
        if (block) memcpy(moved, block, old_size < new_size ? old_size : new_size);
        free(block);
    }
    held_blocks += (moved != NULL) - (block != NULL);
    return moved;
}

/* ---- reading --------------------------------------------------------------------------------- */

static void complain(const char *what, const char *about) {
    fprintf(stderr, "model: %s: %s\n", what, about);
    exit(2);
}

/* "t3", "f1", "L0", "-5": the number; plain futures come after the tasks. */
static long number_of(const char *word) {
    bool letter = (*word >= 'a' && *word <= 'z') || (*word >= 'A' && *word <= 'Z');
    long number = strtol(word + letter, NULL, 10);
    return *word == 'f' ? number + MAX_BODIES : number;
}

static int open_blocks[MAX_OPERATIONS], depth;

/* "NAME[!] ARGUMENT… [{]" */
static void read_operation(char *line, int serial) {
    world *w = &the_world;
    char *word = strtok(line, " \n");
    if (!word) return;
    if (strcmp(word, "}") == 0) {
        if (depth == 0) complain("no block to end", line);
        w->operations[open_blocks[--depth]].next = w->count;
        return;
    }
    if (w->count == MAX_OPERATIONS) complain("too many operations", line);
    operation *o = &w->operations[w->count];
    *o = (operation){.serial = serial, .next = w->count + 1};
    char *mark = strchr(word, '!');
    o->check = mark != NULL;
    if (mark) *mark = 0;
    o->mean = find_meaning(word);
    if (!o->mean) complain("no such operation", word);
    char last = 0; /* the last argument's letter */
    while ((word = strtok(NULL, " \n"))) {
        if (strcmp(word, "{") == 0) {
            open_blocks[depth++] = w->count;
            o->label = last == 'a';
            break;
        }
        if (o->count == MAX_ARGUMENTS) complain("too many arguments", line);
        last = *word;
        if (o->count == 0 && *word >= 'a') o->letter = *word;
        o->argument[o->count++] = number_of(word);
    }
    w->count++;
}

static int compare_items(const void *a, const void *b) {
    int x = *(const int *)a / 10, y = *(const int *)b / 10; /* so that there are equal ones */
    return (x > y) - (x < y);
}

/* "object KIND INDEX ARGUMENT ARGUMENT" */
static void read_object(const char *line) {
    world *w = &the_world;
    char kind[16];
    int index = 0, a = 0, b = 0;
    if (sscanf(line, "object %15s %d %d %d", kind, &index, &a, &b) < 2 || index < 0 ||
        index >= MAX_OBJECTS)
        complain("cannot read", line);
    if (strcmp(kind, "future") == 0) {
        w->slots[MAX_BODIES + index] = eddy_future_new();
    } else if (strcmp(kind, "sem") == 0) {
        eddy_sem s = EDDY_SEM((size_t)a), bounded = EDDY_SEM_BOUNDED((size_t)a);
        w->sems[index] = b ? bounded : s;
    } else if (strcmp(kind, "limiter") == 0) {
        w->limiters[index] = (eddy_limiter)EDDY_LIMITER((size_t)a);
    } else if (strcmp(kind, "barrier") == 0) {
        w->barriers[index] = (eddy_barrier)EDDY_BARRIER((size_t)a);
    } else if (strcmp(kind, "queue") == 0) {
        eddy_queue_options options = {(eddy_order)b, compare_items, item_dropped};
        if (eddy_queue_init(&w->queues[index], sizeof(int), (size_t)a, &options) < 0)
            complain("cannot make", line);
    } else if (strcmp(kind, "channel") == 0 && index < MAX_HANDLES / 10) {
        eddy_chan_options options = {item_dropped};
        if (eddy_chan_open_with(sizeof(int), (size_t)a, &options, &w->senders[10 * index],
                                &w->receivers[10 * index]) < 0)
            complain("cannot make", line);
    } else if (strcmp(kind, "run") == 0 && w->run_count < MAX_RUNS) {
        w->runs[w->run_count].body = a;
        w->runs[w->run_count++].before = b;
    } else if (!make_feed(kind, index, a)) {
        complain("no such object", line);
    }
}

/* Reads up to "end". False: there is no further program. */
static bool read_program(int *number) {
    world *w = &the_world;
    char line[512];
    int serial = 0, body = -1;
    memset(w, 0, sizeof *w);
    w->held.next = w->held.prev = &w->held;
    depth = 0;
    while (fgets(line, sizeof line, stdin)) {
        serial++;
        if (strncmp(line, "program ", 8) == 0) {
            *number = atoi(line + 8);
            serial = 0;
        } else if (strncmp(line, "object ", 7) == 0) {
            read_object(line);
        } else if (strncmp(line, "task ", 5) == 0) {
            if (body >= 0) w->bodies[body].last = w->count;
            body = atoi(line + 6);
            if (body < 0 || body >= MAX_BODIES) complain("too many tasks", line);
            w->bodies[body].first = w->count;
            snprintf(w->bodies[body].name, sizeof w->bodies[body].name, "t%d", body);
        } else if (strncmp(line, "end", 3) == 0) {
            if (body >= 0) w->bodies[body].last = w->count;
            return true;
        } else {
            read_operation(line, serial);
        }
    }
    return false;
}

/* ---- running --------------------------------------------------------------------------------- */

static void on_report(const eddy_report *report, void *ctx) {
    (void)ctx;
    printf("! %d %s %s\n", report->code, report->task ? report->task : "-", report->message);
}

/* Perhaps the run was broken off: then generators are no more, nor groups and what they lent. */
static void forget_what_ended(void) {
    world *w = &the_world;
    w->main_ended = true;
    memset(w->nets, 0, sizeof w->nets);
    for (int i = 0; i < MAX_SLOTS; i++) {
        if (!w->borrowed[i]) continue;
        w->slots[i] = NULL;
        w->borrowed[i] = 0;
    }
}

/* One run, or several over one loop, which may end each but the last. */
static void run_all(void) {
    world *w = &the_world;
    if (w->run_count == 0) {
        say("run", 0, eddy_run(run_body, &w->bodies[0]));
        return;
    }
    eddy_runner r = {0};
    if (eddy_runner_open(&r) < 0) complain("no runner", "");
    for (int i = -1; i < w->run_count; i++) {
        if (i >= 0 && w->runs[i].before) run_outside(w->runs[i].before);
        int body = i < 0 ? 0 : w->runs[i].body;
        int rc = eddy_runner_run(&r, run_body, &w->bodies[body]);
        if (rc == EDDY_ECANCELED || rc == EDDY_EDEADLK) forget_what_ended();
        say("run", i + 1, rc);
    }
    w->main_ended = true;
    int rc = eddy_runner_close(&r);
    say("run", w->run_count + 1, rc);
}

static void run_program(int number) {
    world *w = &the_world;
    printf("program %d\n", number);
    run_all();
    while (w->held.next != &w->held) release_held(w->held.next);
    for (int i = 0; i < MAX_SLOTS; i++) {
        if (!w->slots[i] || w->borrowed[i]) continue;
        say("handle", i, eddy_done(w->slots[i]) ? eddy_result(w->slots[i]) : 1);
        eddy_release(w->slots[i]);
    }
    destroy_objects();
    if (held_blocks) printf("memory %ld\n", held_blocks);
    held_blocks = 0; /* the next program is not to blame */
    puts("end");
}

/* With the argument "now" each line is written at once: to see where a program breaks off. */
int main(int argc, char **argv) {
    static char buffer[1 << 16];
    bool at_once = argc > 1 && strcmp(argv[1], "now") == 0;
    setvbuf(stdout, at_once ? NULL : buffer, at_once ? _IONBF : _IOFBF, sizeof buffer);
    eddy_set_allocator(reallocate, NULL);
    eddy_set_report(on_report, NULL);
    int number = 0;
    while (read_program(&number)) {
        eddy_clock_virtual(true);
        run_program(number);
    }
    fflush(stdout);
    return 0;
}
