// Timers on every host; WASI 0.1 under two hosts made apart from one another, and that programs stay
// inside the subset of it on which hosts agree.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { WASI } from 'node:wasi';
import { setup } from '../tools/setup.mjs';
import { artifactOf, runOn, told } from './lib/hosts.mjs';

const TIMERS = 'tests/programs/timers.c';
const IDLE = 'tests/programs/idle.c';

for (const hostName of ['wasmtime', 'wasmtime-36', 'wasmtime-p1', 'wasmtime-36-p1', 'node-wasi', 'browser-shim', 'node',
    'chromium', 'native']) {
    test(`timers on ${hostName}: never early, in order`, async (t) => {
        const result = await runOn(t, hostName, TIMERS);
        if (!result) return;
        assert.equal(result.stdout, 'ok\n', told(result));
        assert.equal(result.code, 0, told(result));
    });
}

/** Seconds of processor time that a process has used so far. */
function processorTime(pid) {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ');
    return (Number(fields[11]) + Number(fields[12])) / 100; // utime, stime in clock ticks
}

const COMMANDS = {
    'wasmtime': async (artifact) => {
        const { wasmtime } = await setup({ want: ['wasi'], quiet: true });
        return [wasmtime, 'run', artifact];
    },
    'wasmtime-p1': async (artifact) => {
        const { wasmtime } = await setup({ want: ['wasi'], quiet: true });
        return [wasmtime, 'run', artifact];
    },
    'node-wasi': async (artifact) => [process.execPath, '--no-warnings',
        fileURLToPath(new URL('../tools/hosts/node-wasi-main.mjs', import.meta.url)), artifact],
};

for (const hostName of Object.keys(COMMANDS)) {
    test(`an idle program on ${hostName} uses no processor`, async (t) => {
        if (process.platform !== 'linux') return t.skip('reads /proc, which only Linux has');
        const [program, ...args] = await COMMANDS[hostName](await artifactOf(hostName, IDLE));
        const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
        const ended = once(child, 'close');
        const limit = setTimeout(() => child.kill('SIGKILL'), 60_000);
        t.after(() => { clearTimeout(limit); child.kill('SIGKILL'); });
        await Promise.race([once(child.stdout, 'data'), ended]); // that they all wait; the start is not what we measure
        assert.equal(child.exitCode, null, `${hostName} has ended before`);
        // A host has threads of its own, which may tidy up once; who polls uses the processor all the time.
        const used = [];
        for (let i = 0; i < 10 && !(Math.min(...used) <= 0.02); i++) {
            const before = processorTime(child.pid);
            await sleep(500);
            used.push(processorTime(child.pid) - before);
        }
        assert.ok(Math.min(...used) <= 0.02, `${used.join(', ')} s of processor time in half a second of waiting each`);
    });
}

// What libc and eddy need, and every host has. poll_oneoff is looked at more closely below.
const PORTABLE = new Set(['args_get', 'args_sizes_get', 'clock_time_get', 'environ_get',
    'environ_sizes_get', 'fd_close', 'fd_fdstat_get', 'fd_seek', 'fd_write', 'poll_oneoff',
    'proc_exit']);

test('programs import the portable subset of WASI 0.1 only', async () => {
    for (const program of ['examples/countasync.c', 'examples/chores.c', TIMERS, IDLE]) {
        const bytes = readFileSync(await artifactOf('wasmtime-p1', program));
        for (const { module, name } of WebAssembly.Module.imports(new WebAssembly.Module(bytes))) {
            assert.equal(module, 'wasi_snapshot_preview1', `${program} imports ${module}.${name}`);
            assert.ok(PORTABLE.has(name), `${program} imports ${name}`);
        }
    }
});

// Layout of WASI 0.1: a subscription is 48 bytes: userdata, tag at 8, clock id at 16, timeout at 24,
// precision at 32, flags at 40; an event is 32 bytes.
const CLOCK = 0, MONOTONIC = 1;

function checkPoll(memory, subscriptions, events, count, result) {
    const view = new DataView(memory.buffer);
    assert.equal(count, 1, 'one subscription: hosts differ on several');
    assert.equal(view.getUint8(subscriptions + 8), CLOCK);
    assert.equal(view.getUint32(subscriptions + 16, true), MONOTONIC);
    assert.ok(view.getBigUint64(subscriptions + 24, true) >= 1n, 'a wait of 0 may last for ever');
    assert.equal(view.getUint16(subscriptions + 40, true), 0, 'relative');
    assert.equal(view.getUint32(result, true), 0, 'the number of events is zeroed before');
    const event = new Uint8Array(memory.buffer, events, 32);
    assert.ok(event.every((byte) => byte === 0), 'the events are zeroed before');
}

test('poll_oneoff is called in the portable way only', async (t) => {
    for (const program of [TIMERS, 'examples/countasync.c']) {
        const bytes = readFileSync(await artifactOf('node-wasi', program));
        const stdout = openSync('/dev/null', 'w');
        t.after(() => closeSync(stdout));
        const wasi = new WASI({ version: 'preview1', args: ['x'], returnOnExit: true, stdout });
        const imports = wasi.getImportObject();
        const { poll_oneoff: poll } = imports.wasi_snapshot_preview1;
        let memory, calls = 0;
        imports.wasi_snapshot_preview1 = {
            ...imports.wasi_snapshot_preview1,
            poll_oneoff(...args) {
                calls++;
                checkPoll(memory, ...args);
                return poll(...args);
            },
        };
        const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), imports);
        memory = instance.exports.memory;
        assert.equal(wasi.start(instance), 0);
        assert.ok(calls > 0, 'it waited');
    }
});
