/* memory.h: allocation for a command-line program, which has nothing better to do without memory
 * than to say so. */
#ifndef CRAWL_MEMORY_H
#define CRAWL_MEMORY_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* `pointer`, unless it is NULL: then the program ends. */
void *must(void *pointer);

/* A copy with a zero byte at its end. */
char *copy_text(const char *text, size_t length);

#endif
