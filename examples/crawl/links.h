/* links.h: every address the crawl has heard of, each once, in the order of discovery. */
#ifndef CRAWL_LINKS_H
#define CRAWL_LINKS_H

#include <eddy.h>

typedef enum link_state {
    LINK_WAITING,  /* nobody has asked for it yet */
    LINK_LOADING,  /* a task is on it */
    LINK_PAGE,     /* an HTML page: title, bytes and latency are set */
    LINK_REDIRECT, /* leads to another address, `target` */
    LINK_LEAVES,   /* leads to another site, `detail` */
    LINK_NOT_HTML, /* something else, `detail` is its content type */
    LINK_BROKEN,   /* `detail` says why */
} link_state;

/* An address. All strings are its own; it lives as long as its table. */
struct link {
    char *url;         /* as url_resolve spells it */
    struct link *from; /* the page that named it first; NULL for the start */
    size_t named;      /* how many links on all pages name it */
    unsigned depth;    /* links to follow from the start */
    link_state state;
    int status;          /* of the last answer, 0 if there was none */
    char *title;         /* of a page, else NULL */
    char *detail;        /* see link_state; of a page, its content type */
    struct link *target; /* of a redirect, else NULL */
    size_t bytes;        /* of the body, as far as it was read */
    eddy_time latency;   /* from asking until the last byte, 0 if never asked */
    eddy_future *task;   /* the task that visits it, NULL before; released with the table */
    struct crawl *crawl; /* whose it is */
};

typedef struct link_table {
    struct link **all; /* in order of discovery */
    size_t count, room;
    size_t *slots;     /* hash table of indices into all[] + 1; 0 is free; at most half full */
    size_t slot_count; /* a power of two */
} link_table;

/* The link with this address, NULL if there is none. */
struct link *links_find(const link_table *table, const char *url);

/* The link with this address, made if there was none (*is_new). Takes over `url`. */
struct link *links_add(link_table *table, char *url, bool *is_new);

void links_free(link_table *table);

#endif
