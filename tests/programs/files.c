/* files FOLDER [sandboxed]: files as streams and as a whole, in a folder that is empty at first; prints ok. */
#include "check.h"

static char folder[300];
static bool sandboxed; /* the host keeps the program inside the folder */

static const char *in_folder(const char *name) {
    static char path[400];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static int read_all(const char *name, char **text) {
    void *data = NULL;
    size_t size;
    int rc = eddy_file_read(in_folder(name), 1 << 20, &data, &size);
    *text = data;
    return rc < 0 ? rc : (int)size;
}

static int whole_files(void) {
    char *text = NULL;
    CHECK(read_all("none", &text) == EDDY_ENOENT && !text);
    CHECK(eddy_file_write(in_folder("a"), "first", 5) == 0);
    CHECK(read_all("a", &text) == 5 && strcmp(text, "first") == 0);
    free(text);
    CHECK(eddy_file_write(in_folder("a"), "2nd", 3) == 0);
    CHECK(read_all("a", &text) == 3 && strcmp(text, "2nd") == 0);
    free(text);
    CHECK(eddy_file_write(in_folder("empty"), "", 0) == 0);
    CHECK(read_all("empty", &text) == 0 && text && *text == 0);
    free(text);
    void *data;
    size_t size;
    CHECK(eddy_file_read(in_folder("a"), 2, &data, &size) == EDDY_EFULL && !data);
    CHECK(eddy_file_write(in_folder("no/folder"), "x", 1) == EDDY_ENOENT);
    return 0;
}

static int streams(void) {
    eddy_stream *s;
    char *line = NULL, byte;
    size_t length;
    CHECK(eddy_file_open(&s, in_folder("log"), "ax") == 0);
    CHECK(eddy_write(s, "one\n", 4) == 4);
    CHECK(eddy_read(s, &byte, 1) == EDDY_EINVAL);
    CHECK(eddy_drain(s) == 0);
    CHECK(eddy_close(s) == 0);
    CHECK(eddy_file_open(&s, in_folder("log"), "a") == 0);
    CHECK(eddy_write(s, "two\n", 4) == 4);
    CHECK(eddy_close(s) == 0);
    CHECK(eddy_file_open(&s, in_folder("log"), "rb") == 0);
    CHECK(eddy_read_line(s, 10, &line, &length) == 1 && strcmp(line, "one") == 0);
    free(line);
    CHECK(eddy_write(s, "x", 1) == EDDY_EINVAL);
    CHECK(eddy_read_line(s, 10, &line, &length) == 1 && strcmp(line, "two") == 0);
    free(line);
    CHECK(eddy_read_line(s, 10, &line, &length) == 0);
    CHECK(eddy_close(s) == 0);
    CHECK(eddy_file_open(&s, in_folder("log"), "wx") == EDDY_EEXIST && !s);
    CHECK(*eddy_last_message());
    return 0;
}

/* What is drained is in the file, also while the stream stays open. */
static int drained(void) {
    eddy_stream *s;
    char *text = NULL;
    CHECK(eddy_file_write(in_folder("parts"), "older and longer", 16) == 0);
    CHECK(eddy_file_open(&s, in_folder("parts"), "w") == 0);
    CHECK(read_all("parts", &text) == 0);
    free(text);
    CHECK(eddy_write(s, "ab", 2) == 2 && eddy_drain(s) == 0);
    CHECK(read_all("parts", &text) == 2 && strcmp(text, "ab") == 0);
    free(text);
    CHECK(eddy_write(s, "cd", 2) == 2 && eddy_write(s, "ef", 2) == 2 && eddy_drain(s) == 0);
    CHECK(eddy_drain(s) == 0 && eddy_write(s, "g", 1) == 1);
    CHECK(eddy_close(s) == 0);
    CHECK(read_all("parts", &text) == 7 && strcmp(text, "abcdefg") == 0);
    free(text);
    return 0;
}

static int large(void) {
    enum { SIZE = 3000000 };
    char *data = malloc(SIZE);
    CHECK(data != NULL);
    for (int i = 0; i < SIZE; i++) data[i] = (char)(i % 251);
    CHECK(eddy_file_write(in_folder("large"), data, SIZE) == 0);
    void *back;
    size_t size;
    CHECK(eddy_file_read(in_folder("large"), SIZE, &back, &size) == 0);
    CHECK(size == SIZE && memcmp(data, back, SIZE) == 0);
    free(back);
    free(data);
    return 0;
}

static int read_one(void *arg) {
    size_t i = *(size_t *)arg;
    char path[400], expected[20];
    snprintf(path, sizeof path, "%s/file%zu", folder, i % 50);
    snprintf(expected, sizeof expected, "content %zu", i % 50);
    void *data;
    size_t size;
    int rc = eddy_file_read(path, 100, &data, &size);
    if (rc < 0) return rc;
    rc = strcmp(data, expected) == 0 ? 0 : EDDY_EIO;
    free(data);
    return rc;
}

static int thousand(void) {
    for (size_t i = 0; i < 50; i++) {
        char name[20], content[20];
        snprintf(name, sizeof name, "file%zu", i);
        int size = snprintf(content, sizeof content, "content %zu", i);
        CHECK(eddy_file_write(in_folder(name), content, (size_t)size) == 0);
    }
    eddy_future *tasks[1000];
    for (size_t i = 0; i < 1000; i++)
        tasks[i] = eddy_spawn_opt(read_one, .arg = &i, .arg_size = sizeof i);
    CHECK(eddy_gather(tasks, 1000, NULL) == 0);
    eddy_release_all(tasks, 1000);
    return 0;
}

static int errors(void) {
    eddy_stream *s;
    CHECK(eddy_file_open(&s, folder, "r") == EDDY_EIO && !s);
    CHECK(eddy_file_open(&s, folder, "w") == EDDY_EIO);
    if (sandboxed) {
        int rc = eddy_file_open(&s, in_folder("../beside"), "r");
        CHECK(rc == EDDY_EPERM || rc == EDDY_ENOENT);
    }
    CHECK(eddy_file_open(&s, in_folder("a/b"), "r") == EDDY_ENOENT);
    CHECK(eddy_file_open(&s, in_folder("x\xff"), "r") < 0);
    static const char *const modes[] = {"", "z", "rx", "r+", "wy"};
    for (size_t i = 0; i < 5; i++) CHECK(eddy_file_open(&s, in_folder("a"), modes[i]) == EDDY_EINVAL);
    CHECK(eddy_file_open(&s, NULL, "r") == EDDY_EINVAL);
    CHECK(eddy_file_open(&s, "", "r") == EDDY_EINVAL);
    CHECK(eddy_file_open(NULL, "a", "r") == EDDY_EINVAL);
    CHECK(eddy_file_read("a", 1, NULL, NULL) == EDDY_EINVAL);
    CHECK(eddy_file_write("a", NULL, 1) == EDDY_EINVAL);
    return 0;
}

static int open_it(void *arg) {
    (void)arg;
    eddy_stream *s;
    int rc = eddy_file_open(&s, in_folder("a"), "r");
    return rc < 0 ? rc : eddy_close(s);
}

static int cancelled(void) {
    eddy_future *task = eddy_spawn_opt(open_it, .eager = false);
    eddy_cancel(task);
    CHECK(eddy_await(task) == EDDY_ECANCELED);
    EDDY_SCOPE(over, .timeout = EDDY_NOW);
    CHECK(open_it(NULL) == EDDY_ECANCELED);
    CHECK(eddy_scope_end(&over, EDDY_ECANCELED) == EDDY_ETIMEDOUT);
    return 0;
}

int eddy_main(int argc, char **argv) {
    if (argc < 2) return eddy_fail(EDDY_EINVAL, "files: in which folder?");
    snprintf(folder, sizeof folder, "%s", argv[1]);
    sandboxed = argc > 2;
    int (*const all[])(void) = {whole_files, streams, drained, large, thousand, errors, cancelled};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        int rc = all[i]();
        if (rc < 0) return rc;
    }
    return check_end();
}
