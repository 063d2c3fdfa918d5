/* memory.c: see memory.h. */
#include "memory.h"

void *must(void *pointer) {
    if (pointer) return pointer;
    fputs("crawl: out of memory\n", stderr);
    _Exit(1); /* nothing can be cleaned up without memory */
}

char *copy_text(const char *text, size_t length) {
    char *copy = must(malloc(length + 1));
    memcpy(copy, text, length);
    copy[length] = '\0';
    return copy;
}
