/* p2-file.c: files over wasi:filesystem: the folder that the host has opened which a path lies in,
 * and a stream of the file below it. */
#include "p2-file.h"
#include "p2-stream.h"

typedef struct file {
    eddy__p2_stream stream;
    filesystem_own_descriptor_t descriptor;
} file;

/* ---- errors -------------------------------------------------------------------------------------- */

static const struct {
    int code;
    const char *text;
} errors[] = {
    [FILESYSTEM_ERROR_CODE_ACCESS] = {EDDY_EPERM, "permission denied"},
    [FILESYSTEM_ERROR_CODE_BUSY] = {EDDY_EHOST, "file is busy"},
    [FILESYSTEM_ERROR_CODE_QUOTA] = {EDDY_EIO, "quota exceeded"},
    [FILESYSTEM_ERROR_CODE_EXIST] = {EDDY_EEXIST, "file exists"},
    [FILESYSTEM_ERROR_CODE_FILE_TOO_LARGE] = {EDDY_EIO, "file is too large"},
    [FILESYSTEM_ERROR_CODE_ILLEGAL_BYTE_SEQUENCE] = {EDDY_EHOST, "not a name for a file here"},
    [FILESYSTEM_ERROR_CODE_INVALID] = {EDDY_EHOST, "not possible with this file"},
    [FILESYSTEM_ERROR_CODE_IO] = {EDDY_EIO, "input/output error"},
    [FILESYSTEM_ERROR_CODE_IS_DIRECTORY] = {EDDY_EIO, "is a directory"},
    [FILESYSTEM_ERROR_CODE_LOOP] = {EDDY_EHOST, "too many symbolic links"},
    [FILESYSTEM_ERROR_CODE_NAME_TOO_LONG] = {EDDY_EHOST, "name is too long"},
    [FILESYSTEM_ERROR_CODE_NO_ENTRY] = {EDDY_ENOENT, "no such file"},
    [FILESYSTEM_ERROR_CODE_INSUFFICIENT_MEMORY] = {EDDY_ENOMEM, "the host is out of memory"},
    [FILESYSTEM_ERROR_CODE_INSUFFICIENT_SPACE] = {EDDY_EIO, "no space left"},
    [FILESYSTEM_ERROR_CODE_NOT_DIRECTORY] = {EDDY_ENOENT, "not a directory"},
    [FILESYSTEM_ERROR_CODE_NOT_EMPTY] = {EDDY_EEXIST, "directory is not empty"},
    [FILESYSTEM_ERROR_CODE_NOT_PERMITTED] = {EDDY_EPERM,
                                              "not in a folder that the host opened (--dir)"},
    [FILESYSTEM_ERROR_CODE_READ_ONLY] = {EDDY_EPERM, "read-only file system"},
};

static int code_of(filesystem_error_code_t error, const char **text) {
    if (error >= sizeof errors / sizeof *errors || !errors[error].text) {
        *text = "the host cannot do it";
        return EDDY_EHOST;
    }
    *text = errors[error].text;
    return errors[error].code;
}

void eddy__p2_file_fail(eddy__pending *pending, filesystem_error_code_t error) {
    const char *text;
    int code = code_of(error, &text);
    eddy__pending_fail(pending, code, text);
}

static int explain(io_error_borrow_error_t error, char *text, size_t room) {
    filesystem_error_code_t found;
    if (!filesystem_filesystem_error_code((filesystem_borrow_error_t){error.__handle}, &found))
        return EDDY_EIO;
    const char *known;
    int code = code_of(found, &known);
    strncpy(text, known, room - 1);
    return code;
}

/* ---- the folders that the host has opened -------------------------------------------------------------- */

/* What of `path` is below a folder of this name; NULL: it is not below it. */
static const char *below(const char *path, const wasip2_string_t *folder) {
    const char *name = (const char *)folder->ptr;
    size_t length = folder->len;
    if (length && name[0] == '.' && (length == 1 || (length == 2 && name[1] == '/'))) length = 0;
    while (length && name[length - 1] == '/') length--;
    if (!length) return path[0] == '/' && !(folder->len && name[0] == '/') ? NULL : path;
    if (strncmp(path, name, length) != 0) return NULL;
    return path[length] == '/' || !path[length] ? path + length : NULL;
}

static const char *without_start(const char *path) {
    for (;;) {
        if (path[0] == '/')
            path++;
        else if (path[0] == '.' && (path[1] == '/' || !path[1]))
            path++;
        else
            return *path ? path : ".";
    }
}

bool eddy__p2_find_folder(const char **path, filesystem_borrow_descriptor_t *folder) {
    static filesystem_preopens_list_tuple2_own_descriptor_string_t opened;
    static bool asked;
    if (!asked) filesystem_preopens_get_directories(&opened);
    asked = true;
    const char *best = NULL;
    while ((*path)[0] == '.' && (*path)[1] == '/') *path += 2;
    for (size_t i = 0; i < opened.len; i++) {
        const char *rest = below(*path, &opened.ptr[i].f1);
        if (!rest || (best && rest <= best)) continue;
        best = rest;
        *folder = filesystem_borrow_descriptor(opened.ptr[i].f0);
    }
    if (best) *path = without_start(best);
    return best != NULL;
}

