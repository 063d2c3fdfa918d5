// What the core promises beyond the conformance traces. Most of it in C programs that check
// themselves, natively under sanitizers and in wasm; here also what people read on stderr, signals
// and exit().

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { test } from 'node:test';
import { HOSTS } from '../tools/hosts/index.mjs';
import { setup } from '../tools/setup.mjs';
import { artifactOf, needCxx, needHost, runOn, told } from './lib/hosts.mjs';

// ---- programs that check themselves ---------------------------------------------------------------

const SELF_CHECKING = {
    oom: 'every allocation failing in turn',
    misuse: 'wrong use: NULL futures, calls outside a task, scopes',
    jumped: 'a scope below the stack pointer',
    tasks: 'eager spawns, arguments, values, callbacks, handles, the budget',
    runner: 'several runs over one loop',
    reports: 'errors nobody read (R10)',
    stress: 'tasks, scopes, cancellations at random',
    sync: 'locks, events, conditions, semaphores, limiters, barriers',
    sync_ends: 'the same in wrong use, in callbacks, when a run ends',
    locals: 'task locals and intervals',
    groups: 'groups: children, errors, cancellation (R12)',
    group_ends: 'groups: start, and every way to leave one',
    combining: 'waits, walks, races',
    corners: 'corners where two things meet',
    generators: 'generators (R13)',
    generator_ends: 'the same in wrong use, and when a run ends',
    trees: 'groups, races, walks, generators inside one another, at random',
    queues: 'queues: storage, lines, shutdown, lack of memory',
    channels: 'channels, broadcast, watch',
    selects: 'select: every kind of case, losers, turns',
    pipes: 'pipes: bytes from task to task',
    backoff: 'delays between attempts',
    queue_stress: 'queues, channels and selects at random',
    frames: 'locals of every kind survive suspensions',
    many_timers: 'more deadlines than the heap holds, moved, cancelled, without memory',
    debugging: 'debug mode and its reports',
    tracing: 'recording and its memory',
    orders: 'orders of tasks that a seed determines',
    event_parser: 'server-sent events, in pieces cut at every byte',
    by_pointer: 'every call that may suspend, called through a pointer',
    idling: 'waiting until all others wait',
    idle_real: "the same on the host's clock",
};

for (const [name, about] of Object.entries(SELF_CHECKING)) {
    // The lean link has timers of its own.
    for (const hostName of ['native', 'node', 'wasmtime', ...(name === 'many_timers' ? ['lean'] : [])]) {
        test(`${about}: ${name} on ${hostName}`, async (t) => {
            const result = await runOn(t, hostName, `tests/programs/${name}.c`);
            if (!result) return;
            assert.equal(result.stdout, 'ok\n', told(result));
            assert.equal(result.code, 0, told(result));
        });
    }
}

test('late, doubled and made-up completions of the host find nothing', async (t) => {
    const result = await runOn(t, 'native', 'tests/programs/completions.c');
    assert.equal(result.stdout, 'ok\n', told(result));
    assert.equal(result.code, 0, told(result));
});

// Debug builds look at each function's stack, and name the scopes that were left.
for (const hostName of ['node', 'wasmtime']) {
    for (const name of ['tasks', 'by_pointer', 'jumped']) {
        test(`${SELF_CHECKING[name]}: ${name} on ${hostName}, debug`, async (t) => {
            const result = await runOn(t, hostName, `tests/programs/${name}.c`, { mode: 'debug' });
            if (!result) return;
            assert.equal(result.stdout, 'ok\n', told(result));
            assert.equal(result.code, 0, told(result));
        });
    }
}

for (const [hostName, mode] of [['native', 'asan'], ['node'], ['lean'], ['lean', 'debug']]) {
    test(`setjmp and longjmp: jumps on ${hostName}${mode ? `, ${mode}` : ''}`, async (t) => {
        const result = await runOn(t, hostName, 'tests/programs/jumps.c', { mode });
        if (!result) return;
        assert.equal(result.stdout, 'ok\n', told(result));
        assert.equal(result.code, 0, told(result));
    });
}

