/* invoke.c: calls that Emscripten makes by way of JavaScript, because they may throw or jump, keep the
 * stack pointer for the case that they do. When a task is resumed they are made anew, and would keep
 * that of the innermost frame: so each puts its own into the record of saved frames and takes it from
 * there. web/eddy.py makes them call these. */
#include "switch.h"

#ifdef EDDY__INVOKES

int eddy__switch_unwinding;

char *eddy__invoke_enter(char *stack_pointer);
void eddy__invoke_leave(char *stack_pointer);

char *eddy__invoke_enter(char *stack_pointer) {
    if (!eddy__switch_rewinding) return stack_pointer;
    char *position = eddy__switch_position() - sizeof stack_pointer;
    eddy__switch_set_position(position);
    return *(char **)(void *)position;
}

void eddy__invoke_leave(char *stack_pointer) {
    if (!eddy__switch_unwinding) return;
    char *position = eddy__switch_position();
    *(char **)(void *)position = stack_pointer;
    eddy__switch_set_position(position + sizeof stack_pointer);
}

#endif
