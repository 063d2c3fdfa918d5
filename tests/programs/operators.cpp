// operators.cpp: functions that can suspend only through pointers, under names that are no words:
// operators, templates, lambdas, letters beyond ASCII. The frames of all of them must survive.
#include "check.h"

namespace {

typedef int (*nap_function)(int, double);

int nap(int n, double factor) {
    volatile double kept = factor * n;
    if (eddy_sleep(n) < 0) return -1;
    return static_cast<int>(kept) + n;
}

nap_function volatile napping = nap;

template <typename A, typename B> struct both {
    A a;
    B b;
};

// Each adds what it has computed before to what it gets: 14 for 4.
#define NAPS_AND_ADDS(n, local)                                                                    \
    {                                                                                              \
        int before = (local);                                                                      \
        int got = f((n), 2.5);                                                                     \
        return got + before;                                                                       \
    }
#define CALLED __attribute__((noinline))

struct naps {
    nap_function f;
    int own;
    CALLED int operator<(int n) const NAPS_AND_ADDS(n, own + n)
    CALLED int operator<<(int n) const NAPS_AND_ADDS(n, own + n + 1)
    CALLED int operator>>(int n) const NAPS_AND_ADDS(n, own + n + 2)
    CALLED int operator->*(int n) const NAPS_AND_ADDS(n, own + n + 3)
    CALLED int operator,(int n) const NAPS_AND_ADDS(n, own + n + 4)
    CALLED int operator[](int n) const NAPS_AND_ADDS(n, own + n + 5)
    CALLED int operator*() const NAPS_AND_ADDS(4, own + 6)
    CALLED int operator()(int n, both<int, char *> *) const NAPS_AND_ADDS(n, own + n + 7)
    CALLED operator long long() const NAPS_AND_ADDS(4, own + 8)
};

CALLED int operator""_naps(unsigned long long n) {
    int before = static_cast<int>(n) + 1;
    return napping(static_cast<int>(n), 2.5) + before;
}

template <typename... Ns> CALLED int sum(Ns... n) {
    int before = (0 + ... + static_cast<int>(n));
    return napping(4, 2.5) + before;
}

struct Größe {
    template <char C> static CALLED int über(int n) {
        int before = n + C;
        return napping(n, 2.5) + before;
    }
};

struct sleeper {
    virtual int sleeps(int n) { return n; }
};
struct deep_sleeper : sleeper {
    int sleeps(int n) override {
        int before = n * 3;
        return eddy_sleep(n) < 0 ? -1 : before;
    }
};

template <typename Callable> CALLED int call(const Callable &callable, int n) {
    int before = n;
    return callable(n) + before;
}

int use_all(void *) {
    naps s = {napping, 7};
    CHECK((s < 4) == 14 + 11);
    CHECK((s << 4) == 14 + 12);
    CHECK((s >> 4) == 14 + 13);
    CHECK((s->*4) == 14 + 14);
    CHECK((s, 4) == 14 + 15);
    CHECK(s[4] == 14 + 16);
    CHECK(*s == 14 + 13);
    CHECK(s(4, nullptr) == 14 + 18);
    CHECK(static_cast<long long>(s) == 14 + 15);
    CHECK(4_naps == 14 + 5);
    CHECK(sum(1, 2.5, static_cast<char>(3)) == 14 + 6);
    CHECK(Größe::über<','>(4) == 14 + 48);
    CHECK(Größe::über<'"'>(4) == 14 + 38);
    deep_sleeper deep;
    sleeper *volatile any = &deep;
    CHECK(any->sleeps(4) == 12);
    int (sleeper::*volatile member)(int) = &sleeper::sleeps;
    CHECK((any->*member)(5) == 15);
    CHECK(call([&s](int n) { int before = s.own; return napping(n, 2.5) + before; }, 4) == 14 + 11);
    return 0;
}

} // namespace

int main() {
    check_begin();
    check_run(use_all);
    return check_end();
}
