#include <eddy.h>
#include <stdio.h>

enum { BOARDS = 24, MOVES = 30 };
static const eddy_time MASTER = 5 * EDDY_S, OPPONENT = 55 * EDDY_S; /* for a move */

static eddy_lock master; /* she sits at one board at a time */

static int one_move(void) {
    int rc = eddy_lock_acquire(&master);
    if (rc < 0) return rc;
    rc = eddy_sleep(MASTER);
    eddy_lock_release(&master);
    return rc < 0 ? rc : eddy_sleep(OPPONENT);
}

static int game(void *arg) {
    int board = *(int *)arg, rc = 0;
    for (int move = 0; move < MOVES && rc == 0; move++) rc = one_move();
    if (rc == 0 && (board == 1 || board == BOARDS)) printf("board %d is finished\n", board);
    return rc;
}

static const char *duration(eddy_time time, char text[40]) {
    int seconds = (int)(time / EDDY_S);
    snprintf(text, 40, "%d h %d min %d s", seconds / 3600, seconds / 60 % 60, seconds % 60);
    return text;
}

int eddy_main(int argc, char **argv) {
    (void)argc, (void)argv;
    eddy_clock_virtual(true);
    char one[40], all[40];

    eddy_time began = eddy_now();
    int rc = game(&(int){1});
    eddy_time alone = eddy_now() - began;
    if (rc < 0) return rc;
    printf("one board: %s; one by one: %s\n", duration(alone, one), duration(BOARDS * alone, all));

    began = eddy_now();
    int boards[BOARDS];
    EDDY_GROUP(exhibition);
    for (int i = 0; i < BOARDS; i++) {
        boards[i] = i + 1;
        eddy_group_spawn(&exhibition, game, &boards[i]);
    }
    rc = eddy_group_end(&exhibition, 0);
    printf("all at once: %s\n", duration(eddy_now() - began, all));
    return rc;
}
