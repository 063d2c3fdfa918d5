/* posix/web-sdl.c: the sleep of SDL 1, which Emscripten brings itself. That of SDL 2 and 3 sleeps by
 * libc (web.c) and takes the place of this. */

void emscripten_sleep(unsigned milliseconds);
__attribute__((weak)) void SDL_Delay(unsigned milliseconds);

void SDL_Delay(unsigned milliseconds) {
    emscripten_sleep(milliseconds);
}
