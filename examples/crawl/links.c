/* links.c: an array that keeps the order and a hash table that finds. */
#include "links.h"

#include "memory.h"

static uint32_t hash(const char *text) {
    uint32_t h = 2166136261u; /* FNV-1a */
    for (; *text; text++) h = (h ^ (unsigned char)*text) * 16777619u;
    return h;
}

/* The slot where `url` is, or where it would go. */
static size_t *slot_of(const link_table *table, const char *url) {
    size_t i = hash(url) & (table->slot_count - 1);
    while (table->slots[i] && strcmp(table->all[table->slots[i] - 1]->url, url) != 0) {
        i = (i + 1) & (table->slot_count - 1);
    }
    return &table->slots[i];
}

struct link *links_find(const link_table *table, const char *url) {
    size_t place = table->slot_count ? *slot_of(table, url) : 0;
    return place ? table->all[place - 1] : NULL;
}

static void grow(link_table *table) {
    table->room = table->room ? 2 * table->room : 512;
    table->all = must(realloc(table->all, table->room * sizeof *table->all));
    free(table->slots);
    table->slot_count = 2 * table->room;
    table->slots = must(calloc(table->slot_count, sizeof *table->slots));
    for (size_t i = 0; i < table->count; i++) *slot_of(table, table->all[i]->url) = i + 1;
}

struct link *links_add(link_table *table, char *url, bool *is_new) {
    struct link *found = links_find(table, url);
    *is_new = !found;
    if (found) {
        free(url);
        return found;
    }
    if (table->count == table->room) grow(table);
    struct link *fresh = must(calloc(1, sizeof *fresh));
    fresh->url = url;
    *slot_of(table, url) = table->count + 1;
    table->all[table->count++] = fresh;
    return fresh;
}

void links_free(link_table *table) {
    for (size_t i = 0; i < table->count; i++) {
        struct link *l = table->all[i];
        eddy_release(l->task);
        free(l->url);
        free(l->title);
        free(l->detail);
        free(l);
    }
    free(table->all);
    free(table->slots);
    *table = (link_table){0};
}
