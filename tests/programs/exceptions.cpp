// build: hosts=native
// C++17 with exceptions, natively: thrown and caught inside tasks, across calls that wait, while other
// tasks throw and catch theirs. None may leave a task's body, and nothing waits while one is being
// thrown: destructors here release and cancel, and leave the waiting to the normal way out.
#include "check.h"

#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

eddy_time ms(int n) {
    return n * EDDY_MS;
}

struct Release {
    void operator()(eddy_future *f) const { eddy_release(f); }
};
using Future = std::unique_ptr<eddy_future, Release>;

// An error code as an exception, as a program would that wraps the calls.
struct Failure : std::runtime_error {
    Failure(int code, const std::string &what) : std::runtime_error(what), code(code) {}
    int code;
};

int check(int rc) {
    if (rc < 0) throw Failure(rc, std::string(eddy_errname(rc)) + ": " + eddy_last_message());
    return rc;
}

// A body that may throw, as one that does not: what every spawned function must be.
template <typename Callable> int guarded(void *arg) {
    try {
        return (*static_cast<Callable *>(arg))();
    } catch (const Failure &failure) {
        return eddy_fail(failure.code, "%s", failure.what());
    } catch (const std::exception &error) {
        return eddy_fail(E3, "%s", error.what());
    }
}

template <typename Callable> void destroy(void *arg) {
    delete static_cast<Callable *>(arg);
}

template <typename Callable> eddy_spawn_options moved(Callable callable) {
    eddy_spawn_options options = {};
    options.arg = new Callable(std::move(callable)); // freed by arg_free, whatever happens
    options.arg_free = destroy<Callable>;
    options.name = "guarded";
    return options;
}

template <typename Callable> Future spawn(Callable callable) {
    eddy_spawn_options options = moved(std::move(callable));
    return Future(eddy_spawn_with(guarded<Callable>, &options));
}

template <typename Callable> eddy_future *spawn_in(eddy_group &group, Callable callable) {
    eddy_spawn_options options = moved(std::move(callable));
    return eddy_group_spawn_with(&group, guarded<Callable>, &options);
}

// ---- one task ------------------------------------------------------------------------------------

int deep(int depth) {
    std::string keeps(40, static_cast<char>('a' + depth % 26));
    if (depth == 0) {
        check(eddy_sleep(ms(1)));
        throw Failure(E1, "from the depth");
    }
    int rc = deep(depth - 1);
    return rc + static_cast<int>(keeps.size());
}

int across_waits(void *) {
    for (int i = 0; i < 3; i++) {
        bool caught = false;
        try {
            deep(20);
        } catch (const Failure &failure) {
            caught = failure.code == E1 && std::string(failure.what()) == "from the depth";
        }
        CHECK(caught && std::uncaught_exceptions() == 0);
    }
    Future failing = spawn([] { return deep(5); });
    CHECK(eddy_join(failing.get()) == E1);
    CHECK(std::string(eddy_message(failing.get())) == "from the depth");
    try {
        check(eddy_join(failing.get()));
        CHECK(false);
    } catch (const Failure &failure) {
        CHECK(std::string(failure.what()).find(": from the depth") != std::string::npos);
    }
    return 0;
}

// ---- many at once --------------------------------------------------------------------------------

// Waits inside of handlers, where its exception is the current one, and throws that again.
int handles(int which, int times) {
    for (int i = 0; i < times; i++) {
        std::string mine = "task " + std::to_string(which) + ", round " + std::to_string(i);
        try {
            try {
                check(eddy_sleep(ms(which % 3)));
                throw std::runtime_error(mine);
            } catch (const std::runtime_error &error) {
                CHECK(error.what() == mine);
                check(eddy_sleep(ms(which % 4))); // others throw and catch meanwhile
                CHECK(error.what() == mine);
                CHECK(std::current_exception() != nullptr);
                try {
                    throw Failure(E2, "inside " + mine);
                } catch (const Failure &inner) {
                    check(eddy_yield());
                    CHECK(inner.what() == "inside " + mine);
                }
                check(eddy_yield());
                throw; // this task's, not the one that was thrown last
            }
        } catch (const std::runtime_error &again) {
            CHECK(again.what() == mine);
        }
        CHECK(std::current_exception() == nullptr && std::uncaught_exceptions() == 0);
    }
    return which;
}

int many(void *) {
    std::vector<Future> tasks;
    std::vector<eddy_future *> handles_of;
    for (int i = 0; i < 20; i++) {
        tasks.push_back(spawn([i] { return handles(i, 8); }));
        handles_of.push_back(tasks.back().get());
    }
    std::vector<int> results(tasks.size());
    CHECK(eddy_gather(handles_of.data(), handles_of.size(), results.data()) == 0);
    for (int i = 0; i < 20; i++) CHECK(results[static_cast<size_t>(i)] == i);
    return 0;
}

// ---- groups, scopes, generators --------------------------------------------------------------------

