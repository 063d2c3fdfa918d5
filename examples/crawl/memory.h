/* memory.h: allocation for a command-line program, which has nothing better to do without memory
 * than to say so. */
#ifndef CRAWL_MEMORY_H
#define CRAWL_MEMORY_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static inline void *must(void *pointer) {
    if (pointer) return pointer;
    fputs("crawl: out of memory\n", stderr);
    _Exit(1); /* nothing can be cleaned up without memory */
}

static inline char *copy_text(const char *text, size_t length) {
    char *copy = must(malloc(length + 1));
    memcpy(copy, text, length);
    copy[length] = '\0';
    return copy;
}

#endif
