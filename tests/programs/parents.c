// build: hosts=wasip2
/* parents WHAT: drops a resource of the host before its child: a debug build names both. */
#include <eddy.h>
#include <stdio.h>
#include <string.h>
#include <wasi/wasip2.h>

int eddy_main(int argc, char **argv) {
    bool wrong = argc > 1 && !strcmp(argv[1], "wrong");
    tcp_own_tcp_socket_t socket;
    network_error_code_t error;
    if (!tcp_create_socket_create_tcp_socket(NETWORK_IP_ADDRESS_FAMILY_IPV4, &socket, &error))
        return EDDY_EIO;
    poll_own_pollable_t pollable = tcp_method_tcp_socket_subscribe(tcp_borrow_tcp_socket(socket));
    int rc = eddy_sleep(1 * EDDY_MS);
    if (rc < 0) return rc;
    if (!wrong) poll_pollable_drop_own(pollable);
    tcp_tcp_socket_drop_own(socket);
    puts("dropped");
    return 0;
}
