// jumps.mjs: setjmp and longjmp in a lean module: see src/switch/jump.c.

const UNWINDING = 1; // Asyncify's word for a task that is suspending

/** The imports of these names, `invoke_` and a signature each, and what throws a jump. */
export function jumpImports(names, exports) {
    const jump = Symbol('longjmp');
    const functions = []; // looking into the table takes longer
    const functionAt = (index) => (functions[index] = exports().__indirect_function_table.get(index));
    let enter, suspend, caught, state;
    const invoke = (none) => (index, ...args) => {
        if (!enter) {
            ({ eddy__jump_enter: enter, eddy__jump_suspend: suspend, eddy__jump_caught: caught,
                asyncify_get_state: state } = exports());
        }
        const sp = enter();
        let result = none;
        try {
            result = (functions[index] ?? functionAt(index))(...args);
        } catch (error) {
            if (error !== jump) throw error;
            caught(sp);
        }
        if (state() === UNWINDING) suspend(sp);
        return result;
    };
    return {
        ...Object.fromEntries(names.map((name) => [name, invoke(name[7] === 'j' ? 0n : undefined)])),
        eddy_js_jump() {
            throw jump;
        },
    };
}
