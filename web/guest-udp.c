/* guest-udp.c: the part of the host interface for datagrams, apart from guest.c so that programs without
 * them import none of it. */
#include "../src/host.h"

int eddy_js_udp_open(uint32_t op, uint32_t generation, const char *address, int port);
void eddy_js_udp_send(int udp, uint32_t op, uint32_t generation, const void *data, size_t size,
                      const char *address, int port);
int eddy_js_udp_take(int udp, void *buffer, size_t size, eddy_peer *from);
void eddy_js_udp_more(int udp, uint32_t op, uint32_t generation);
void eddy_js_udp_close(int udp);

_Static_assert(sizeof(eddy_peer) == 56, "udp.mjs knows where its fields are");

int eddy__host_udp_open(uint32_t op, uint32_t generation, const char *address, uint16_t port) {
    return eddy_js_udp_open(op, generation, address, port);
}
void eddy__host_udp_send(int udp, uint32_t op, uint32_t generation, const void *data, size_t size,
                         const char *address, uint16_t port) {
    eddy_js_udp_send(udp, op, generation, data, size, address, port);
}
int eddy__host_udp_take(int udp, void *buffer, size_t size, eddy_peer *from) {
    return eddy_js_udp_take(udp, buffer, size, from);
}
void eddy__host_udp_more(int udp, uint32_t op, uint32_t generation) {
    eddy_js_udp_more(udp, op, generation);
}
void eddy__host_udp_close(int udp) {
    eddy_js_udp_close(udp);
}
