/* absent-websocket.c: the host calls of WebSockets on hosts that have none: eddy_ws_connect returns
 * EDDY_ENOSYS, so that none of the others is ever made. */
#include "../host.h"

int eddy__host_ws_connect(uint32_t op, uint32_t generation, const eddy__ws_request *request) {
    (void)op;
    (void)generation;
    (void)request;
    return EDDY_ENOSYS;
}

int eddy__host_ws_next(int ws, uint32_t *size) {
    (void)ws;
    (void)size;
    return EDDY_ENOSYS;
}

int eddy__host_ws_take(int ws, void *buffer, size_t size) {
    (void)ws;
    (void)buffer;
    (void)size;
    return EDDY_ENOSYS;
}

void eddy__host_ws_more(int ws, uint32_t op, uint32_t generation) {
    (void)ws;
    (void)op;
    (void)generation;
}

int eddy__host_ws_send(int ws, int type, const void *data, size_t size) {
    (void)ws;
    (void)type;
    (void)data;
    (void)size;
    return EDDY_ENOSYS;
}

void eddy__host_ws_queue(int ws, uint32_t op, uint32_t generation, int type, const void *data,
                         size_t size) {
    (void)ws;
    (void)op;
    (void)generation;
    (void)type;
    (void)data;
    (void)size;
}

int eddy__host_ws_shut(int ws, int code, const char *reason, size_t size) {
    (void)ws;
    (void)code;
    (void)reason;
    (void)size;
    return EDDY_ENOSYS;
}

void eddy__host_ws_over(int ws, uint32_t op, uint32_t generation) {
    (void)ws;
    (void)op;
    (void)generation;
}

void eddy__host_ws_close(int ws) {
    (void)ws;
}

int eddy__host_ws_amount(int ws, int which) {
    (void)ws;
    (void)which;
    return 0;
}

int eddy__host_ws_reason(int ws, char *buffer) {
    (void)ws;
    (void)buffer;
    return 0;
}
