/* absent.c: the host calls of HTTP on hosts that have none: eddy_fetch returns EDDY_ENOSYS. */
#include "../host.h"

int eddy__host_fetch(uint32_t op, uint32_t generation, const eddy__fetch_request *request) {
    (void)op;
    (void)generation;
    (void)request;
    return EDDY_ENOSYS;
}

int eddy__host_body_take(int body, void *buffer, size_t size) {
    (void)body;
    (void)buffer;
    (void)size;
    return EDDY_ENOSYS;
}

void eddy__host_body_more(int body, uint32_t op, uint32_t generation) {
    (void)body;
    (void)op;
    (void)generation;
}

void eddy__host_body_close(int body) {
    (void)body;
}

int eddy__host_upload_put(int upload, const void *data, size_t size) {
    (void)upload;
    (void)data;
    (void)size;
    return 0;
}

void eddy__host_upload_room(int upload, uint32_t op, uint32_t generation) {
    (void)upload;
    (void)op;
    (void)generation;
}

void eddy__host_upload_end(int upload, bool whole) {
    (void)upload;
    (void)whole;
}
