#include <eddy.h>
#include <stdio.h>
#include <string.h>

static eddy_event door;
static eddy_sem tables = EDDY_SEM(2);

static int guest(void *arg) {
    const char *name = arg;
    int rc = eddy_event_wait(&door);
    if (rc < 0) return rc;
    rc = eddy_sem_acquire(&tables);
    if (rc < 0) return rc;
    printf("%s sits down\n", name);
    rc = eddy_sleep((eddy_time)strlen(name) * EDDY_S);
    printf("%s leaves\n", name);
    eddy_sem_release(&tables);
    return rc;
}

int eddy_main(int argc, char **argv) {
    (void)argc, (void)argv;
    eddy_clock_virtual(true);
    char *names[] = {"Ada", "Bjarne", "Grace", "Dennis", "Ken"};
    EDDY_GROUP(guests);
    for (int i = 0; i < 5; i++) eddy_group_spawn(&guests, guest, names[i]);
    int rc = eddy_sleep(1 * EDDY_S);
    puts("the door opens");
    eddy_event_set(&door);
    return eddy_group_end(&guests, rc);
}
