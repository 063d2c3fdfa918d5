// instance.mjs: one run of a program of the bench, in Node or in a page.

/**
 * Runs a program that prints "name value" to its end; -> the value. A program without eddy's main
 * (`plain`) has ended when its main has returned.
 */
export async function runInstance(create, artifact, args, { plain = false } = {}) {
    const lines = [];
    const failure = (status) => new Error(`${artifact} ended with status ${status}: ` +
        (lines.join('; ') || 'it said nothing'));
    const status = await new Promise((ended, fail) => {
        create({
            arguments: args.map(String),
            print: (line) => lines.push(line),
            printErr: (line) => lines.push(line),
            onEddyExit: ended,
            onAbort: (reason) => fail(new Error(`${artifact} aborted: ${reason}`)),
        }).then(() => plain && ended(0), fail);
    });
    const value = Number(/^\w+ (\d[\d.e+-]*)$/.exec(lines.at(-1) ?? '')?.[1]);
    if (status !== 0 || !Number.isFinite(value)) throw failure(status);
    return value;
}
