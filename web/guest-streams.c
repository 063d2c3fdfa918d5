/* guest-streams.c: the part of the host interface for connections, files and stdin, apart from guest.c
 * so that programs without them import none of it. */
#include "../src/host.h"

int eddy_js_connect(uint32_t op, uint32_t generation, const char *host, int port);
int eddy_js_listen(uint32_t op, uint32_t generation, const char *host, int port);
int eddy_js_resolve(uint32_t op, uint32_t generation, const char *host);
void eddy_js_accept(int listener, uint32_t op, uint32_t generation);
void eddy_js_listener_close(int listener);
int eddy_js_file_open(uint32_t op, uint32_t generation, const char *path, unsigned flags);
int eddy_js_stdin(void);
int eddy_js_stream_take(int stream, void *buffer, size_t size);
void eddy_js_stream_more(int stream, uint32_t op, uint32_t generation);
int eddy_js_stream_put(int stream, const void *data, size_t size);
void eddy_js_stream_room(int stream, uint32_t op, uint32_t generation);
void eddy_js_stream_drain(int stream, uint32_t op, uint32_t generation);
int eddy_js_stream_shut(int stream);
void eddy_js_stream_close(int stream);

int eddy__host_connect(uint32_t op, uint32_t generation, const char *host, uint16_t port) {
    return eddy_js_connect(op, generation, host, port);
}
int eddy__host_listen(uint32_t op, uint32_t generation, const char *host, uint16_t port) {
    return eddy_js_listen(op, generation, host, port);
}
int eddy__host_resolve(uint32_t op, uint32_t generation, const char *host) {
    return eddy_js_resolve(op, generation, host);
}
void eddy__host_accept(int listener, uint32_t op, uint32_t generation) {
    eddy_js_accept(listener, op, generation);
}
void eddy__host_listener_close(int listener) {
    eddy_js_listener_close(listener);
}
int eddy__host_file_open(uint32_t op, uint32_t generation, const char *path, unsigned flags) {
    return eddy_js_file_open(op, generation, path, flags);
}
int eddy__host_stdin(void) {
    return eddy_js_stdin();
}
int eddy__host_stream_take(int stream, void *buffer, size_t size) {
    return eddy_js_stream_take(stream, buffer, size);
}
void eddy__host_stream_more(int stream, uint32_t op, uint32_t generation) {
    eddy_js_stream_more(stream, op, generation);
}
int eddy__host_stream_put(int stream, const void *data, size_t size) {
    return eddy_js_stream_put(stream, data, size);
}
void eddy__host_stream_room(int stream, uint32_t op, uint32_t generation) {
    eddy_js_stream_room(stream, op, generation);
}
void eddy__host_stream_drain(int stream, uint32_t op, uint32_t generation) {
    eddy_js_stream_drain(stream, op, generation);
}
int eddy__host_stream_shut(int stream) {
    return eddy_js_stream_shut(stream);
}
void eddy__host_stream_close(int stream) {
    eddy_js_stream_close(stream);
}
