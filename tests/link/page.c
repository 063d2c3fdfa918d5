// page.c: what Emscripten gives to a page goes on working beside tasks: stdio and files, IndexedDB, SDL
// 1, WebGL, the main loop, embind (bind.cpp), the standard input (page-input.js). Prints "ok".
#include <eddy.h>

#include <GLES2/gl2.h>
#include <SDL/SDL.h>
#include <emscripten.h>
#include <emscripten/html5.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static int failures;
#define CHECK(condition)                                                                           \
    ((condition) ? (void)0 : (void)(failures++, printf("line %d: %s\n", __LINE__, #condition)))

// ---- files ----------------------------------------------------------------------------------------------

EDDY_ASYNC_JS(void, sync_files, (bool load), {
    await new Promise((done, fail) => FS.syncfs(load, (error) => error ? fail(error) : done()));
})
EDDY_JS(void, mount_files, (bool on), {
    if (on) FS.mount(IDBFS, {}, '/kept');
    else FS.unmount('/kept');
})

static bool write_text(const char *path, const char *text) {
    FILE *file = fopen(path, "w");
    if (!file) return false;
    bool fine = fputs(text, file) >= 0;
    return fclose(file) == 0 && fine;
}

/* Reads a file by pieces and waits between them. */
static int read_slowly(void *arg) {
    FILE *file = fopen(arg, "r");
    if (!file) return EDDY_ENOENT;
    int length = 0, rc = 0;
    while (rc == 0 && fgetc(file) != EOF) {
        length++;
        if (length % 8 == 0) rc = eddy_sleep(EDDY_MS);
    }
    (void)fclose(file);
    return rc < 0 ? rc : length;
}

static void check_files(void) {
    char text[41];
    memset(text, 'x', 40);
    text[40] = 0;
    CHECK(write_text("/tmp/a", text) && write_text("/tmp/b", text + 20));
    char a[] = "/tmp/a", b[] = "/tmp/b";
    eddy_future *tasks[] = {eddy_spawn(read_slowly, a), eddy_spawn(read_slowly, b)};
    int lengths[2] = {0, 0};
    CHECK(eddy_gather(tasks, 2, lengths) == 0 && lengths[0] == 40 && lengths[1] == 20);
    eddy_release_all(tasks, 2);

    CHECK(mkdir("/kept", 0777) == 0);
    CHECK(mount_files(true) == 0 && sync_files(true) == 0);
    CHECK(write_text("/kept/text", "stays"));
    CHECK(sync_files(false) == 0);
    CHECK(mount_files(false) == 0 && read_slowly("/kept/text") == EDDY_ENOENT);
    CHECK(mount_files(true) == 0 && sync_files(true) == 0);
    CHECK(read_slowly("/kept/text") == 5);
}

static void check_input(void) {
    char line[32];
    CHECK(fgets(line, sizeof line, stdin) && strcmp(line, "typed\n") == 0);
    CHECK(getchar() == EOF);
}

// ---- drawing ----------------------------------------------------------------------------------------------

static void make_canvas(const char *name) {
    EM_ASM({
        const canvas = document.createElement('canvas');
        canvas.id = UTF8ToString($0);
        canvas.width = canvas.height = 32;
        document.body.append(canvas);
        if (canvas.id === 'canvas') Module['canvas'] = canvas;
    }, name);
}

static void check_sdl(void) {
    make_canvas("canvas");
    CHECK(SDL_Init(SDL_INIT_VIDEO) == 0);
    SDL_Surface *screen = SDL_SetVideoMode(32, 32, 32, SDL_SWSURFACE);
    CHECK(screen != NULL);
    if (!screen) return;
    unsigned before = SDL_GetTicks();
    SDL_Delay(5);
    CHECK(SDL_GetTicks() - before >= 4);
    CHECK(SDL_FillRect(screen, NULL, SDL_MapRGB(screen->format, 10, 200, 30)) == 0);
    SDL_Flip(screen);
    CHECK(eddy_animation_frame(NULL) == 0);
    int colour = EM_ASM_INT({
        const data = document.getElementById('canvas').getContext('2d').getImageData(5, 5, 1, 1).data;
        return data[0] << 16 | data[1] << 8 | data[2];
    });
    CHECK(colour == (10 << 16 | 200 << 8 | 30));
    EM_ASM({ document.dispatchEvent(new KeyboardEvent('keydown', { keyCode: 65, key: 'a' })); });
    SDL_Event event;
    bool pressed = false;
    while (SDL_PollEvent(&event)) pressed = pressed || (event.type == SDL_KEYDOWN && event.key.keysym.sym == 'a');
    CHECK(pressed);
}

static void check_gl(void) {
    make_canvas("gl");
    EmscriptenWebGLContextAttributes attributes;
    emscripten_webgl_init_context_attributes(&attributes);
    attributes.preserveDrawingBuffer = true;
    EMSCRIPTEN_WEBGL_CONTEXT_HANDLE context = emscripten_webgl_create_context("#gl", &attributes);
    CHECK(context > 0);
    CHECK(emscripten_webgl_make_context_current(context) == EMSCRIPTEN_RESULT_SUCCESS);
    glClearColor(0.2F, 0.4F, 0.6F, 1.0F);
    glClear(GL_COLOR_BUFFER_BIT);
    CHECK(eddy_animation_frame(NULL) == 0);
    unsigned char pixel[4] = {0};
    glReadPixels(3, 3, 1, 1, GL_RGBA, GL_UNSIGNED_BYTE, pixel);
    CHECK(pixel[0] == 51 && pixel[1] == 102 && pixel[2] == 153 && pixel[3] == 255);
    CHECK(glGetError() == GL_NO_ERROR);
}

// ---- the main loop ------------------------------------------------------------------------------------------

static eddy_future *three_frames;
static int frames, steps;

static void on_frame(void) {
    CHECK(eddy_sleep(EDDY_MS) == EDDY_ESTATE); /* no task's */
    if (++frames == 3) {
        (void)eddy_resolve(three_frames, 0);
        emscripten_cancel_main_loop();
    }
}

static int stepping(void *arg) {
    (void)arg;
    for (;;) {
        int rc = eddy_sleep(EDDY_MS);
        if (rc < 0) return rc;
        steps++;
    }
}

static void check_main_loop(void) {
    eddy_future *stepper = eddy_spawn(stepping, NULL);
    three_frames = eddy_future_new();
    emscripten_set_main_loop(on_frame, 0, false);
    CHECK(eddy_await(three_frames) == 0 && frames == 3);
    CHECK(eddy_sleep(2 * EDDY_MS) == 0 && steps > 0);
    CHECK(eddy_stop(stepper) == EDDY_ECANCELED);
    eddy_release(stepper);
}

// ---- embind -------------------------------------------------------------------------------------------------

EDDY_ASYNC_JS(int, use_bindings, (void), {
    const counter = new Module.Counter(5);
    await null;
    const all = [];
    all.push(Module.join([ 'a', 'b' ], '-') === 'a-b');
    all.push(counter.add(2) === 7 && counter.value === 7);
    counter.delete();
    all.push(Module.blockedHere());
    all.push(Module.startSleeper(1) > 0);
    return all.every(Boolean) ? 1 : 0;
})
int val_in_task(void *arg);
int sleepers_ended(void);

static void check_bindings(void) {
    eddy_future *tasks[] = {eddy_spawn(val_in_task, NULL), eddy_spawn(val_in_task, NULL)};
    CHECK(use_bindings() == 1);
    int results[2] = {0, 0};
    CHECK(eddy_gather(tasks, 2, results) == 0 && results[0] == 6 && results[1] == 6);
    eddy_release_all(tasks, 2);
    CHECK(eddy_sleep(5 * EDDY_MS) == 0 && sleepers_ended() == 1);
}

int eddy_main(int argc, char **argv) {
    (void)argc;
    (void)argv;
    check_files();
    check_input();
    check_sdl();
    check_gl();
    check_main_loop();
    check_bindings();
    if (failures == 0) puts("ok");
    return failures != 0;
}
