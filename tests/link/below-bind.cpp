// below-bind.cpp: below.c's ways through embind and through C++ exceptions.
#include "below.h"

#include <eddy.h>
#include <emscripten.h>
#include <emscripten/bind.h>
#include <emscripten/val.h>

using emscripten::val;

EM_JS(int, call_bound, (void), { return Module['boundTries'](); })
EM_JS(int, call_method, (void), {
    const trier = new Module['Trier']();
    const rc = trier['tries']();
    trier['delete']();
    return rc;
})
#ifdef THROWS
EM_JS(void, call_thrower, (void), { Module['boundThrows'](); })
#endif

namespace {

struct Trier {
    int tries() { return ::tries(); }
};

int boundTries() {
    return tries();
}

#ifdef THROWS
void boundThrows() {
    throw tries();
}
#endif

} // namespace

int through_embind(void) {
    int rc = call_bound();
    return rc < 0 && call_method() == rc ? rc : 0;
}

int through_val(void) {
    return val::module_property("boundTries")().as<int>();
}

#ifdef THROWS
// It leaves JavaScript, and what guards that, by being thrown; the task that catches it may wait.
int through_exception(void) {
    int caught = 0;
    try {
        call_thrower();
    } catch (int rc) {
        if (!eddy_current() || eddy_sleep(EDDY_MS) < 0) return 0;
        caught = rc;
    }
    return eddy_sleep(EDDY_MS) == 0 ? caught : 0;
}
#endif

EMSCRIPTEN_BINDINGS(below) {
    emscripten::class_<Trier>("Trier").constructor<>().function("tries", &Trier::tries);
    emscripten::function("boundTries", &boundTries);
#ifdef THROWS
    emscripten::function("boundThrows", &boundThrows);
#endif
}
