/* jump.c: setjmp and longjmp on the web. The compiler makes each call that may end by a jump by way of
 * JavaScript, which catches it (web/jumps.mjs; or Emscripten's, changed by tools/finish.mjs). Linked only
 * where something jumps. Links by web/eddy.py have invoke.c, which does it for exceptions, too.
 *
 * Such a call keeps the stack pointer for the case that it is jumped out of. When a task is resumed it
 * is made anew, and would keep that of the innermost frame: so it puts its own into the record of saved
 * frames, and takes it from there. */
#include "switch.h"

_Noreturn void eddy_js_jump(void);
void setThrew(uintptr_t threw, int value); /* the compiler's runtime's: how the caller learns of a jump */

_Noreturn void _emscripten_throw_longjmp(void);
char *eddy__jump_enter(void);
void eddy__jump_suspend(char *stack_pointer);
void eddy__jump_caught(char *stack_pointer);

_Noreturn void _emscripten_throw_longjmp(void) {
    eddy_js_jump();
}

/* Before the call. Returns the stack pointer to be kept. */
__attribute__((export_name("eddy__jump_enter"))) char *eddy__jump_enter(void) {
    if (!eddy__switch_rewinding) return eddy__stack_pointer();
    char *position = eddy__switch_position() - sizeof(char *);
    eddy__switch_set_position(position);
    return *(char **)(void *)position;
}

/* When it has returned because its task suspends. */
__attribute__((export_name("eddy__jump_suspend"))) void eddy__jump_suspend(char *stack_pointer) {
    char *position = eddy__switch_position();
    *(char **)(void *)position = stack_pointer;
    eddy__switch_set_position(position + sizeof(char *));
}

/* When it was jumped out of. */
__attribute__((export_name("eddy__jump_caught"))) void eddy__jump_caught(char *stack_pointer) {
    eddy__switch_set_stack_pointer(stack_pointer);
    setThrew(1, 0);
}
