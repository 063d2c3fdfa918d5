/* report.h: what the crawl found, and how it says so. */
#ifndef CRAWL_REPORT_H
#define CRAWL_REPORT_H

#include "links.h"

typedef struct crawl {
    /* what was asked for */
    const char *start;       /* as given on the command line */
    size_t concurrency;      /* pages asked for at a time */
    eddy_time page_deadline; /* for one page, from asking until its last byte */
    const char *page_deadline_text;
    size_t page_limit;       /* 0: no limit */
    bool json, list, quiet;

    /* what is going on */
    link_table links;
    size_t next;          /* links.all[next] is the first that may still be waiting */
    size_t in_flight;     /* pages asked for and not finished */
    eddy_future *changed; /* main waits for it; NULL while main runs */

    /* what was found */
    size_t pages, requests, other_sites;
    size_t most_in_flight;
    size_t bytes;
    eddy_time began, ended, latencies;
} crawl;

/* Task: keeps a line about the crawl on stderr up to date, until it is cancelled. */
int report_progress(void *crawl);

/* The table at the end, or with --json the same for programs, on stdout. */
void report_table(const crawl *c);
void report_json(const crawl *c);

#endif
