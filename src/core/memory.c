/* memory.c: the one door to the allocator; shared texts; tables of numbered things. */
#include "internal.h"

#include <stdio.h>
#include <stdlib.h>

static void *default_reallocate(void *ctx, void *block, size_t old_size, size_t new_size) {
    (void)ctx;
    (void)old_size;
    if (new_size == 0) {
        free(block);
        return NULL;
    }
    return realloc(block, new_size);
}

static void *(*reallocate)(void *, void *, size_t, size_t) = default_reallocate;
static void *reallocate_ctx;
static size_t blocks; /* that the runtime holds */

int eddy_set_allocator(void *(*fn)(void *ctx, void *block, size_t old_size, size_t new_size),
                       void *ctx) {
    if (blocks) return EDDY_ESTATE;
    reallocate = fn ? fn : default_reallocate;
    reallocate_ctx = ctx;
    return 0;
}

void *eddy__alloc(size_t size) {
    void *block = reallocate(reallocate_ctx, NULL, 0, size);
    if (block) blocks++;
    return block;
}

void *eddy__resize(void *block, size_t old_size, size_t new_size) {
    if (!block) return eddy__alloc(new_size);
    return reallocate(reallocate_ctx, block, old_size, new_size);
}

void eddy__free(void *block, size_t size) {
    if (!block) return;
    blocks--;
    (void)reallocate(reallocate_ctx, block, size, 0);
}

/* ---- pools -------------------------------------------------------------------------------------- */

static eddy__pool *pools;

void eddy__pool_give_slowly(eddy__pool *pool, void *piece) {
    if (pool->count == pool->limit) {
        eddy__free(piece, pool->size);
        return;
    }
    pool->listed = true;
    pool->next = pools;
    pools = pool;
    eddy__pool_give(pool, piece, true);
}

void eddy__pools_trim(void) {
    for (; pools; pools = pools->next) {
        while (pools->kept) eddy__free(eddy__pool_take(pools), pools->size);
        pools->listed = false;
    }
}

/* ---- texts -------------------------------------------------------------------------------------- */

eddy__text *eddy__text_new(const char *bytes, size_t length) {
    eddy__text *text = eddy__alloc(sizeof *text + length + 1);
    if (!text) return NULL;
    text->references = 1;
    text->length = (uint32_t)length;
    if (bytes) memcpy(text->bytes, bytes, length);
    text->bytes[length] = 0;
    return text;
}

eddy__text *eddy__text_format(const char *format, va_list arguments) {
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (length < 0) return NULL;
    eddy__text *text = eddy__text_new(NULL, (size_t)length);
    if (text) vsnprintf(text->bytes, (size_t)length + 1, format, arguments);
    return text;
}

static size_t put(char *out, const char *bytes, size_t length) {
    if (out) memcpy(out, bytes, length);
    return length;
}

static size_t put_number(char *out, unsigned long long n, bool negative) {
    char digits[24], *first = digits + sizeof digits;
    do *--first = (char)('0' + n % 10);
    while (n /= 10);
    if (negative) *--first = '-';
    return put(out, first, (size_t)(digits + sizeof digits - first));
}

/* %s, %d, %zu, %%. With `out` NULL only the length. */
static size_t format_simply(char *out, const char *format, va_list arguments) {
    size_t length = 0;
    for (const char *at = format; *at; at++) {
        char *end = out ? out + length : NULL;
        if (*at != '%') {
            length += put(end, at, 1);
            continue;
        }
        if (*++at == 's') {
            const char *text = va_arg(arguments, const char *);
            length += put(end, text, strlen(text));
        } else if (*at == 'd') {
            int n = va_arg(arguments, int);
            length += put_number(end, n < 0 ? 0 - (unsigned)n : (unsigned)n, n < 0);
        } else if (*at == 'z') {
            length += put_number(end, va_arg(arguments, size_t), false);
            at++;
        } else {
            EDDY_ASSERT(*at == '%');
            length += put(end, "%", 1);
        }
    }
    return length;
}

eddy__text *eddy__text_format_simply(const char *format, va_list arguments) {
    va_list again;
    va_copy(again, arguments);
    eddy__text *text = eddy__text_new(NULL, format_simply(NULL, format, again));
    va_end(again);
    if (text) (void)format_simply(text->bytes, format, arguments);
    return text;
}

eddy__text *eddy__text_retain(eddy__text *text) {
    if (text) text->references++;
    return text;
}

void eddy__text_release(eddy__text *text) {
    if (text && --text->references == 0) eddy__free(text, sizeof *text + text->length + 1);
}

const char *eddy__text_read(const eddy__text *text) {
    return text ? text->bytes : "";
}

/* ---- tables ------------------------------------------------------------------------------------- */

/* Shared by all tables and never reset: a number from an earlier run finds nothing in a later one. */
static uint32_t last_serial;

uint64_t eddy__table_add(eddy__table *table, void *item) {
    if (!table->free && table->used == table->size) {
        uint32_t size = table->size ? table->size * 2 : 8;
        struct eddy__table_slot *slots = eddy__resize(
            table->slots, table->size * sizeof *slots, size * sizeof *slots);
        if (!slots) return 0;
        table->slots = slots;
        table->size = size;
    }
    uint32_t index;
    if (table->free) {
        index = table->free - 1;
        table->free = table->slots[index].next;
    } else {
        index = table->used++;
    }
    if (++last_serial == 0) last_serial = 1;
    table->slots[index] = (struct eddy__table_slot){.item = item, .serial = last_serial};
    table->count++;
    return (uint64_t)last_serial << 32 | index;
}

void *eddy__table_get(const eddy__table *table, uint64_t id) {
    uint32_t index = (uint32_t)id;
    if (id == 0 || index >= table->used) return NULL;
    const struct eddy__table_slot *slot = &table->slots[index];
    return slot->serial == (uint32_t)(id >> 32) ? slot->item : NULL;
}

void eddy__table_remove(eddy__table *table, uint64_t id) {
    if (!eddy__table_get(table, id)) return;
    uint32_t index = (uint32_t)id;
    table->slots[index].item = NULL;
    table->slots[index].next = table->free;
    table->free = index + 1;
    table->count--;
}

void eddy__table_trim(eddy__table *table) {
    if (table->count) return;
    eddy__free(table->slots, table->size * sizeof *table->slots);
    *table = (eddy__table){0};
}
