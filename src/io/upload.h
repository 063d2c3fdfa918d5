/* upload.h: the sending of a request's body that is a stream. */
#ifndef EDDY_UPLOAD_H
#define EDDY_UPLOAD_H

#include "../core/internal.h"

/* Starts a task that reads `source` to its end and puts it into the host's upload `number`, which it
 * takes over. If the source fails, so does `op`, of the request. NULL without memory: then the upload
 * is given up. */
typedef eddy_future *eddy__upload_start(const char *site, int number, eddy_stream *source,
                                        const eddy__op *op);

/* What eddy_fetch_with is made of; `upload_start` NULL: the body is no stream. */
int eddy__fetch_by(const char *site, eddy_response **r, const eddy_fetch_options *options,
                   eddy__upload_start *upload_start);

#endif
