/* posix/lean-memory.c: how the memory of a module that is linked leanly grows. libc's own function
 * asks for what an allocation needs and no more: each task's stack would be a growth, and those are
 * dear, for the host has to part with what it had of the old memory. So, as in Emscripten's
 * JavaScript, it grows by a part of what it is, if there is so much. */
#include <stdbool.h>
#include <stddef.h>

#define PAGE ((size_t)65536)
#define MOST_PAGES ((size_t)1024) /* 64 MiB at a time, besides what is needed */

void emscripten_notify_memory_growth(size_t memory);
bool __wrap_emscripten_resize_heap(size_t size);

static bool grow(size_t pages) {
    return __builtin_wasm_memory_grow(0, pages) != (size_t)-1;
}

bool __wrap_emscripten_resize_heap(size_t size) {
    size_t pages = __builtin_wasm_memory_size(0);
    size_t needed = (size - 1) / PAGE + 1 - pages;
    size_t part = pages / 4 < MOST_PAGES ? pages / 4 : MOST_PAGES;
    if ((part <= needed || !grow(part)) && !grow(needed)) return false;
    emscripten_notify_memory_growth(0);
    return true;
}
