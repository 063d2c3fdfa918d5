/* guest-http.c: the HTTP part of the host interface, apart from guest.c so that programs without
 * eddy_fetch import none of it. */
#include "../src/host.h"

int eddy_js_fetch(uint32_t op, uint32_t generation, const char *url, const char *method,
                  const char *headers, size_t header_bytes, const void *body, size_t body_size,
                  const char *redirect, const char *credentials, const char *mode, const char *cache,
                  int streamed);
int eddy_js_body_take(int body, void *buffer, size_t size);
void eddy_js_body_more(int body, uint32_t op, uint32_t generation);
void eddy_js_body_close(int body);
int eddy_js_upload_put(int upload, const void *data, size_t size);
void eddy_js_upload_room(int upload, uint32_t op, uint32_t generation);
void eddy_js_upload_end(int upload, int whole);

int eddy__host_fetch(uint32_t op, uint32_t generation, const eddy__fetch_request *request) {
    return eddy_js_fetch(op, generation, request->url, request->method, request->headers,
                         request->header_bytes, request->body, request->body_size,
                         request->redirect, request->credentials, request->mode, request->cache,
                         request->streamed);
}

int eddy__host_body_take(int body, void *buffer, size_t size) {
    return eddy_js_body_take(body, buffer, size);
}

void eddy__host_body_more(int body, uint32_t op, uint32_t generation) {
    eddy_js_body_more(body, op, generation);
}

void eddy__host_body_close(int body) {
    eddy_js_body_close(body);
}

int eddy__host_upload_put(int upload, const void *data, size_t size) {
    return eddy_js_upload_put(upload, data, size);
}

void eddy__host_upload_room(int upload, uint32_t op, uint32_t generation) {
    eddy_js_upload_room(upload, op, generation);
}

void eddy__host_upload_end(int upload, bool whole) {
    eddy_js_upload_end(upload, whole);
}
