// below.c: C that JavaScript calls which a task has called, by each way back that there is: it cannot wait, and
// says so; it can spawn and resolve; the task goes on unharmed. Prints "ok".
#include "below.h"

#include <eddy.h>

#include <emscripten.h>
#include <emscripten/html5.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int failures;
#define CHECK(condition)                                                                           \
    ((condition) ? (void)0 : (void)(failures++, printf("line %d: %s\n", __LINE__, #condition)))

// ---- what is called -------------------------------------------------------------------------------------

static eddy_event never;
static eddy_future *answer; // of the way that is tried now
static int first_steps, ended;

static int spawned(void *arg) {
    (void)arg;
    first_steps++;
    int rc = eddy_sleep(EDDY_MS);
    ended++;
    return rc;
}

int tries(void) {
    CHECK(!eddy_current());
    int rc = eddy_sleep(EDDY_MS);
    CHECK(eddy_event_wait(&never) == rc && eddy_yield() == rc);
    CHECK(strstr(eddy_strerror(rc), "below JavaScript (spawn one)"));
    CHECK(usleep(10) == 0 && (emscripten_sleep(1), 1)); // these keep the thread, as they do outside of tasks
    eddy_go(spawned, NULL);
    int before = first_steps;
    eddy_future *eager = eddy_spawn_opt(spawned, .eager = true);
    CHECK(eager && !eddy_done(eager) && first_steps == before + 1); // it waits, by itself
    eddy_release(eager);
    CHECK(!eddy_current());
    if (!eddy_done(answer)) CHECK(eddy_resolve(answer, 7) == 0);
    return rc;
}

EMSCRIPTEN_KEEPALIVE int exported_tries(void);
int exported_tries(void) {
    return tries();
}

// ---- ways to it -----------------------------------------------------------------------------------------

typedef int tried(void);
EM_JS_DEPS(below, "$addFunction,$getWasmTableEntry,$dynCall,$stackSave");
EM_JS(int, call_export, (void), { return _exported_tries(); })
EM_JS(int, call_table, (tried *f), { return wasmTable.get(f)(); })
EM_JS(int, call_entry, (tried *f), { return getWasmTableEntry(f)(); })
EM_JS(int, call_dynamically, (tried *f), { return dynCall('i', f, []); })
EM_JS(int, call_wide, (double a, double b, double c, double d, double e, double g, tried *f), {
    return a + b + c + d + e + g === 21 ? getWasmTableEntry(f)() : 0;
})
typedef int callback(tried *f);
EM_JS(callback *, make_function, (void), { return addFunction((f) => getWasmTableEntry(f)(), 'ii'); })
// What is negative would be an error of JavaScript's own.
EDDY_JS(int, call_from_body, (unsigned f), { return -getWasmTableEntry(f)(); })
EDDY_ASYNC_JS(int, call_from_start, (unsigned f), { return -getWasmTableEntry(f)(); })
EDDY_ASYNC_JS(int, call_when_aborted, (unsigned f), {
    return new Promise((done) => {
        signal.addEventListener('abort', () => done(getWasmTableEntry(f)()));
    });
})
// In the table itself, without JavaScript around it.
static callback *volatile import_in_table = call_table;

static int export_way(void) { return call_export(); }
static int table_way(void) { return call_table(tries); }
static int entry_way(void) { return call_entry(tries); }
static int dynamic_way(void) { return call_dynamically(tries); }
static int wide_way(void) { return call_wide(1, 2, 3, 4, 5, 6, tries); }
static int import_way(void) { return import_in_table(tries); }
static int function_way(void) { return make_function()(tries); }
static int inline_way(void) { return EM_ASM_INT({ return getWasmTableEntry($0)(); }, tries); }
static int nested(void) { return call_entry(tries); }
static int nested_way(void) { return call_table(nested); }

static int body_way(void) {
    return -call_from_body((unsigned)tries);
}

static int start_way(void) {
    return -call_from_start((unsigned)tries);
}

static int waits_for_abort(void *arg) {
    return call_when_aborted(*(unsigned *)arg);
}

static int aborted; // what the listener was told

static int tries_aborted(void) {
    return aborted = tries();
}

static int abort_way(void) {
    unsigned f = (unsigned)tries_aborted;
    aborted = 0;
    eddy_future *waiter = eddy_spawn(waits_for_abort, &f);
    if (eddy_sleep(EDDY_MS) < 0) return 0;
    (void)eddy_cancel(waiter);
    (void)eddy_await(waiter);
    return aborted;
}

#ifdef PAGE
static int clicked; // what the handler was told

static bool on_click(int type, const EmscriptenMouseEvent *event, void *arg) {
    (void)type, (void)event, (void)arg;
    clicked = tries();
    return true;
}

static int click_way(void) {
    clicked = 0;
    EM_ASM({ document.body.innerHTML = '<button id=button></button>'; });
    if (emscripten_set_click_callback("#button", NULL, false, on_click) < 0) return 0;
    EM_ASM({ document.querySelector('#button').click(); });
    return clicked;
}
#endif

// ---- each of them -----------------------------------------------------------------------------------------

static const struct {
    const char *name;
    tried *way;
} WAYS[] = {
    {"an export", export_way}, {"the table", table_way}, {"a table's entry", entry_way},
    {"dynCall", dynamic_way}, {"many arguments", wide_way}, {"an import in the table", import_way},
    {"addFunction", function_way}, {"EM_ASM", inline_way}, {"C below C", nested_way},
    {"EDDY_JS", body_way}, {"EDDY_ASYNC_JS", start_way}, {"an abort", abort_way},
#ifdef PAGE
    {"a click", click_way},
#endif
#ifdef BINDINGS
    {"embind", through_embind}, {"val", through_val},
#ifdef THROWS
    {"an exception", through_exception},
#endif
#endif
};
enum { COUNT = sizeof WAYS / sizeof WAYS[0] };

static int counts(void *arg) {
    int n = 0;
    while (!*(const bool *)arg && eddy_yield() == 0) n++;
    return n;
}

// Frames and locals that would not survive what is torn from them.
static int goes(size_t way, int depth) {
    char name[32];
    (void)snprintf(name, sizeof name, "%zu %d", way, depth);
    int rc = depth ? goes(way, depth - 1) : WAYS[way].way();
    char again[32];
    (void)snprintf(again, sizeof again, "%zu %d", way, depth);
    CHECK(strcmp(name, again) == 0 && eddy_current());
    CHECK(eddy_sleep(EDDY_MS) == 0); // the task itself may wait
    CHECK(strcmp(name, again) == 0);
    return rc;
}

int eddy_main(int argc, char **argv) {
    (void)argc, (void)argv;
    bool stop = false;
    eddy_future *other = eddy_spawn(counts, &stop);
    CHECK(eddy_yield() == 0);
    for (size_t i = 0; i < COUNT; i++) {
        int before = failures;
        answer = eddy_future_new();
        ended = 0;
        CHECK(goes(i, 3) == EDDY_ESTATE);
        CHECK(eddy_done(answer) && eddy_result(answer) == 7);
        eddy_release(answer);
        CHECK(eddy_sleep(20 * EDDY_MS) == 0 && ended >= 2);
        if (failures > before) printf("    by %s\n", WAYS[i].name);
    }
    stop = true;
    CHECK(eddy_await(other) > 0);
    if (failures == 0) puts("ok");
    return failures != 0;
}