const CXX = { plain: ['native', 'node', 'chromium', 'wasmtime-p1', 'wasmtime'], exceptions: ['native'],
    operators: ['native', 'node', 'lean', 'wasmtime'] };

for (const [name, hosts] of Object.entries(CXX)) {
    for (const hostName of hosts) {
        test(`C++17: ${name} on ${hostName}`, async (t) => {
            if (!(await needCxx(t))) return;
            const result = await runOn(t, hostName, `tests/programs/${name}.cpp`);
            if (!result) return;
            assert.equal(result.stdout, 'ok\n', told(result));
            assert.equal(result.code, 0, told(result));
        });
    }
}

// ---- stderr ------------------------------------------------------------------------------------------

const STDERR = 'tests/programs/stderr.c';
const at = 'tests/programs/stderr\\.c:\\d+';

const SAID = {
    'unread': [0, [`^eddy: task 'fails': EDDY_EUSER -1005: no milk left \\(spawned at ${at}\\)$`]],
    'main-error': [1, ['^eddy: main ended with EDDY_EUSER -1005: no milk left$']],
    'deadlock': [1, [
        '^eddy: deadlock: 4 tasks wait',
        `^ *task 'main' joins task 'third' at ${at}$`,
        `^ *task 'third' \\(spawned at ${at}\\) joins task 'left' at ${at}$`,
        `^ *task 'left' \\(spawned at ${at}\\) joins task 'right' at ${at}`,
        `^ *task 'right' \\(spawned at ${at}\\) joins task 'left' at ${at}`,
        '^eddy: main ended with EDDY_EDEADLK',
    ]],
    'wide-deadlock': [1, [
        '^eddy: deadlock: 43 tasks wait',
        "^ *task 'layer' .* gathers task 'layer' and 1 more .* \\(see above\\)$",
        `^ *task 'left' \\(spawned at ${at}\\) joins task 'right' at ${at}`,
        '^eddy: main ended with EDDY_EDEADLK',
    ]],
    'seeded-deadlock': [1, ['^eddy: deadlock: 4 tasks wait .*, in the order of seed 77:$']],
    'lock-deadlock': [1, [
        '^eddy: deadlock: 3 tasks wait',
        `^ *task 'left' .* waits for a lock held by task 'right' at ${at}`,
        `^ *task 'right' .* waits for a lock held by task 'left' at ${at}`,
        "^ *task 'left' .* \\(a ring\\)$",
        '^eddy: main ended with EDDY_EDEADLK',
    ]],
    'lost-lock': [1, [
        `^ *task 'main' waits for a lock held by a task that has ended at ${at}$`,
        '^eddy: main ended with EDDY_EDEADLK',
    ]],
    'stubborn-deadlock': [1, ["task 'main' joins a future", '^eddy: main ended with EDDY_EDEADLK']],
    'ignored': [0, [`^eddy: task 'deaf': .*ignores its cancellation.*${at}.*spawned at ${at}`]],
    'left-open-at-end': [0, [
        `^eddy: .*scope lasting of task 'ender' was left open when its task ended \\(begun at ${at}\\)$`]],
    'left-open-inside': [0, [
        `^eddy: .*scope inner of task 'main' was left open inside one that ended \\(begun at ${at}\\)$`]],
    'left-open-group': [0, [`^eddy: .*group nobody of task 'leaves_group' .*eddy_group_end \\(begun at ${at}\\)$`]],
    'slow-step': [0, [
        `^eddy: .*task 'main' ran for \\d{3,} ms without waiting, since it waited at ${at}, until ${at}$`]],
    'slow-step-calls': [0, [`^eddy: .*task 'calls_runtime' ran for .* until ${at} \\(spawned at ${at}\\)$`]],
    'slow-others': [0, [
        '^eddy: .*a callback ran for \\d{3,} ms without waiting$',
        `^eddy: .*task 'slow_end' ran for \\d{3,} ms without waiting \\(spawned at ${at}\\)$`]],
    'slow-without-debug': [0, ['^$']],
    'leaks': [0, [
        `^eddy: .*a handle of a future was never released \\(made at ${at}\\)$`,
        `^eddy: .*a handle of task 'kept' was never released \\(spawned at ${at}\\)$`,
        `^eddy: .*2 handles of task 'kept twice' were never released \\(spawned at ${at}\\)$`]],
    'many-leaks': [0, ['^eddy: .*handles of 15 more tasks and futures were never released$']],
    'drops-unresolved': [0, [
        `^eddy: .*a future was dropped unresolved: .* \\(made at ${at}\\)$`]],
    'left-open': [0, [`^eddy: .*scope forgotten of task 'main'.*begun at ${at}`]],
    'tree': [0, ["^ *task 'main' runs$", `^ *task 'not yet started' \\(spawned at ${at}\\)`]],
};

