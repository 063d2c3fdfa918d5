/* pipe.h: the wait of a pipe's ends. */
#ifndef EDDY_PIPE_H
#define EDDY_PIPE_H

#include "../core/internal.h"

/* Until the list's waiters are handed what they wait for. */
int eddy__pipe_wait(const char *site, eddy__wait_list *list);

#endif
