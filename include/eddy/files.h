/* eddy/files.h: directories, and what can be done to files without opening them. */
#ifndef EDDY_FILES_H
#define EDDY_FILES_H

#include "task.h"

/* What stands at a path. */
typedef enum eddy_file_type {
    EDDY_FILE_OTHER = 0,     /* a device, a socket, … */
    EDDY_FILE_REGULAR = 1,   /* a file of bytes */
    EDDY_FILE_DIRECTORY = 2, /* a directory */
    EDDY_FILE_LINK = 3       /* a symbolic link; only in directories, calls follow it */
} eddy_file_type;

/* What is known of a file. */
typedef struct eddy_file_info {
    eddy_file_type type; /* what it is */
    int64_t size;        /* bytes; of what is no file of bytes: as the host says */
    eddy_time modified;  /* nanoseconds since 1970; 0: the host does not know */
} eddy_file_info;

/* The entries of a directory, as they were at one moment. */
typedef struct eddy_dir eddy_dir;

/* One of them. */
typedef struct eddy_dir_entry {
    const char *name;    /* valid until the directory is closed */
    eddy_file_type type; /* of the entry itself */
} eddy_dir_entry;

EDDY__BEGIN_C

/* Reads the names in a directory. [blocks] Paths are as for eddy_file_open; "." is the program's own
 * folder. Returns 0 and in *d the entries, to be freed with eddy_dir_close; on an error *d is NULL:
 * EDDY_ENOENT (also: it is no directory); EDDY_EPERM (no permission, or outside of what the host opened
 * to the program); EDDY_EIO; EDDY_EHOST with a text; EDDY_EINVAL; EDDY_ECANCELED; EDDY_ENOMEM;
 * EDDY_ENOSYS where the host has no files; EDDY_ESTATE outside a task. Follows os.scandir. */
int eddy_dir_open(eddy_dir **d, const char *path) EDDY__BLOCKS;

/* The next entry, in the order of the names' bytes, without "." and "..". Returns 1; 0 after the last;
 * EDDY_EINVAL. Never blocks. */
int eddy_dir_next(eddy_dir *d, eddy_dir_entry *entry);

/* Frees the entries. NULL is ignored. Never blocks. */
void eddy_dir_close(eddy_dir *d);

/* Makes a directory. [blocks] The folder above it must be there. Returns 0; EDDY_EEXIST if something has
 * that name; otherwise as eddy_dir_open. Cancelled, it may have been made all the same; so with the
 * calls below. Follows os.mkdir. */
int eddy_dir_make(const char *path) EDDY__BLOCKS;

/* Tells what is known of a file or directory, at the end of symbolic links. [blocks] Returns 0 and fills
 * *info, or errors as eddy_dir_open. Follows os.stat. */
int eddy_file_stat(const char *path, eddy_file_info *info) EDDY__BLOCKS;

/* Removes a file, a symbolic link, or a directory that is empty. [blocks] Returns 0; EDDY_EEXIST for a
 * directory that is not empty; otherwise as eddy_dir_open. Follows os.remove and os.rmdir. */
int eddy_file_remove(const char *path) EDDY__BLOCKS;

/* Gives a file or directory another name, also in another folder; a file of that name is replaced.
 * [blocks] In pages a directory is copied entry by entry. Returns 0; EDDY_EEXIST or EDDY_EIO if a directory
 * is in the way; otherwise as eddy_dir_open. Follows os.replace. */
int eddy_file_rename(const char *from, const char *to) EDDY__BLOCKS;

int eddy__dir_open(const char *site, eddy_dir **d, const char *path) EDDY__BLOCKS;
int eddy__dir_make(const char *site, const char *path) EDDY__BLOCKS;
int eddy__file_stat(const char *site, const char *path, eddy_file_info *info) EDDY__BLOCKS;
int eddy__file_remove(const char *site, const char *path) EDDY__BLOCKS;
int eddy__file_rename(const char *site, const char *from, const char *to) EDDY__BLOCKS;

EDDY__END_C

#define eddy_dir_open(...) eddy__dir_open(EDDY__SITE, __VA_ARGS__)
#define eddy_dir_make(...) eddy__dir_make(EDDY__SITE, __VA_ARGS__)
#define eddy_file_stat(...) eddy__file_stat(EDDY__SITE, __VA_ARGS__)
#define eddy_file_remove(...) eddy__file_remove(EDDY__SITE, __VA_ARGS__)
#define eddy_file_rename(...) eddy__file_rename(EDDY__SITE, __VA_ARGS__)

#endif