/* ---- opening ---------------------------------------------------------------------------------------------- */

static void file_drop(eddy__p2_stream *stream) {
    file *f = EDDY__OWNER(stream, file, stream);
    filesystem_descriptor_drop_own(f->descriptor);
    eddy__free(f, sizeof *f);
}

static bool open_below(const char *path, unsigned flags, filesystem_own_descriptor_t *opened,
                       filesystem_error_code_t *error) {
    filesystem_borrow_descriptor_t folder;
    if (!eddy__p2_find_folder(&path, &folder)) {
        *error = FILESYSTEM_ERROR_CODE_NOT_PERMITTED;
        return false;
    }
    bool reads = flags & EDDY__FILE_READ;
    filesystem_open_flags_t how = 0;
    if (!reads) how |= FILESYSTEM_OPEN_FLAGS_CREATE;
    if (flags & EDDY__FILE_WRITE && !(flags & EDDY__FILE_EXCLUSIVE))
        how |= FILESYSTEM_OPEN_FLAGS_TRUNCATE;
    if (flags & EDDY__FILE_EXCLUSIVE) how |= FILESYSTEM_OPEN_FLAGS_EXCLUSIVE;
    wasip2_string_t name = {(uint8_t *)(uintptr_t)path, strlen(path)};
    if (!filesystem_method_descriptor_open_at(
            folder, FILESYSTEM_PATH_FLAGS_SYMLINK_FOLLOW, &name, how,
            reads ? FILESYSTEM_DESCRIPTOR_FLAGS_READ : FILESYSTEM_DESCRIPTOR_FLAGS_WRITE, opened,
            error))
        return false;
    filesystem_descriptor_type_t type;
    if (filesystem_method_descriptor_get_type(filesystem_borrow_descriptor(*opened), &type, error)) {
        if (type != FILESYSTEM_DESCRIPTOR_TYPE_DIRECTORY) return true;
        *error = FILESYSTEM_ERROR_CODE_IS_DIRECTORY;
    }
    filesystem_descriptor_drop_own(*opened);
    return false;
}

static bool open_stream(file *f, unsigned flags, filesystem_error_code_t *error) {
    filesystem_borrow_descriptor_t whole = filesystem_borrow_descriptor(f->descriptor);
    if (flags & EDDY__FILE_READ)
        return filesystem_method_descriptor_read_via_stream(whole, 0, &f->stream.in, error);
    if (flags & EDDY__FILE_APPEND)
        return filesystem_method_descriptor_append_via_stream(whole, &f->stream.out, error);
    return filesystem_method_descriptor_write_via_stream(whole, 0, &f->stream.out, error);
}

bool eddy__p2_is_utf8(const char *text) {
    for (const unsigned char *c = (const unsigned char *)text; *c;) {
        size_t more = *c < 0x80 ? 0 : *c >= 0xc2 && *c < 0xe0 ? 1 : *c >= 0xe0 && *c < 0xf0 ? 2
                                : *c >= 0xf0 && *c < 0xf5 ? 3 : 4;
        if (more == 4) return false;
        if ((*c == 0xe0 && c[1] < 0xa0) || (*c == 0xed && c[1] > 0x9f)) return false;
        if ((*c == 0xf0 && c[1] < 0x90) || (*c == 0xf4 && c[1] > 0x8f)) return false;
        for (c++; more; more--, c++)
            if ((*c & 0xc0) != 0x80) return false;
    }
    return true;
}

int eddy__host_file_open(uint32_t op, uint32_t generation, const char *path, unsigned flags) {
    eddy__pending pending;
    eddy__pending_begin(&pending, op, generation, NULL);
    filesystem_error_code_t error = FILESYSTEM_ERROR_CODE_ILLEGAL_BYTE_SEQUENCE;
    filesystem_own_descriptor_t descriptor;
    if (!eddy__p2_is_utf8(path) || !open_below(path, flags, &descriptor, &error)) {
        eddy__p2_file_fail(&pending, error);
        return 0;
    }
    file *f = eddy__alloc(sizeof *f);
    if (!f) {
        filesystem_descriptor_drop_own(descriptor);
        eddy__p2_file_fail(&pending, FILESYSTEM_ERROR_CODE_INSUFFICIENT_MEMORY);
        return 0;
    }
    *f = (file){.descriptor = descriptor, .stream = {.explain = explain, .drop = file_drop}};
    if (!open_stream(f, flags, &error)) {
        file_drop(&f->stream);
        eddy__p2_file_fail(&pending, error);
        return 0;
    }
    eddy__p2_stream_init(&f->stream);
    eddy__pending_end(&pending, eddy__p2_number(&f->stream), NULL, 0);
    return 0;
}
