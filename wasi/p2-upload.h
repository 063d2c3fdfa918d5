/* p2-upload.h: the body of a request, sent in pieces; of use to p2-http.c. */
#ifndef EDDY_P2_UPLOAD_H
#define EDDY_P2_UPLOAD_H

#include "p2-http.h"

/* It has two owners: the request, until that is over, and the number, until eddy__host_upload_end. */
typedef struct eddy__upload eddy__upload;

eddy__upload *eddy__upload_new(int *number); /* NULL without memory */
/* The request is under way: takes over its body and the stream of that. */
void eddy__upload_open(eddy__upload *upload, eddy__handle body, eddy__handle stream);
void eddy__upload_close(eddy__upload *upload); /* the request is over, and lets go of it */
void eddy__upload_drop(eddy__upload *upload);  /* the request lets go of it */

#endif
