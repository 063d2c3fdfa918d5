// C++17 without exceptions and without its library, on every host: options by filled structs and the
// _with functions, lambdas as bodies, initialisers, destructors that release and never wait.
#include "check.h"

namespace {

eddy_time ms(int n) {
    return n * EDDY_MS;
}

// A handle that is released with the block. Its destructor does not wait: it may run while an
// exception is on its way, and a task that is being unwound must not be suspended.
class Future {
public:
    explicit Future(eddy_future *f) : f(f) {}
    Future(Future &&other) noexcept : f(other.f) { other.f = nullptr; }
    Future(const Future &) = delete;
    Future &operator=(const Future &) = delete;
    ~Future() {
        if (f) eddy_release(f);
    }
    eddy_future *get() const { return f; }

private:
    eddy_future *f;
};

// Spawns a copy of any callable that can be copied byte by byte.
template <typename Callable> eddy_spawn_options options_for(Callable &callable, const char *name) {
    static_assert(__is_trivially_copyable(Callable), "it is moved by memcpy");
    eddy_spawn_options options = {};
    options.arg = &callable;
    options.arg_size = sizeof callable;
    options.name = name;
    return options;
}

template <typename Callable> int call(void *arg) {
    return (*static_cast<Callable *>(arg))();
}

template <typename Callable> Future spawn(Callable callable, const char *name = nullptr) {
    eddy_spawn_options options = options_for(callable, name);
    return Future(eddy_spawn_with(call<Callable>, &options));
}

template <typename Callable> eddy_future *spawn_in(eddy_group &group, Callable callable) {
    eddy_spawn_options options = options_for(callable, "child");
    return eddy_group_spawn_with(&group, call<Callable>, &options);
}

int spawning(void *) {
    int seen = 0;
    Future one = spawn([&seen] { return seen = eddy_sleep(ms(1)) + 7; }, "lambda");
    Future two = spawn([] { return eddy_fail(E1, "no %s", "luck"); });
    CHECK(!strcmp(eddy_name(one.get()), "lambda"));
    eddy_future *both[] = {one.get(), two.get()};
    int results[2];
    CHECK(eddy_gather_all(both, 2, results) == 0);
    CHECK(results[0] == 7 && seen == 7 && results[1] == E1);
    CHECK(!strcmp(eddy_message(two.get()), "no luck"));
    CHECK(eddy_wait(both, 2, EDDY_ALL_DONE, EDDY_FOREVER) == 2);
    size_t winner = 9;
    CHECK(eddy_race(both, 2, &winner) == 7 && winner == 0);
    return eddy_timeout(ms(5), [](void *) { return eddy_sleep(ms(1)); }, nullptr);
}

int scopes(void *) {
    eddy_scope scope = {};
    eddy_scope_options options = {};
    options.timeout = ms(2);
    CHECK(eddy_scope_begin(&scope, &options) == 0);
    int rc = eddy_sleep(ms(50));
    CHECK(eddy_scope_end(&scope, rc) == EDDY_ETIMEDOUT && eddy_scope_expired(&scope));
    eddy_scope shield = {};
    eddy_scope_options shielding = {};
    shielding.shield = true;
    CHECK(eddy_scope_begin(&shield, &shielding) == 0);
    return eddy_scope_end(&shield, eddy_sleep(ms(1)));
}

int groups(void *) {
    int order[3] = {}, at = 0;
    eddy_group group = {};
    eddy_group_options options = {};
    options.name = "three";
    options.timeout = ms(50);
    CHECK(eddy_group_begin(&group, &options) == 0);
    for (int i = 0; i < 3; i++) {
        spawn_in(group, [i, &order, &at] {
            int rc = eddy_sleep(ms(3 - i));
            order[at++] = i;
            return rc;
        });
    }
    CHECK(eddy_group_end(&group, 0) == 0);
    CHECK(order[0] == 2 && order[1] == 1 && order[2] == 0);

    eddy_group failing = {};
    CHECK(eddy_group_begin(&failing, nullptr) == 0);
    spawn_in(failing, [] { return eddy_fail(E2, "second"); });
    spawn_in(failing, [] { return eddy_sleep(ms(50)); });
    CHECK(eddy_group_end(&failing, eddy_sleep(ms(50))) == E2);
    eddy_error error;
    CHECK(eddy_group_errors(&failing, &error, 1) == 1 && !strcmp(error.message, "second"));

    eddy_group starting = {};
    CHECK(eddy_group_begin(&starting, nullptr) == 0);
    const eddy_fn service = [](void *) {
        int rc = eddy_started(5);
        return rc < 0 ? rc : eddy_sleep(ms(1));
    };
    CHECK(eddy_group_start(&starting, service, nullptr) == 5);
    CHECK((eddy_group_go)(&starting, [](void *) { return eddy_yield(); }, nullptr) == 0);
    return eddy_group_end(&starting, 0);
}

int squares(void *arg) {
    for (int i = 0; i < *static_cast<int *>(arg); i++) {
        int square = i * i, rc = eddy_yield();
        if (rc == 0) rc = eddy_emit(&square);
        if (rc < 0) return rc;
    }
    return 0;
}

int generators(void *) {
    int count = 4;
    eddy_gen *gen = eddy_gen_open(squares, &count, sizeof(int));
    int item, sum = 0;
    while (eddy_gen_next(gen, &item) == 1) sum += item;
    CHECK(sum == 0 + 1 + 4 + 9);
    return eddy_gen_close(gen);
}

} // namespace

int main() {
    check_begin();
    const eddy_fn tests[] = {spawning, scopes, groups, generators};
    for (eddy_fn test : tests) check_run(test);
    return check_end();
}
