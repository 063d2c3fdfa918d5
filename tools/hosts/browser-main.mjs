// browser-main.mjs: runs one web program in a page, or in a worker that the page starts from this
// same file. Served to the browser by chromium.mjs; knows nothing of it.

/**
 * Watches what can call a program again after its main() has returned: timers, messages, requests.
 * -> a function that waits until there is nothing of that any more.
 */
function watchActivity() {
    const { setTimeout: set, clearTimeout: clear, fetch: request } = globalThis;
    const { postMessage: post } = MessagePort.prototype;
    const timers = new Set();
    let requests = 0, messages = 0;
    globalThis.setTimeout = (callback, delay) => {
        const timer = set(() => {
            timers.delete(timer);
            callback();
        }, delay);
        timers.add(timer);
        return timer;
    };
    globalThis.clearTimeout = (timer) => {
        timers.delete(timer);
        clear(timer);
    };
    globalThis.fetch = (...args) => {
        requests++;
        return request(...args).finally(() => { requests--; });
    };
    MessagePort.prototype.postMessage = function (...args) {
        messages++;
        return post.apply(this, args);
    };
    return async () => {
        for (let quiet = 0; quiet < 3;) {
            const before = messages;
            await new Promise((done) => { set(done, 5); });
            quiet = timers.size || requests || messages !== before ? 0 : quiet + 1;
        }
    };
}

/**
 * Runs the program behind `url`; `output` is told what it prints as it does.
 * @returns {Promise<number>} its exit status
 */
async function runProgram(url, args, output) {
    // eddy's own main tells the end. A program with a main() of its own does not link that: its end is
    // when main has returned and nothing is left that could go on.
    const glue = await (await fetch(url)).text();
    const untilQuiet = glue.includes('eddy_js_exit') ? undefined : watchActivity();
    const { default: create } = await import(url);
    return new Promise((done, fail) => {
        let status = 0;
        const options = {
            arguments: args,
            print: (line) => output('stdout', `${line}\n`),
            printErr: (line) => output('stderr', `${line}\n`),
            onEddyExit: done,
            signal: globalThis.eddyInterrupts?.signal,
            quit(code, toThrow) {
                status = code;
                throw toThrow;
            },
        };
        create(options).then(async () => {
            if (status) done(status);
            if (!untilQuiet) return;
            await untilQuiet();
            done(status);
        }).catch(fail);
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
    globalThis.eddyInterrupts = new AbortController();
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
