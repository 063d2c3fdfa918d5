/* p2-path.c: directories, and what is done to files by their paths, over wasi:filesystem. */
#include "p2-file.h"

#include <stdio.h>

/* A path below a folder that the host has opened. */
typedef struct place {
    filesystem_borrow_descriptor_t folder;
    wasip2_string_t path;
} place;

static bool find(const char *path, place *found, filesystem_error_code_t *error) {
    *error = FILESYSTEM_ERROR_CODE_ILLEGAL_BYTE_SEQUENCE;
    if (!eddy__p2_is_utf8(path)) return false;
    *error = FILESYSTEM_ERROR_CODE_NOT_PERMITTED;
    if (!eddy__p2_find_folder(&path, &found->folder)) return false;
    size_t length = strlen(path);
    while (length > 1 && path[length - 1] == '/') length--;
    found->path = (wasip2_string_t){(uint8_t *)(uintptr_t)path, length};
    return true;
}

static eddy_file_type type_of(filesystem_descriptor_type_t type) {
    return type == FILESYSTEM_DESCRIPTOR_TYPE_REGULAR_FILE    ? EDDY_FILE_REGULAR
           : type == FILESYSTEM_DESCRIPTOR_TYPE_DIRECTORY     ? EDDY_FILE_DIRECTORY
           : type == FILESYSTEM_DESCRIPTOR_TYPE_SYMBOLIC_LINK ? EDDY_FILE_LINK
                                                              : EDDY_FILE_OTHER;
}

static bool tell_about(eddy__pending *pending, place *at, filesystem_error_code_t *error) {
    filesystem_descriptor_stat_t about;
    if (!filesystem_method_descriptor_stat_at(at->folder, FILESYSTEM_PATH_FLAGS_SYMLINK_FOLLOW,
                                              &at->path, &about, error))
        return false;
    const filesystem_datetime_t *time = &about.data_modification_timestamp.val;
    unsigned long long modified = about.data_modification_timestamp.is_some
                                      ? time->seconds * (uint64_t)EDDY_S + time->nanoseconds
                                      : 0;
    char *data = malloc(48);
    int size = data ? snprintf(data, 48, "%llu%c%llu", (unsigned long long)about.size, 0, modified) + 1
                    : 0;
    eddy__pending_end(pending, (int)type_of(about.type), data, (size_t)size);
    return true;
}

/* ---- directories ------------------------------------------------------------------------------------- */

typedef struct list {
    char *data; /* by malloc */
    size_t size, room;
    int count;
} list;

static bool add(list *l, const filesystem_directory_entry_t *entry) {
    size_t length = entry->name.len + 2;
    if (l->room - l->size < length) {
        size_t room = l->room * 2 + length + 256;
        char *grown = realloc(l->data, room);
        if (!grown) return false;
        l->data = grown;
        l->room = room;
    }
    l->data[l->size] = (char)('0' + (int)type_of(entry->type));
    memcpy(l->data + l->size + 1, entry->name.ptr, entry->name.len);
    l->data[l->size + length - 1] = 0;
    l->size += length;
    l->count++;
    return true;
}

static bool read_entries(filesystem_own_directory_entry_stream_t entries, list *l,
                         filesystem_error_code_t *error) {
    for (;;) {
        filesystem_option_directory_entry_t next;
        if (!filesystem_method_directory_entry_stream_read_directory_entry(
                filesystem_borrow_directory_entry_stream(entries), &next, error))
            return false;
        if (!next.is_some) return true;
        bool added = add(l, &next.val);
        eddy__p2_free(next.val.name.ptr, next.val.name.len);
        if (added) continue;
        *error = FILESYSTEM_ERROR_CODE_INSUFFICIENT_MEMORY;
        return false;
    }
}

static bool tell_entries(eddy__pending *pending, place *at, filesystem_error_code_t *error) {
    filesystem_own_descriptor_t directory;
    if (!filesystem_method_descriptor_open_at(at->folder, FILESYSTEM_PATH_FLAGS_SYMLINK_FOLLOW,
                                              &at->path, FILESYSTEM_OPEN_FLAGS_DIRECTORY,
                                              FILESYSTEM_DESCRIPTOR_FLAGS_READ, &directory, error))
        return false;
    filesystem_own_directory_entry_stream_t entries;
    list l = {0};
    bool all = filesystem_method_descriptor_read_directory(filesystem_borrow_descriptor(directory),
                                                           &entries, error);
    if (all) {
        all = read_entries(entries, &l, error);
        filesystem_directory_entry_stream_drop_own(entries);
    }
    filesystem_descriptor_drop_own(directory);
    if (all)
        eddy__pending_end(pending, l.count, l.data, l.size);
    else
        free(l.data);
    return all;
}

/* ---- changes ------------------------------------------------------------------------------------------- */

static bool remove_at(place *at, filesystem_error_code_t *error) {
    if (filesystem_method_descriptor_unlink_file_at(at->folder, &at->path, error)) return true;
    /* What a system says of a directory differs. */
    filesystem_error_code_t of_file = *error;
    if (of_file != FILESYSTEM_ERROR_CODE_IS_DIRECTORY &&
        of_file != FILESYSTEM_ERROR_CODE_NOT_PERMITTED && of_file != FILESYSTEM_ERROR_CODE_ACCESS)
        return false;
    if (filesystem_method_descriptor_remove_directory_at(at->folder, &at->path, error)) return true;
    if (*error == FILESYSTEM_ERROR_CODE_NOT_DIRECTORY) *error = of_file;
    return false;
}

static bool rename_to(place *at, const char *other, filesystem_error_code_t *error) {
    place to;
    return find(other, &to, error) &&
           filesystem_method_descriptor_rename_at(at->folder, &at->path, to.folder, &to.path, error);
}

static bool do_it(eddy__pending *pending, enum eddy__path_call call, const char *path,
                  const char *other, filesystem_error_code_t *error) {
    place at;
    bool done = find(path, &at, error);
    if (!done) return false;
    switch (call) {
    case EDDY__PATH_STAT: return tell_about(pending, &at, error);
    case EDDY__PATH_LIST: return tell_entries(pending, &at, error);
    case EDDY__PATH_MAKE:
        done = filesystem_method_descriptor_create_directory_at(at.folder, &at.path, error);
        break;
    case EDDY__PATH_REMOVE: done = remove_at(&at, error); break;
    case EDDY__PATH_RENAME: done = rename_to(&at, other, error); break;
    }
    if (done) eddy__pending_end(pending, 0, NULL, 0);
    return done;
}

int eddy__host_path(uint32_t op, uint32_t generation, enum eddy__path_call call, const char *path,
                    const char *other) {
    eddy__pending pending;
    eddy__pending_begin(&pending, op, generation, NULL);
    filesystem_error_code_t error;
    if (!do_it(&pending, call, path, other, &error)) eddy__p2_file_fail(&pending, error);
    return 0;
}
