/* p2-file.h: what files and paths share over wasi:filesystem. */
#ifndef EDDY_P2_FILE_H
#define EDDY_P2_FILE_H

#include "../src/io/pending.h"
#include "p2.h"

/* Ends the operation with our code and a text for an error of the file system's. */
void eddy__p2_file_fail(eddy__pending *pending, filesystem_error_code_t error);

/* The most specific folder opened to the program that holds `path`, which becomes relative to it. False:
 * there is none. */
bool eddy__p2_find_folder(const char **path, filesystem_borrow_descriptor_t *folder);

bool eddy__p2_is_utf8(const char *text); /* a string for the host must be */

#endif
