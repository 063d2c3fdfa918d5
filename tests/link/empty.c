// empty.c: a program of Emscripten's alone.
#include <stdio.h>

int main(void) {
    puts("ok");
    return 0;
}