for (const hostName of ['native', 'node', 'wasmtime']) {
    for (const [what, [code, lines]] of Object.entries(SAID)) {
        test(`what is said about "${what}" on ${hostName}`, async (t) => {
            const result = await runOn(t, hostName, STDERR, { args: [what] });
            if (!result) return;
            for (const line of lines) assert.match(result.stderr, new RegExp(line, 'm'), told(result));
            assert.doesNotMatch(result.stdout, /not reached/);
            assert.equal(result.code, code, told(result));
        });
    }
}

/** Each of these lints speaks so often, and no other does. */
const TIMES = { 'slow-step-calls': 1, 'slow-without-debug': 0, 'leaks': 3, 'many-leaks': 11, 'drops-unresolved': 1 };

/** What debug mode said; without the tasks that a busy machine kept from going on, unless `what` is about those. */
const saidOf = ({ stderr }, what) => (stderr.match(/^eddy: .*/gm) ?? [])
    .filter((line) => what?.startsWith('slow') || !/ ran for \d+ ms without waiting(?!.*goes on)/.test(line));

for (const [what, times] of Object.entries(TIMES)) {
    test(`debug mode says ${times} lines about "${what}"`, async (t) => {
        let result;
        for (let tries = 0; tries < 3; tries++) { // more tasks may be slow on a busy machine
            result = await runOn(t, 'native', STDERR, { args: [what] });
            if (saidOf(result, what).length === times) return;
        }
        assert.equal(saidOf(result, what).length, times, told(result));
    });
}

for (const hostName of ['node', 'wasmtime']) {
    test(`a debug build names a task that never yields while it runs, on ${hostName}`, async (t) => {
        const result = await runOn(t, hostName, STDERR, { mode: 'debug', args: ['pure-loop'] });
        if (!result) return;
        const said = saidOf(result);
        assert.equal(said.length, 1, told(result));
        assert.match(said[0], /task 'never_yields' ran for \d{4,} ms .*goes on: a task that never yields/);
        assert.equal(result.code, 0, told(result));
    });
}

test('a task that ignores 1,000 cancellations is reported once', async (t) => {
    const result = await runOn(t, 'native', STDERR, { args: ['ignored'] });
    assert.equal(result.stderr.match(/ignores its cancellation/g)?.length, 1, told(result));
});

// ---- the ways to the end --------------------------------------------------------------------------------

const LEAVE = 'tests/programs/leave.c';
const NODE_MAIN = fileURLToPath(new URL('../tools/hosts/node-main.mjs', import.meta.url));
const NODE_WASI_MAIN = fileURLToPath(new URL('../tools/hosts/node-wasi-main.mjs', import.meta.url));

for (const hostName of ['native', 'node', 'wasmtime-p1', 'wasmtime', 'chromium']) {
    for (const where of ['main', 'task', 'callback']) {
        test(`exit() in a ${where} on ${hostName} ends the program`, async (t) => {
            const result = await runOn(t, hostName, LEAVE, { args: [`exit-in-${where}`] });
            if (!result) return;
            // All that WASI 0.2 can tell is whether it went well.
            assert.equal(result.code, hostName === 'wasmtime' ? 1 : 3, told(result));
            assert.doesNotMatch(result.stdout, /not reached/, told(result));
            assert.doesNotMatch(result.stderr, /Error|unreachable/i, told(result));
        });
    }
}

