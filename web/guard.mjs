// guard.mjs: JavaScript that a task has called, when it calls C in turn: an export, a function of the
// table, by an event or by embind.
//
// A frame of JavaScript cannot be switched away from, and what lies above it would be torn from it. So
// while a function runs that the module imports there is no current task: to spawn and to resolve works,
// and calls that block return EDDY_ESTATE.

/**
 * `memory()`: its bytes now, another array after growth; `slot()`: where C has the current task.
 * -> guard(f): f without a current task; guardAll(imports): all of them, in their place. Left out are the
 * calls of Emscripten's exceptions and jumps, through which tasks suspend: known by their names or, as a
 * link may shorten these, by what web/eddy.py says of them; the clock, which is asked often; and the
 * calls of EDDY_JS and EDDY_ASYNC_JS, around which C does the same itself.
 */
export function createEddyGuard(memory, slot) {
    const OPEN = /^(invoke_|eddy_js_(now|start|run)$)/;
    let at, bytes, words;

    function wordsNow() {
        const now = memory();
        if (now !== bytes) words = new Uint32Array((bytes = now).buffer);
        return words;
    }
    const guard = (f) => function (a, b, c, d, e) {
        at ??= slot() >>> 2; // there are no exports before the first call
        const task = wordsNow()[at];
        words[at] = 0;
        try {
            switch (arguments.length) { // `...` alone takes twice as long
                case 0: return f();
                case 1: return f(a);
                case 2: return f(a, b);
                case 3: return f(a, b, c);
                case 4: return f(a, b, c, d);
                case 5: return f(a, b, c, d, e);
                default: return f(...arguments);
            }
        } finally {
            wordsNow()[at] = task;
        }
    };
    function guardAll(imports) {
        for (const [name, f] of Object.entries(imports)) {
            if (typeof f === 'function' && !f.eddyUnguarded && !OPEN.test(name)) imports[name] = guard(f);
        }
    }
    return { guard, guardAll };
}
