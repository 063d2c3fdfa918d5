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

// ---- queues, channels, select: a template over the type of the items -----------------------------

struct Job {
    int number;
    eddy_time took;
};

template <typename Item> struct Queue {
    Queue(size_t capacity, const eddy_queue_options &options) {
        CHECK(eddy_queue_init(&queue, sizeof(Item), capacity, &options) == 0);
    }
    Queue(const Queue &) = delete;
    Queue &operator=(const Queue &) = delete;
    ~Queue() { eddy_queue_destroy(&queue); } // never waits
    int put(const Item &item) { return eddy_queue_put(&queue, &item); }
    int get(Item &item) { return eddy_queue_get(&queue, &item); }
    eddy_queue queue = {};
};

int queues(void *) {
    eddy_queue_options options = {};
    options.order = EDDY_PRIORITY;
    options.compare = [](const void *a, const void *b) {
        return static_cast<const Job *>(a)->number - static_cast<const Job *>(b)->number;
    };
    Queue<Job> jobs(0, options);
    const int numbers[] = {3, 1, 2};
    for (int number : numbers) CHECK(jobs.put({number, 0}) == 0);
    Job job = {};
    for (int number = 1; number <= 3; number++) CHECK(jobs.get(job) == 0 && job.number == number);

    eddy_queue plain = EDDY_QUEUE(Job, 2);
    eddy_event stop = {};
    eddy_sem permits = EDDY_SEM(1), bounded = EDDY_SEM_BOUNDED(1);
    CHECK(eddy_sem_acquire(&permits) == 0 && eddy_sem_release(&bounded) == EDDY_EINVAL);
    auto produce = [&plain, &stop] {
        for (int i = 0; i < 5; i++) {
            const Job made = {i, eddy_now()};
            int rc = eddy_queue_put(&plain, &made);
            if (rc == 0) rc = eddy_sleep(ms(1));
            if (rc < 0) return rc;
        }
        eddy_event_set(&stop);
        return 0;
    };
    Future producer = spawn(produce, "producer");
    int got = 0;
    eddy_case cases[] = {EDDY_CASE_GET(&plain, &job), EDDY_CASE_EVENT(&stop),
                         EDDY_CASE_JOIN(producer.get())};
    int which;
    while ((which = eddy_select(cases, 3, ms(50))) == 0) CHECK(job.number == got++);
    CHECK(got == 5 && (which == 1 || which == 2));
    eddy_queue_destroy(&plain);
    return eddy_join(producer.get());
}

int channels(void *) {
    eddy_sender *tx;
    eddy_receiver *rx;
    eddy_chan_options options = {};
    CHECK(eddy_chan_open_with(sizeof(int), 0, &options, &tx, &rx) == 0);
    Future sender = spawn([tx] {
        int rc = 0;
        for (int i = 0; i < 4 && rc == 0; i++) rc = eddy_send(tx, &i);
        eddy_sender_close(tx);
        return rc;
    });
    int item = 0, sum = 0, out = 9;
    eddy_case cases[] = {EDDY_CASE_RECV(rx, &item)};
    while (eddy_select(cases, 1, EDDY_FOREVER) == 0 && cases[0].result == 0) sum += item;
    CHECK(sum == 6 && cases[0].result == EDDY_ECLOSED);
    eddy_receiver_close(rx);
    eddy_queue numbers = EDDY_QUEUE(int, 1);
    eddy_case puts[] = {EDDY_CASE_PUT(&numbers, &out)};
    CHECK(eddy_select(puts, 1, 0) == 0 && eddy_select(puts, 1, 0) == EDDY_ETIMEDOUT);
    eddy_queue_destroy(&numbers);
    return eddy_join(sender.get());
}

} // namespace

int main() {
    check_begin();
    const eddy_fn tests[] = {spawning, scopes, groups, generators, queues, channels};
    for (eddy_fn test : tests) check_run(test);
    return check_end();
}
