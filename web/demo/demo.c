/* demo.c: what the demonstration page runs: a small workshop of tasks that one can watch and cancel. */
// build: sources=gumbo,uriparser
// build: files=web/demo/crawl.c,examples/crawl/*.c,@uriparser/src/*.c
// build: files=@gumbo/src/attribute.c,@gumbo/src/string_*.c,@gumbo/src/tag.c
// build: files=@gumbo/src/tokenizer.c,@gumbo/src/ut*.c,@gumbo/src/vector.c
// build: cflags=-Oz,-Iexamples/crawl,-I@gumbo/src,-I@uriparser/include
// build: cflags=-Dgumbo_debug(...)=gumbo_nothing()
#include <eddy.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- countasync ---------------------------------------------------------------------------------- */

static int count(void *arg) {
    int number = *(int *)arg;
    printf("%d: one\n", number);
    int rc = eddy_sleep(1 * EDDY_S);
    if (rc < 0) return rc;
    printf("%d: two\n", number);
    return 0;
}

EDDY_EXPORT(int, countasync, (void)) {
    EDDY_GROUP(group);
    int rc = 0;
    for (int i = 1; rc == 0 && i <= 3; i++)
        if (!eddy_group_spawn_with(&group, count, &(eddy_spawn_options){.arg = &i, .arg_size = sizeof i, .name = "count"}))
            rc = EDDY_ENOMEM;
    return eddy_group_end(&group, rc);
}

/* ---- chores: tasks that wait for one another --------------------------------------------------------- */

static eddy_lock kettle;
static eddy_event water_hot;

/* Also when it is cancelled, and it takes its time. */
static void turn_stove_off(void) {
    EDDY_SHIELD(cleanup);
    int rc = eddy_sleep(700 * EDDY_MS);
    (void)EDDY_IGNORE(eddy_scope_end(&cleanup, rc));
    puts("the stove is off");
}

static int boil(void *arg) {
    (void)arg;
    int rc = eddy_lock_acquire(&kettle);
    if (rc < 0) return rc;
    rc = eddy_sleep(1500 * EDDY_MS);
    if (rc < 0) turn_stove_off();
    (void)eddy_lock_release(&kettle);
    if (rc < 0) return rc;
    eddy_event_set(&water_hot);
    puts("the water is hot");
    return 0;
}

static int brew(void *arg) {
    int rc = eddy_event_wait(&water_hot);
    if (rc < 0) return rc;
    rc = eddy_sleep(300 * EDDY_MS);
    if (rc < 0) return rc;
    printf("%s is ready\n", (const char *)arg);
    return 0;
}

EDDY_EXPORT(int, chores, (void)) {
    eddy_event_clear(&water_hot);
    EDDY_GROUP(group);
    bool spawned = eddy_group_spawn_with(&group, boil, &(eddy_spawn_options){.name = "boil the water"}) &&
                   eddy_group_spawn_with(&group, brew, &(eddy_spawn_options){.arg = (char[]){"tea"}, .arg_size = 4, .name = "tea"}) &&
                   eddy_group_spawn_with(&group, brew, &(eddy_spawn_options){.arg = (char[]){"coffee"}, .arg_size = 7, .name = "coffee"});
    return eddy_group_end(&group, spawned ? 0 : EDDY_ENOMEM);
}

/* ---- requests ------------------------------------------------------------------------------------------ */

EDDY_EXPORT(int, request, (const char *url)) {
    eddy_response *response;
    int rc = eddy_fetch(&response, url);
    if (rc < 0) return rc;
    void *data;
    size_t size = 0;
    rc = eddy_response_bytes(response, 1 << 20, &data, &size);
    if (rc == 0) free(data);
    printf("%s: status %d, %zu bytes\n", url, eddy_response_status(response), size);
    eddy_response_close(response);
    return rc;
}

/* ---- the crawler of the examples, in crawl.c ----------------------------------------------------------- */

int crawl_pages(const char *url, int pages);

EDDY_EXPORT(int, crawl, (const char *url, int pages)) {
    return crawl_pages(url, pages);
}

/* ---- many ------------------------------------------------------------------------------------------------ */

static eddy_event work;
static bool is_busy;
static unsigned switches; /* so far */

static int worker(void *arg) {
    (void)arg;
    int rc = 0;
    while (rc >= 0) {
        rc = is_busy ? eddy_yield() : eddy_event_wait(&work);
        switches++;
    }
    return rc;
}

static eddy_future **workers;
static int worker_count;

/* Lives until all of them have ended, or it is cancelled with them. */
EDDY_EXPORT(int, many, (int tasks)) {
    if (workers) return eddy_fail(EDDY_ESTATE, "the workers are there already");
    workers = calloc((size_t)tasks, sizeof *workers);
    if (!workers) return EDDY_ENOMEM;
    for (worker_count = 0; worker_count < tasks; worker_count++) {
        char name[32];
        snprintf(name, sizeof name, "worker %d", worker_count);
        workers[worker_count] = eddy_spawn_opt(worker, .stack = 4096, .name = name);
    }
    int rc = eddy_gather_all(workers, (size_t)tasks, NULL);
    eddy_release_all(workers, (size_t)tasks);
    free(workers);
    workers = NULL;
    worker_count = 0;
    return rc;
}

EDDY_EXPORT(int, cancel_worker, (int index)) {
    return index >= 0 && index < worker_count ? eddy_cancel(workers[index]) : EDDY_EINVAL;
}

/* Lets all of them yield in turn, or wait again. */
EDDY_EXPORT(void, set_busy, (bool busy)) {
    is_busy = busy;
    if (busy) eddy_event_set(&work);
    else eddy_event_clear(&work);
}

EDDY_EXPORT(double, count_switches, (void)) {
    return switches;
}

EDDY_EXPORT(int, sleeper, (void)) {
    return eddy_sleep(EDDY_FOREVER);
}
