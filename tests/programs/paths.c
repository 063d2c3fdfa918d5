/* paths FOLDER [sandboxed] [links]: directories, and files by their paths, in a folder that is empty at
 * first; prints ok. sandboxed: the host keeps the program inside the folder; links: it has a file `target`
 * and a symbolic link `link` to it. */
#include "check.h"

static char folder[300];
static bool sandboxed, links;

static const char *in_folder(const char *name) {
    static char paths[2][400];
    static int turn;
    turn = !turn;
    snprintf(paths[turn], sizeof paths[turn], "%s/%s", folder, name);
    return paths[turn];
}

/* "name/ name name@ " of what is in a folder. */
static const char *listed(const char *path) {
    static char text[400];
    *text = 0;
    eddy_dir *d;
    int rc = eddy_dir_open(&d, path);
    if (rc < 0) return eddy_errname(rc);
    eddy_dir_entry entry;
    while (eddy_dir_next(d, &entry) == 1) {
        static const char *const marks[] = {"?", "", "/", "@"};
        strcat(strcat(strcat(text, entry.name), marks[entry.type]), " ");
    }
    CHECK(eddy_dir_next(d, &entry) == 0);
    eddy_dir_close(d);
    return text;
}

static bool lists(const char *path, const char *expected) {
    const char *text = listed(path);
    if (strcmp(text, expected) == 0) return true;
    printf("in %s: '%s'\n", path, text);
    return false;
}

static void directories(void) {
    CHECK(lists(folder, links ? "link@ target " : ""));
    if (links) {
        eddy_file_info info;
        CHECK(eddy_file_stat(in_folder("link"), &info) == 0 && info.type == EDDY_FILE_REGULAR);
        CHECK(info.size == 6);
        CHECK(eddy_file_remove(in_folder("link")) == 0);
        CHECK(lists(folder, "target "));
        CHECK(eddy_file_remove(in_folder("target")) == 0);
    }
    CHECK(eddy_dir_make(in_folder("b")) == 0);
    CHECK(eddy_dir_make(in_folder("b/inner")) == 0);
    CHECK(eddy_file_write(in_folder("b/file"), "12345", 5) == 0);
    CHECK(eddy_file_write(in_folder("c"), "", 0) == 0);
    CHECK(eddy_file_write(in_folder("a\xc3\xa4"), "", 0) == 0);
    CHECK(eddy_file_write(in_folder("a"), "", 0) == 0);
    CHECK(lists(folder, "a a\xc3\xa4 b/ c "));
    CHECK(lists(in_folder("b/"), "file inner/ "));
    CHECK(lists(in_folder("b/inner/."), ""));
    CHECK(lists(in_folder("none"), "EDDY_ENOENT"));
    CHECK(*eddy_last_message());
    CHECK(lists(in_folder("c"), "EDDY_ENOENT"));
    CHECK(lists(in_folder("c/d"), "EDDY_ENOENT"));
    CHECK(eddy_dir_make(in_folder("b")) == EDDY_EEXIST);
    CHECK(eddy_dir_make(in_folder("c")) == EDDY_EEXIST);
    CHECK(eddy_dir_make(in_folder("none/x")) == EDDY_ENOENT);
}

static void infos(void) {
    eddy_file_info info;
    CHECK(eddy_file_stat(in_folder("b/file"), &info) == 0);
    CHECK(info.type == EDDY_FILE_REGULAR && info.size == 5);
    CHECK(info.modified > 1700000000 * EDDY_S);
    CHECK(eddy_file_stat(in_folder("b"), &info) == 0 && info.type == EDDY_FILE_DIRECTORY);
    CHECK(eddy_file_stat(folder, &info) == 0 && info.type == EDDY_FILE_DIRECTORY);
    CHECK(eddy_file_stat(in_folder("c"), &info) == 0 && info.size == 0);
    CHECK(eddy_file_stat(in_folder("none"), &info) == EDDY_ENOENT);
    CHECK(*eddy_last_message());
}

static void renames(void) {
    void *data;
    size_t size;
    CHECK(eddy_file_rename(in_folder("b/file"), in_folder("moved")) == 0);
    CHECK(lists(in_folder("b"), "inner/ "));
    CHECK(eddy_file_read(in_folder("moved"), 10, &data, &size) == 0 && size == 5);
    CHECK(memcmp(data, "12345", 5) == 0);
    free(data);
    CHECK(eddy_file_rename(in_folder("moved"), in_folder("c")) == 0); /* in its place */
    CHECK(eddy_file_read(in_folder("c"), 10, &data, &size) == 0 && size == 5);
    free(data);
    CHECK(eddy_file_write(in_folder("b/inner/deep"), "deep", 4) == 0);
    CHECK(eddy_file_rename(in_folder("b"), in_folder("d")) == 0);
    CHECK(lists(folder, "a a\xc3\xa4 c d/ "));
    CHECK(lists(in_folder("d/inner"), "deep "));
    CHECK(eddy_file_rename(in_folder("none"), in_folder("x")) == EDDY_ENOENT);
    CHECK(eddy_file_rename(in_folder("a"), in_folder("none/x")) == EDDY_ENOENT);
    int rc = eddy_file_rename(in_folder("c"), in_folder("d"));
    CHECK(rc == EDDY_EIO || rc == EDDY_EEXIST);
    CHECK(lists(in_folder("d"), "inner/ "));
}

