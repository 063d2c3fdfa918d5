/* main_loop.c: eddy_animation_frame beside emscripten_set_main_loop, which is the page's other way to
 * draw: both get their frames, and the main loop's function, outside of any task, wakes a task. */
// build: hosts=web
#include <eddy.h>
#include <emscripten.h>
#include <stdio.h>

static int drawn;
static eddy_event third;

static void draw(void) {
    if (++drawn == 3) eddy_event_set(&third);
}

int eddy_main(int argc, char **argv) {
    (void)argc;
    (void)argv;
    emscripten_set_main_loop(draw, 0, false);
    int rc = eddy_event_wait(&third);
    double last = 0;
    for (int i = 0; rc == 0 && i < 5; i++) {
        double now;
        rc = eddy_animation_frame(&now);
        if (rc == 0 && now <= last) return eddy_fail(EDDY_EUSER, "frame %d was at %g", i, now);
        last = now;
    }
    /* Five frames later the main loop has drawn at least four times more. */
    printf("%s\n", rc == 0 && drawn >= 7 ? "ok" : "the main loop stood still");
    emscripten_cancel_main_loop();
    return rc;
}