// A group for C++. Its end waits, so it is no destructor's work, but a call on every way out.
struct Group {
    explicit Group(const eddy_group_options *options = nullptr) {
        check(eddy_group_begin(&group, options));
    }
    Group(const Group &) = delete;
    Group &operator=(const Group &) = delete;
    eddy_group group = {};
};

template <typename Body> int with_group(Body body) {
    Group g;
    int rc = 0;
    std::string message;
    try {
        rc = body(g.group);
    } catch (const Failure &failure) {
        rc = failure.code; // the handler ends before anything waits
        message = failure.what();
    }
    return eddy_group_end(&g.group, rc < 0 ? eddy_fail(rc, "%s", message.c_str()) : rc);
}

int groups(void *) {
    int ended = 0;
    auto sleeper = [&ended] {
        struct Count {
            int &ended;
            ~Count() { ended++; } // in the cancelled child, by its exception
        } count{ended};
        check(eddy_sleep(ms(50)));
        return 0;
    };
    int rc = with_group([&](eddy_group &group) {
        spawn_in(group, sleeper);
        spawn_in(group, sleeper);
        check(eddy_sleep(ms(1)));
        throw Failure(E2, "the body's");
        return 0;
    });
    CHECK(rc == E2 && ended == 2 && eddy_now() == ms(1));
    CHECK(std::string(eddy_last_message()) == "the body's");

    rc = with_group([&](eddy_group &group) {
        spawn_in(group, [] { return deep(3); });
        spawn_in(group, sleeper);
        return check(eddy_sleep(ms(50)));
    });
    CHECK(rc == E1 && ended == 3);

    // Thrown through an open scope and out of its object's frame: it is closed, and nothing waited.
    try {
        eddy_scope scope = {};
        eddy_scope_options options = {};
        options.timeout = ms(2);
        check(eddy_scope_begin(&scope, &options));
        check(eddy_sleep(ms(50)));
    } catch (const Failure &failure) {
        CHECK(failure.code == EDDY_ECANCELED);
    }
    return 0;
}

// An exception leaves the function that has the group, and nobody ends it: that is found at the next
// call that waits, as after a jump.
__attribute__((noinline)) void leaves_group(bool &cancelled) {
    Group g;
    spawn_in(g.group, [&cancelled] {
        int rc = eddy_sleep(ms(50));
        cancelled = rc == EDDY_ECANCELED;
        return rc;
    });
    check(eddy_sleep(ms(1)));
    throw std::logic_error("out");
}

int forgotten(void *) {
    int reports = 0;
    eddy_set_report([](const eddy_report *, void *ctx) { ++*static_cast<int *>(ctx); }, &reports);
    static bool cancelled; // written by the child, after the frame has gone
    try {
        leaves_group(cancelled);
    } catch (const std::logic_error &) {
    }
    check(eddy_sleep(ms(1)));
    CHECK(cancelled && reports == 1);
    eddy_set_report(nullptr, nullptr);
    return 0;
}

int emits(void *arg) {
    try {
        for (int i = 0;; i++) {
            try {
                check(eddy_sleep(ms(1)));
                if (i == 3) throw std::out_of_range("three");
            } catch (const std::out_of_range &) {
                check(eddy_emit(&i)); // suspends inside of a handler
                throw;
            }
            check(eddy_emit(&i));
        }
    } catch (const std::out_of_range &error) {
        return eddy_fail(E1, "%s", error.what());
    } catch (const Failure &failure) {
        ++*static_cast<int *>(arg);
        return failure.code;
    }
}

int generators(void *) {
    int closed = 0, item = 0, sum = 0, rc;
    eddy_gen *gen = eddy_gen_open(emits, &closed, sizeof item);
    while ((rc = eddy_gen_next(gen, &item)) == 1) {
        try {
            throw item; // between two items, and while the body is in its handler
        } catch (int value) {
            sum += value;
        }
    }
    CHECK(rc == E1 && sum == 6 && std::string(eddy_last_message()) == "three");
    CHECK(eddy_gen_close(gen) == 0 && closed == 0);
    gen = eddy_gen_open(emits, &closed, sizeof item);
    CHECK(eddy_gen_next(gen, &item) == 1);
    CHECK(eddy_gen_close(gen) == 0 && closed == 1);
    return 0;
}

// An eager task throws inside the step of one that is in a handler.
int eager(void *) {
    try {
        throw Failure(E1, "outer");
    } catch (const Failure &outer) {
        auto inner = [] {
            CHECK(std::current_exception() == nullptr);
            return handles(7, 2);
        };
        eddy_spawn_options options = moved(inner);
        options.eager = true;
        Future task(eddy_spawn_with(guarded<decltype(inner)>, &options));
        CHECK(std::string(outer.what()) == "outer");
        CHECK(eddy_join(task.get()) == 7);
        try {
            throw;
        } catch (const Failure &again) {
            CHECK(&again == &outer);
        }
    }
    return 0;
}

} // namespace

int main() {
    check_begin();
    const eddy_fn tests[] = {across_waits, many, groups, forgotten, generators, eager};
    for (eddy_fn test : tests) {
        eddy_clock_virtual(true);
        check_run(test);
    }
    return check_end();
}