static void removals(void) {
    CHECK(eddy_file_remove(in_folder("d")) == EDDY_EEXIST);
    CHECK(*eddy_last_message());
    CHECK(eddy_file_remove(in_folder("d/inner/deep")) == 0);
    CHECK(eddy_file_remove(in_folder("d/inner")) == 0);
    CHECK(eddy_file_remove(in_folder("d")) == 0);
    CHECK(eddy_file_remove(in_folder("d")) == EDDY_ENOENT);
    CHECK(eddy_file_remove(in_folder("a")) == 0);
    CHECK(eddy_file_remove(in_folder("a\xc3\xa4")) == 0);
    CHECK(eddy_file_remove(in_folder("c")) == 0);
    CHECK(lists(folder, ""));
}

/* ---- many --------------------------------------------------------------------------------------------- */

static int make_one(void *arg) {
    char name[20];
    snprintf(name, sizeof name, "%03d", *(int *)arg);
    return eddy_file_write(in_folder(name), name, 3);
}

static int remove_one(void *arg) {
    char name[20];
    snprintf(name, sizeof name, "%03d", *(int *)arg);
    return eddy_file_remove(in_folder(name));
}

static void for_300(eddy_fn fn) {
    eddy_future *tasks[300];
    for (int i = 0; i < 300; i++) tasks[i] = eddy_spawn_opt(fn, .arg = &i, .arg_size = sizeof i);
    CHECK(eddy_gather(tasks, 300, NULL) == 0);
    eddy_release_all(tasks, 300);
}

static void many(void) {
    for_300(make_one);
    eddy_dir *d;
    eddy_dir_entry entry;
    CHECK(eddy_dir_open(&d, folder) == 0);
    for (int i = 0; i < 300; i++) {
        CHECK(eddy_dir_next(d, &entry) == 1);
        CHECK(entry.type == EDDY_FILE_REGULAR && atoi(entry.name) == i);
    }
    CHECK(eddy_dir_next(d, &entry) == 0);
    eddy_dir_close(d);
    for_300(remove_one);
    CHECK(lists(folder, ""));
}

static void mistakes(void) {
    eddy_dir *d;
    eddy_file_info info;
    CHECK(eddy_dir_open(NULL, folder) == EDDY_EINVAL);
    CHECK(eddy_dir_open(&d, NULL) == EDDY_EINVAL && !d);
    CHECK(eddy_dir_open(&d, "") == EDDY_EINVAL);
    CHECK(eddy_dir_next(NULL, NULL) == EDDY_EINVAL);
    eddy_dir_close(NULL);
    CHECK(eddy_dir_make(NULL) == EDDY_EINVAL);
    CHECK(eddy_file_stat(NULL, &info) == EDDY_EINVAL);
    CHECK(eddy_file_stat(folder, NULL) == EDDY_EINVAL);
    CHECK(eddy_file_remove("") == EDDY_EINVAL);
    CHECK(eddy_file_rename(NULL, "x") == EDDY_EINVAL);
    CHECK(eddy_file_rename("x", NULL) == EDDY_EINVAL);
    if (sandboxed) {
        int rc = eddy_file_stat(in_folder("../beside"), &info);
        CHECK(rc == EDDY_EPERM || rc == EDDY_ENOENT);
        rc = eddy_dir_make(in_folder("../made"));
        CHECK(rc == EDDY_EPERM || rc == EDDY_ENOENT);
        CHECK(lists(in_folder(".."), "EDDY_EPERM") || lists(in_folder(".."), "EDDY_ENOENT"));
    }
    EDDY_SCOPE(over, .timeout = EDDY_NOW);
    CHECK(eddy_dir_make(in_folder("x")) == EDDY_ECANCELED);
    CHECK(eddy_scope_end(&over, EDDY_ECANCELED) == EDDY_ETIMEDOUT);
    CHECK(lists(folder, ""));
}

int eddy_main(int argc, char **argv) {
    if (argc < 2) return eddy_fail(EDDY_EINVAL, "paths: in which folder?");
    snprintf(folder, sizeof folder, "%s", argv[1]);
    for (int i = 2; i < argc; i++) {
        sandboxed |= strcmp(argv[i], "sandboxed") == 0;
        links |= strcmp(argv[i], "links") == 0;
    }
    directories();
    infos();
    renames();
    removals();
    many();
    mistakes();
    return check_end();
}
