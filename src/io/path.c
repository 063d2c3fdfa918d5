/* path.c: directories, and what is done to files by their paths: the checks, the waiting, the order; the
 * rest is the host's. */
#include "stream.h"

#include <stdlib.h>

struct eddy_dir {
    char *data;         /* the host's, by malloc: see eddy__host_path */
    const char **names; /* into it, with the digit of the type before; sorted */
    size_t count, next;
};

/* What the host says is in op->data, for the caller to free. */
static int ask(const char *site, eddy__op *op, enum eddy__path_call call, const char *verb,
               const char *path, const char *other) {
    int rc = eddy__checkpoint(site);
    if (rc < 0) return rc;
    if (!path || !*path || (other && !*other))
        return eddy__call_failed(EDDY_EINVAL, "no path, or nowhere for the answer");
    char what[64];
    eddy__stream_describe(what, sizeof what, verb, path);
    rc = eddy__op_begin(op, what);
    if (rc < 0) return rc;
    rc = eddy__host_path(eddy__op_index(op), eddy__op_generation(op), call, path, other);
    return rc == 0 ? eddy__failed_at(eddy__op_wait(site, op), path)
                   : eddy__op_refused(op, rc, "files", path);
}

static int change(const char *site, enum eddy__path_call call, const char *verb, const char *path,
                  const char *other) {
    eddy__op op;
    int rc = ask(site, &op, call, verb, path, other);
    if (rc >= 0) free(op.data);
    return rc < 0 ? rc : 0;
}

int eddy__dir_make(const char *site, const char *path) {
    return change(site, EDDY__PATH_MAKE, "the making of ", path, NULL);
}

int eddy__file_remove(const char *site, const char *path) {
    return change(site, EDDY__PATH_REMOVE, "the removal of ", path, NULL);
}

int eddy__file_rename(const char *site, const char *from, const char *to) {
    return change(site, EDDY__PATH_RENAME, "the renaming of ", from, to ? to : "");
}

int eddy__file_stat(const char *site, const char *path, eddy_file_info *info) {
    if (!info) path = NULL;
    eddy__op op;
    int rc = ask(site, &op, EDDY__PATH_STAT, "what is known of ", path, NULL);
    if (rc < 0) return rc;
    char *data = op.data, *rest = NULL;
    *info = (eddy_file_info){.type = (eddy_file_type)rc};
    if (data) {
        info->size = strtoll(data, &rest, 10);
        info->modified = strtoll(rest + 1, NULL, 10);
    }
    free(data);
    return data ? 0 : EDDY_ENOMEM;
}

/* ---- directories ------------------------------------------------------------------------------------- */

static int by_name(const void *a, const void *b) {
    return strcmp(*(const char *const *)a + 1, *(const char *const *)b + 1);
}

int eddy__dir_open(const char *site, eddy_dir **d, const char *path) {
    if (d)
        *d = NULL;
    else
        path = NULL;
    eddy__op op;
    int rc = ask(site, &op, EDDY__PATH_LIST, "the entries of ", path, NULL);
    if (rc < 0) return rc;
    size_t count = (size_t)rc;
    eddy_dir *made = eddy__alloc(sizeof *made);
    const char **names = count ? eddy__alloc(count * sizeof *names) : NULL;
    if (!made || (count && (!names || !op.data))) {
        free(op.data);
        eddy__free(made, made ? sizeof *made : 0);
        eddy__free(names, names ? count * sizeof *names : 0);
        return EDDY_ENOMEM;
    }
    const char *at = op.data;
    for (size_t i = 0; i < count; i++, at += strlen(at) + 1) names[i] = at;
    if (count) qsort(names, count, sizeof *names, by_name);
    *made = (eddy_dir){.data = op.data, .names = names, .count = count};
    *d = made;
    return 0;
}

int eddy_dir_next(eddy_dir *d, eddy_dir_entry *entry) {
    if (!d || !entry) return EDDY_EINVAL;
    if (d->next == d->count) return 0;
    const char *name = d->names[d->next++];
    *entry = (eddy_dir_entry){.name = name + 1, .type = (eddy_file_type)(*name - '0')};
    return 1;
}

void eddy_dir_close(eddy_dir *d) {
    if (!d) return;
    free(d->data);
    eddy__free(d->names, d->count * sizeof *d->names);
    eddy__free(d, sizeof *d);
}

int(eddy_dir_open)(eddy_dir **d, const char *path) {
    return eddy__dir_open(NULL, d, path);
}
int(eddy_dir_make)(const char *path) {
    return eddy__dir_make(NULL, path);
}
int(eddy_file_stat)(const char *path, eddy_file_info *info) {
    return eddy__file_stat(NULL, path, info);
}
int(eddy_file_remove)(const char *path) {
    return eddy__file_remove(NULL, path);
}
int(eddy_file_rename)(const char *from, const char *to) {
    return eddy__file_rename(NULL, from, to);
}
