/* slow-names.c: preloaded into a host, makes it find names slowly: NNN.slow.test is this machine, after
 * NNN ms. For tests; it needs no rights and touches no settings of the machine. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef int lookup(const char *, const char *, const struct addrinfo *, struct addrinfo **);

int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints,
                struct addrinfo **found) {
    lookup *next;
    *(void **)&next = dlsym(RTLD_NEXT, "getaddrinfo");
    if (name && strstr(name, ".slow.test")) {
        usleep((useconds_t)atoi(name) * 1000);
        name = "127.0.0.1";
    }
    return next(name, service, hints, found);
}
