/* upload.h: the sending of a request's body that is a stream. */
#ifndef EDDY_UPLOAD_H
#define EDDY_UPLOAD_H

#include "../core/internal.h"

/* The task that sends, for who waits for the answer: in the frame of that call. */
typedef struct eddy__upload_task {
    eddy__cleanup cleanup; /* of that call, while there is a task */
    eddy_future *task;     /* a handle of its own; NULL: there is none */
} eddy__upload_task;

/* Starts a task that reads `source` to its end and puts it into the host's upload `number`, which it
 * takes over. If the source fails, so does `op`, of the request. 0; or ENOMEM: then the upload is given
 * up. */
typedef int eddy__upload_start(const char *site, int number, eddy_stream *source, const eddy__op *op,
                               eddy__upload_task *upload);

/* What eddy_fetch_with is made of; `upload_start` NULL: the body is no stream. */
int eddy__fetch_by(const char *site, eddy_response **r, const eddy_fetch_options *options,
                   eddy__upload_start *upload_start);

#endif
