/* guest-files.c: the part of the host interface for directories and paths, apart from guest.c so that
 * programs without them import none of it. */
#include "../src/host.h"

int eddy_js_path(uint32_t op, uint32_t generation, int call, const char *path, const char *other);

int eddy__host_path(uint32_t op, uint32_t generation, enum eddy__path_call call, const char *path,
                    const char *other) {
    return eddy_js_path(op, generation, (int)call, path, other);
}
