// WASI 0.2: what a component imports, and what it asks of its host.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setup } from '../tools/setup.mjs';
import { runProcess } from '../tools/hosts/process.mjs';
import { artifactOf, runOn, told } from './lib/hosts.mjs';

/** The interfaces that a component imports, without their version. */
async function importsOf(program) {
    const { wasmTools } = await setup({ want: ['wasi'], quiet: true });
    const artifact = await artifactOf('wasmtime', program);
    const { stdout, stderr } = await runProcess([wasmTools, 'component', 'wit', artifact]);
    const world = /^world root \{\n([^}]*)\}/m.exec(stdout)?.[1];
    assert.ok(world, stdout + stderr);
    return [...world.matchAll(/^ *import ([^@]*)@/gm)].map(([, name]) => name).sort();
}

// What any program with a stdout imports, by way of libc.
const STDIO = ['wasi:cli/environment', 'wasi:cli/exit', 'wasi:cli/stderr', 'wasi:cli/stdin',
    'wasi:cli/stdout', 'wasi:cli/terminal-input', 'wasi:cli/terminal-output',
    'wasi:cli/terminal-stderr', 'wasi:cli/terminal-stdin', 'wasi:cli/terminal-stdout',
    'wasi:clocks/monotonic-clock', 'wasi:io/error', 'wasi:io/poll', 'wasi:io/streams'];

for (const [program, more] of Object.entries({
    'examples/countasync.c': [],
    'examples/chores.c': [],
    'tests/programs/timers.c': [],
    'examples/crawl.c': ['wasi:http/outgoing-handler', 'wasi:http/types'],
    'tests/programs/streams.c': ['wasi:sockets/instance-network', 'wasi:sockets/ip-name-lookup',
        'wasi:sockets/network', 'wasi:sockets/tcp', 'wasi:sockets/tcp-create-socket'],
    'tests/programs/files.c': ['wasi:filesystem/preopens', 'wasi:filesystem/types'],
})) {
    test(`${program} imports only what it uses`, async () => {
        assert.deepEqual(await importsOf(program), [...STDIO, ...more].sort());
    });
}

test('thousands of timers need a handful of resources', async (t) => {
    const result = await runOn(t, 'wasmtime', 'bench/c/sleep.c', {
        args: ['10000'], flags: ['-S', 'max-resources=32'],
    });
    if (!result) return;
    assert.equal(result.code, 0, told(result));
});
