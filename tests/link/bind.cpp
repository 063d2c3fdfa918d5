// bind.cpp: what page.c exports and uses by embind.
#include <eddy.h>

#include <emscripten/bind.h>
#include <emscripten/val.h>
#include <string>

using emscripten::val;

namespace {

struct Counter {
    explicit Counter(int value) : value(value) {}
    int add(int n) { return value += n; }
    int value;
};

std::string join(const val &parts, const std::string &glue) {
    return parts.call<std::string>("join", glue);
}

// Called by JavaScript: no task is there to wait in.
bool blockedHere() {
    return eddy_sleep(EDDY_MS) == EDDY_ESTATE;
}

int ended;

int sleeper(void *arg) {
    int rc = eddy_sleep(*static_cast<eddy_time *>(arg));
    ended++;
    return rc;
}

int startSleeper(int milliseconds) {
    eddy_time duration = milliseconds * EDDY_MS;
    eddy_spawn_options options = {};
    options.arg = &duration;
    options.arg_size = sizeof duration;
    eddy_future *task = eddy_spawn_with(sleeper, &options);
    eddy_release(task);
    return task != nullptr;
}

} // namespace

extern "C" int sleepers_ended(void) {
    return ended;
}

// Values of JavaScript's, held while the task waits.
extern "C" int val_in_task(void *) {
    val list = val::array();
    for (int i = 1; i <= 3; i++) {
        list.call<void>("push", i);
        int rc = eddy_sleep(EDDY_MS);
        if (rc < 0) return rc;
    }
    int sum = 0;
    for (int i = 0; i < list["length"].as<int>(); i++) sum += list[i].as<int>();
    return sum;
}

EMSCRIPTEN_BINDINGS(page) {
    emscripten::class_<Counter>("Counter")
        .constructor<int>()
        .function("add", &Counter::add)
        .property("value", &Counter::value);
    emscripten::function("join", &join);
    emscripten::function("blockedHere", &blockedHere);
    emscripten::function("startSleeper", &startSleeper);
}
