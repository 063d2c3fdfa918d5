/* absent-streams.c: the host calls of files and stdin on hosts that have none, and of streams, of
 * which there are none then. */
#include "../host.h"

int eddy__host_file_open(uint32_t op, uint32_t generation, const char *path, unsigned flags) {
    (void)op;
    (void)generation;
    (void)path;
    (void)flags;
    return EDDY_ENOSYS;
}

int eddy__host_stdin(void) {
    return EDDY_ENOSYS;
}

int eddy__host_stream_take(int stream, void *buffer, size_t size) {
    (void)stream;
    (void)buffer;
    (void)size;
    return EDDY_ENOSYS;
}

void eddy__host_stream_more(int stream, uint32_t op, uint32_t generation) {
    (void)stream;
    (void)op;
    (void)generation;
}

int eddy__host_stream_put(int stream, const void *data, size_t size) {
    (void)stream;
    (void)data;
    (void)size;
    return 0;
}

void eddy__host_stream_room(int stream, uint32_t op, uint32_t generation) {
    (void)stream;
    (void)op;
    (void)generation;
}

void eddy__host_stream_drain(int stream, uint32_t op, uint32_t generation) {
    (void)stream;
    (void)op;
    (void)generation;
}

int eddy__host_stream_shut(int stream) {
    (void)stream;
    return EDDY_ENOSYS;
}

void eddy__host_stream_close(int stream) {
    (void)stream;
}
