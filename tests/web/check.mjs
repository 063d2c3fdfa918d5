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

const LONGEST = 20_000; // milliseconds of a case

function limited(promise) {
    let timer;
    const limit = new Promise((_, fail) => {
        timer = setTimeout(() => fail(new Error(`not done after ${LONGEST} ms`)), LONGEST);
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
            await limited(run({ app: module.eddy ?? module, module, lines, create }));
            results[name] = null;
        } catch (error) {
            results[name] = String(error?.stack ?? error);
        }
    }
    return results;
}
