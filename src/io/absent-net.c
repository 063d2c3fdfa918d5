/* absent-net.c: the host calls of connections on hosts that have none. */
#include "../host.h"

int eddy__host_connect(uint32_t op, uint32_t generation, const char *host, uint16_t port) {
    (void)op;
    (void)generation;
    (void)host;
    (void)port;
    return EDDY_ENOSYS;
}

int eddy__host_listen(uint32_t op, uint32_t generation, const char *host, uint16_t port) {
    (void)op;
    (void)generation;
    (void)host;
    (void)port;
    return EDDY_ENOSYS;
}

int eddy__host_resolve(uint32_t op, uint32_t generation, const char *host) {
    (void)op;
    (void)generation;
    (void)host;
    return EDDY_ENOSYS;
}

void eddy__host_accept(int listener, uint32_t op, uint32_t generation) {
    (void)listener;
    (void)op;
    (void)generation;
}

void eddy__host_listener_close(int listener) {
    (void)listener;
}
