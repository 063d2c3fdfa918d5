/* native/path.c: directories, and what is done to files by their paths, over POSIX: natively and on
 * WASI 0.1. Every task waits meanwhile. */
#define _POSIX_C_SOURCE 200809L
#include "descriptor.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

static eddy_file_type type_of(mode_t mode) {
    return S_ISREG(mode)   ? EDDY_FILE_REGULAR
           : S_ISDIR(mode) ? EDDY_FILE_DIRECTORY
           : S_ISLNK(mode) ? EDDY_FILE_LINK
                           : EDDY_FILE_OTHER;
}

static void tell_about(eddy__pending *pending, const char *path) {
    struct stat about;
    if (stat(path, &about) < 0) {
        eddy__pending_errno(pending, errno);
        return;
    }
    long long time = (long long)about.st_mtim.tv_sec * EDDY_S + about.st_mtim.tv_nsec;
    char *data = malloc(48);
    int size = data ? snprintf(data, 48, "%lld%c%lld", (long long)about.st_size, 0, time) + 1 : 0;
    eddy__pending_end(pending, (int)type_of(about.st_mode), data, (size_t)size);
}

/* ---- directories ------------------------------------------------------------------------------------- */

typedef struct list {
    char *data; /* by malloc */
    size_t size, room;
    int count;
} list;

static bool add(list *l, const char *name, eddy_file_type type) {
    size_t length = strlen(name) + 2;
    if (l->room - l->size < length) {
        size_t room = l->room * 2 + length + 256;
        char *grown = realloc(l->data, room);
        if (!grown) return false;
        l->data = grown;
        l->room = room;
    }
    l->data[l->size] = (char)('0' + (int)type);
    memcpy(l->data + l->size + 1, name, length - 1);
    l->size += length;
    l->count++;
    return true;
}

/* 0, or why not as an errno. */
static int read_entries(DIR *directory, list *l) {
    for (;;) {
        errno = 0;
        const struct dirent *entry = readdir(directory);
        if (!entry) return errno;
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        struct stat about;
        bool known = fstatat(dirfd(directory), entry->d_name, &about, AT_SYMLINK_NOFOLLOW) == 0;
        if (!known && errno == ENOENT) continue; /* removed since */
        if (!add(l, entry->d_name, known ? type_of(about.st_mode) : EDDY_FILE_OTHER)) return ENOMEM;
    }
}

static void tell_entries(eddy__pending *pending, const char *path) {
    DIR *directory = opendir(path);
    list l = {0};
    int error = directory ? read_entries(directory, &l) : errno;
    if (directory) closedir(directory);
    if (!error) {
        eddy__pending_end(pending, l.count, l.data, l.size);
        return;
    }
    free(l.data);
    eddy__pending_errno(pending, error);
}

/* ---- the host interface --------------------------------------------------------------------------------- */

int eddy__host_path(uint32_t op, uint32_t generation, enum eddy__path_call call, const char *path,
                    const char *other) {
    eddy__pending pending;
    eddy__pending_begin(&pending, op, generation, NULL);
    int rc = 0;
    switch (call) {
    case EDDY__PATH_STAT: tell_about(&pending, path); return 0;
    case EDDY__PATH_LIST: tell_entries(&pending, path); return 0;
    case EDDY__PATH_MAKE: rc = mkdir(path, 0777); break;
    case EDDY__PATH_REMOVE: rc = remove(path); break;
    case EDDY__PATH_RENAME: rc = rename(path, other); break;
    }
    if (rc < 0)
        eddy__pending_errno(&pending, errno);
    else
        eddy__pending_end(&pending, 0, NULL, 0);
    return 0;
}
