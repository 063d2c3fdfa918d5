#include <eddy.h>
#include <stdio.h>

enum { BROKEN = EDDY_EUSER - 1 };

struct file {
    const char *name;
    int seconds;
};

static int load(void *arg) {
    struct file *file = arg;
    int rc = eddy_sleep(file->seconds * EDDY_S);
    printf("%s: %s\n", file->name, rc < 0 ? "cancelled" : "loaded");
    return rc;
}

static int fail(void *arg) {
    struct file *file = arg;
    int rc = eddy_sleep(file->seconds * EDDY_S);
    return rc < 0 ? rc : eddy_fail(BROKEN, "%s is broken", file->name);
}

int eddy_main(int argc, char **argv) {
    (void)argc, (void)argv;
    eddy_clock_virtual(true);
    struct file page = {"page", 1}, image = {"image", 2}, film = {"film", 60};
    struct file font = {"font", 2}, icon = {"icon", 2};

    EDDY_GROUP(good);
    eddy_group_spawn(&good, load, &page);
    eddy_group_spawn(&good, load, &image);
    int rc = eddy_group_end(&good, 0);
    if (rc < 0) return rc;
    puts("both are there");

    EDDY_GROUP(bad);
    eddy_group_spawn(&bad, load, &page);
    eddy_group_spawn(&bad, load, &film);
    eddy_group_spawn(&bad, fail, &font);
    eddy_group_spawn(&bad, fail, &icon);
    rc = eddy_group_end(&bad, 0);
    if (rc != BROKEN) return rc; /* the code of the first error */
    eddy_error errors[4];
    size_t count = eddy_group_errors(&bad, errors, 4);
    for (size_t i = 0; i < count; i++) printf("error: %s\n", errors[i].message);
    return 0;
}
