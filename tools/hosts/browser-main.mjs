// browser-main.mjs: runs one web program in a page, or in a worker that the page starts from this
// same file. Served to the browser by chromium.mjs; knows nothing of it.

/**
 * Runs the program behind `url`; `output` is told what it prints as it does.
 * @returns {Promise<number>} its exit status
 */
async function runProgram(url, args, output) {
    // A program with a main() of its own does not link eddy's, which tells the end: there main's
    // return is the end.
    const glue = await (await fetch(url)).text();
    const tellsItsEnd = glue.includes('eddy_js_exit');
    const { default: create } = await import(url);
    return new Promise((done, fail) => {
        let status = 0, returned = false;
        create({
            arguments: args,
            print: (line) => output('stdout', `${line}\n`),
            printErr: (line) => output('stderr', `${line}\n`),
            onEddyExit: done,
            quit(code, toThrow) {
                status = code;
                // exit() was called later, from a task: no main is there to return.
                if (returned) done(code);
                throw toThrow;
            },
        }).then(() => {
            returned = true;
            if (!tellsItsEnd || status) done(status);
        }, fail);
    });
}

function describe(error) {
    return `${error?.stack ?? error}\n`;
}

const isPage = typeof document === 'object';

if (isPage) {
    const output = { stdout: '', stderr: '' };
    const write = (stream, text) => { output[stream] += text; };
    let broken;
    const breaks = new Promise((done) => { broken = done; });
    const crash = (text) => {
        write('stderr', text);
        broken(1);
    };
    addEventListener('error', (event) => crash(describe(event.error ?? event.message)));
    addEventListener('unhandledrejection', (event) => crash(describe(event.reason)));

    const inWorker = (url, args) => new Promise((done) => {
        const worker = new Worker(import.meta.url, { type: 'module' });
        worker.onmessage = ({ data: [kind, value] }) => {
            if (kind !== 'end') return write(kind, value);
            worker.terminate();
            done(value);
        };
        worker.onerror = (event) => crash(`${event.message}\n`);
        worker.postMessage([url, args]);
    });
    const inPage = (url, args) => runProgram(url, args, write).catch((error) => {
        write('stderr', describe(error));
        return 1;
    });

    globalThis.eddyOutput = output;
    globalThis.eddyRun = async (url, args, worker) => {
        const code = await Promise.race([worker ? inWorker(url, args) : inPage(url, args), breaks]);
        return { code, ...output };
    };
    globalThis.eddyReady = true;
} else {
    addEventListener('unhandledrejection', (event) => {
        postMessage(['stderr', describe(event.reason)]);
        postMessage(['end', 1]);
    });
    onmessage = async ({ data: [url, args] }) => {
        let code = 1;
        try {
            code = await runProgram(url, args, (stream, text) => postMessage([stream, text]));
        } catch (error) {
            postMessage(['stderr', describe(error)]);
        }
        postMessage(['end', code]);
    };
}
