// check.mjs: assertions for cases that run in any host of JavaScript.

export function equal(actual, expected, what = '') {
    const text = (value) => JSON.stringify(value, (_, one) =>
        (typeof one === 'bigint' ? `${one}n` : ArrayBuffer.isView(one) ? [...one] : one === undefined ? 'undefined' : one));
    if (text(actual) !== text(expected))
        throw new Error(`${what}${what && ': '}${text(actual)} instead of ${text(expected)}`);
}

export function ok(value, what) {
    if (!value) throw new Error(what);
}

/** What a promise rejects with. */
export async function rejection(promise) {
    let value;
    try {
        value = await promise;
    } catch (error) {
        return error;
    }
    throw new Error(`it was not rejected, but resolved to ${value}`);
}

export const pause = (ms) => new Promise((done) => { setTimeout(done, ms); });

/** Until every task waits, however slow the machine: each has got as far as it comes by itself. */
export async function settled(app) {
    do await pause(2);
    while (app.tasks().some(({ state }) => state !== 'waiting'));
}

const LONGEST = 80_000; // milliseconds of a case

/** The promise, or an error that says what was going on when it took too long. */
function limited(promise, { app, lines }) {
    let timer;
    const limit = new Promise((_, fail) => {
        timer = setTimeout(() => {
            let tree;
            try {
                tree = app.tree();
            } catch (error) {
                tree = String(error);
            }
            fail(new Error(`not done after ${LONGEST} ms; the tasks:\n${tree}\nit printed:\n${lines.join('\n')}`));
        }, LONGEST);
    });
    return Promise.race([promise, limit]).finally(() => clearTimeout(timer));
}

/** Runs each case with a module of its own; -> { name: text of what failed, or null }. */
export async function runCases(cases, create) {
    const results = {};
    for (const [name, run] of Object.entries(cases)) {
        try {
            const lines = [];
            const module = await create({
                print: (line) => lines.push(line), printErr: (line) => lines.push(line),
                onEddyExit: () => {},
            });
            const what = { app: module.eddy ?? module, module, lines, create };
            await limited(run(what), what);
            results[name] = null;
        } catch (error) {
            results[name] = String(error?.stack ?? error);
        }
    }
    return results;
}