/** Starts the program, sends SIGINT when it is ready and, with `twice`, when it cleans up. */
async function interrupt(command, twice) {
    const [program, ...args] = command;
    // Who is to be interrupted twice cleans up for ever, however late the second signal is.
    const child = spawn(program, [...args, twice ? 'interrupt-twice' : 'interrupt'], { stdio: ['ignore', 'pipe', 'inherit'] });
    let stdout = '', sent = 0;
    child.stdout.setEncoding('utf8').on('data', (text) => {
        stdout += text;
        const wanted = stdout.includes('cancelled') ? (twice ? 2 : 1) : stdout.includes('ready') ? 1 : 0;
        while (sent < wanted) {
            sent++;
            child.kill('SIGINT');
        }
    });
    const limit = setTimeout(() => child.kill('SIGKILL'), 60_000);
    const [code, signal] = await once(child, 'close');
    clearTimeout(limit);
    assert.notEqual(signal, 'SIGKILL', `it had not ended after 60 s and ${sent} signals: ${stdout}`);
    return { code, signal, stdout, stderr: '' };
}

for (const hostName of ['native', 'node']) {
    test(`SIGINT on ${hostName}: the first cancels main, the second ends at once`, async (t) => {
        if (!(await needHost(t, hostName))) return;
        const artifact = await artifactOf(hostName, LEAVE);
        const command = hostName === 'node' ? [process.execPath, NODE_MAIN, artifact] : [artifact];
        const first = await interrupt(command, false);
        assert.equal(first.stdout, 'ready\ncancelled\nclean\n', told(first));
        assert.notEqual(first.code, 0, told(first));
        const twice = await interrupt(command, true);
        assert.equal(twice.stdout, 'ready\ncancelled\n', told(twice));
        assert.notEqual(twice.code, 0, told(twice));
    });
}

for (const hostName of ['wasmtime', 'wasmtime-36', 'wasmtime-p1', 'node-wasi']) {
    test(`SIGINT on ${hostName} ends the host, and the program with it`, async (t) => {
        if (!(await needHost(t, hostName))) return;
        const { wasmtime, wasmtime36 } = await setup({ want: HOSTS[hostName].want, quiet: true });
        const runner = hostName === 'node-wasi' ? [process.execPath, '--no-warnings', NODE_WASI_MAIN]
            : [hostName === 'wasmtime-36' ? wasmtime36 : wasmtime, 'run'];
        const result = await interrupt([...runner, await artifactOf(hostName, LEAVE)], false);
        assert.match(result.stdout, /^ready\n?$/, told(result));
        assert.equal(result.signal, 'SIGINT', told(result));
    });
}

// A page has no terminal: it hands in an AbortSignal.
const interruptPage = async (page) => {
    await page.waitForFunction(() => globalThis.eddyOutput.stdout.includes('ready'), { polling: 10 });
    await page.evaluate(() => globalThis.eddyInterrupts.abort());
};

test('an AbortSignal cancels main in a page', async (t) => {
    const result = await runOn(t, 'chromium', LEAVE, { args: ['interrupt'], during: interruptPage });
    if (!result) return;
    assert.equal(result.stdout, 'ready\ncancelled\nclean\n', told(result));
    assert.equal(result.code, 1, told(result));
});

test('an AbortSignal that is aborted already cancels main in Node before it begins (R5)', async (t) => {
    if (!(await needHost(t, 'node'))) return;
    const { default: create } = await import(pathToFileURL(await artifactOf('node', LEAVE)));
    const lines = [], errors = [];
    const code = await new Promise((done, fail) => {
        create({
            arguments: ['interrupt'], signal: AbortSignal.abort(), onEddyExit: done,
            print: (line) => lines.push(line), printErr: (line) => errors.push(line),
        }).catch(fail);
    });
    assert.deepEqual(lines, []);
    assert.match(errors.join('\n'), /^eddy: main ended with EDDY_ECANCELED/);
    assert.equal(code, 1);
});
