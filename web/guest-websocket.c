/* guest-websocket.c: the WebSocket part of the host interface, apart from guest.c so that programs
 * without any import none of it. The other side is websocket.mjs. */
#include "../src/host.h"

void eddy_js_ws_connect(uint32_t op, uint32_t generation, const char *url, const char *protocols,
                        size_t bytes, uint32_t limit, uint32_t buffered, uint32_t unread);
int eddy_js_ws_next(int ws, uint32_t *size);
int eddy_js_ws_take(int ws, void *buffer, size_t size);
void eddy_js_ws_more(int ws, uint32_t op, uint32_t generation);
int eddy_js_ws_send(int ws, int type, const void *data, size_t size);
void eddy_js_ws_queue(int ws, uint32_t op, uint32_t generation, int type, const void *data,
                      size_t size);
int eddy_js_ws_shut(int ws, int code, const char *reason, size_t size);
void eddy_js_ws_over(int ws, uint32_t op, uint32_t generation);
void eddy_js_ws_close(int ws);
int eddy_js_ws_amount(int ws, int which);
int eddy_js_ws_reason(int ws, char *buffer);

int eddy__host_ws_connect(uint32_t op, uint32_t generation, const eddy__ws_request *request) {
    eddy_js_ws_connect(op, generation, request->url, request->protocols, request->bytes,
                       request->limit, request->buffered, request->unread);
    return 0;
}
int eddy__host_ws_next(int ws, uint32_t *size) {
    return eddy_js_ws_next(ws, size);
}
int eddy__host_ws_take(int ws, void *buffer, size_t size) {
    return eddy_js_ws_take(ws, buffer, size);
}
void eddy__host_ws_more(int ws, uint32_t op, uint32_t generation) {
    eddy_js_ws_more(ws, op, generation);
}
int eddy__host_ws_send(int ws, int type, const void *data, size_t size) {
    return eddy_js_ws_send(ws, type, data, size);
}
void eddy__host_ws_queue(int ws, uint32_t op, uint32_t generation, int type, const void *data,
                         size_t size) {
    eddy_js_ws_queue(ws, op, generation, type, data, size);
}
int eddy__host_ws_shut(int ws, int code, const char *reason, size_t size) {
    return eddy_js_ws_shut(ws, code, reason, size);
}
void eddy__host_ws_over(int ws, uint32_t op, uint32_t generation) {
    eddy_js_ws_over(ws, op, generation);
}
void eddy__host_ws_close(int ws) {
    eddy_js_ws_close(ws);
}
int eddy__host_ws_amount(int ws, int which) {
    return eddy_js_ws_amount(ws, which);
}
int eddy__host_ws_reason(int ws, char *buffer) {
    return eddy_js_ws_reason(ws, buffer);
}
