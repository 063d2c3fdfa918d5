// throwing.cpp: exceptions and jumps that pass frames which have waited give their stack back.
#include <eddy.h>

#include <csetjmp>
#include <cstdio>
#include <cstring>
#include <stdexcept>

namespace {

__attribute__((noinline)) int deep(int depth, char *above) {
    char bytes[64];
    memset(bytes, depth, sizeof bytes);
    if (depth > 0) return deep(depth - 1, bytes) + bytes[above[0] & 7];
    int rc = eddy_yield();
    if (rc < 0) return rc;
    throw std::runtime_error("from the depth");
}

jmp_buf back;

__attribute__((noinline)) int jumps(int depth) {
    volatile char bytes[64];
    bytes[depth] = 1;
    if (depth > 0) return jumps(depth - 1) + bytes[depth];
    int rc = eddy_yield();
    if (rc < 0) return rc;
    longjmp(back, 1);
}

int throws(void *) {
    char bytes[8] = {};
    for (int i = 0; i < 2000; i++) {
        try {
            deep(4, bytes);
            return EDDY_EUSER;
        } catch (const std::runtime_error &) {
        }
    }
    return 0;
}

int many_jumps(void *) {
    volatile int times = 0;
    if (setjmp(back) != 0) times = times + 1;
    return times < 2000 ? jumps(4) : 0;
}

} // namespace

extern "C" int eddy_main(int, char **) {
    eddy_future *task = eddy_spawn(throws, nullptr);
    int rc = eddy_await(task);
    if (rc == 0) rc = eddy_await(eddy_spawn(many_jumps, nullptr));
    if (rc == 0) puts("ok");
    return rc;
}
