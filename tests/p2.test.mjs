// WASI 0.2: what a component imports, and what it asks of its host.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { setup } from '../tools/setup.mjs';
import { runProcess } from '../tools/hosts/process.mjs';
import { artifactOf, runOn, told } from './lib/hosts.mjs';
import { startServer } from './lib/server.mjs';

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
    'tests/programs/udp.c': ['wasi:sockets/instance-network', 'wasi:sockets/ip-name-lookup',
        'wasi:sockets/network', 'wasi:sockets/udp', 'wasi:sockets/udp-create-socket'],
    'tests/programs/files.c': ['wasi:filesystem/preopens', 'wasi:filesystem/types'],
    'tests/programs/paths.c': ['wasi:clocks/wall-clock', 'wasi:filesystem/preopens', 'wasi:filesystem/types'],
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

for (const hostName of ['native', 'wasmtime']) {
    test(`addresses of requests on ${hostName}`, async (t) => {
        const result = await runOn(t, hostName, 'tests/programs/urls.c');
        if (!result) return;
        assert.equal(result.stdout, 'ok\n', told(result));
        assert.equal(result.code, 0, told(result));
    });
}

const FETCHING = 'tests/programs/fetching.c';

async function fetching(t, stdout, what, path, more, options) {
    const server = await startServer();
    t.after(() => server.close());
    const result = await runOn(t, 'wasmtime', FETCHING, {
        args: [what, server.url(path), ...more], timeout: 170_000, ...options,
    });
    if (!result) return;
    assert.equal(result.stdout, stdout, told(result));
    assert.equal(result.code, 0, told(result));
    return server.seen;
}

test('a thousand requests at once', async (t) => {
    const seen = await fetching(t, '1000 answers, 10000 bytes\n', 'many', '/together?901', ['1000']);
    if (seen) assert.ok(seen.mostAtOnce > 900, `${seen.mostAtOnce} at once`);
});

test('what the host would end the program for is refused', (t) =>
    fetching(t, `${'EDDY_EHOST '.repeat(10).trim()}\n`, 'refused', '/ok', []));

test('every error code of wasi:http has a code and a text', async (t) => {
    const result = await runOn(t, 'wasmtime', 'tests/programs/http_codes.c');
    if (!result) return;
    const wit = readFileSync(new URL('../wasi/wit/deps/http.wit', import.meta.url), 'utf8');
    const names = /variant error-code \{([^}]*)\}/.exec(wit)[1].trim().split(',').slice(0, -1)
        .map((line) => /[\w-]+/.exec(line)[0]);
    const codes = {
        'EHOSTNOTFOUND': /^DNS-(timeout|error)$|^destination-not-found$/, 'ECONNREFUSED': /^connection-refused$/,
        'ECONNRESET': /^connection-terminated$|^HTTP-response-incomplete$/,
        'EPERM': /^destination-IP-prohibited$|^HTTP-request-denied$/, 'EHOST': /./,
    };
    const lines = result.stdout.trimEnd().split('\n');
    assert.equal(names.length, 39);
    const texts = new Set();
    names.forEach((name, tag) => {
        const code = Object.keys(codes).find((each) => codes[each].test(name));
        const [, text] = new RegExp(`^${tag} EDDY_${code}: (.+)$`).exec(lines[tag]) ?? [];
        assert.ok(text && !texts.has(text), `${name}: ${lines[tag]}`);
        texts.add(text);
    });
    assert.deepEqual(lines.slice(39, 41), ['39 EDDY_EHOST: error 39 of the host', '40 EDDY_EHOST: error 40 of the host']);
    const [, ...withText] = lines.slice(40);
    assert.deepEqual(withText.map((line) => line.replace(/^(\d+) .*: (.*)$/, '$1 $2')),
        ['1 so', '31 so', '32 so', '38 so', '24 x-a', '27 x-a', '30 x-a', '14 no', '22 x-b', '38 longer']);
    assert.equal(result.code, 0, told(result));
});

// Each of 32 requests at a time has a handful of resources: ten thousand have no more.
test('ten thousand requests leave no resource behind', (t) =>
    fetching(t, '9984 requests: ok\n', 'in-all', '/ok', ['10000'], { flags: ['-S', 'max-resources=300'] }));

test('a gigabyte read slowly takes no more memory than a page', (t) =>
    fetching(t, `${2 ** 30} bytes\n`, 'slowly', '/gigabyte', [], { flags: ['-W', 'max-memory-size=4194304'] }));

test('a pipe that nobody reads any more ends the program', async () => {
    const { wasmtime } = await setup({ want: ['wasi'], quiet: true });
    const artifact = await artifactOf('wasmtime', 'tests/programs/streams.c');
    const script = 'yes | head -100000 | "$0" run "$1" stdin | head -1; echo ended';
    const result = await runProcess(['sh', '-c', script, wasmtime, artifact]);
    assert.match(result.stdout, /ended\n$/, told(result));
});

test('a resource dropped before its child is named in debug builds', async (t) => {
    const parents = (mode, ...args) => runOn(t, 'wasmtime', 'tests/programs/parents.c', { mode, args });
    const wrong = await parents('debug', 'wrong');
    if (!wrong) return;
    assert.equal(wrong.stdout, '', told(wrong));
    assert.match(wrong.stderr, /^eddy: TCP socket \d+ is dropped before its pollable \d+\n/, told(wrong));
    assert.equal(wrong.code, 1, told(wrong));
    const right = await parents('debug');
    assert.equal(right.stdout, 'dropped\n', told(right));
});

// Debug builds look at each drop; a host that allows few resources sees those that are kept.
test('requests and connections give back what they have, in the right order', async (t) => {
    const few = { mode: 'debug', flags: ['-S', 'max-resources=800'] };
    await fetching(t, '50 answers, 500 bytes\n', 'many', '/soon', ['50'], few);
    await fetching(t, '104000 bytes, in parts\n', 'chunks', '/chunks', [], few);
    await fetching(t, '200\n', 'closed', '/endless', [], few);
    for (const [stdout, ...args] of [['60 answers, ok\n', 'server', '0', '60'], ['loopback\n', 'resolve', 'localhost']]) {
        const result = await runOn(t, 'wasmtime', 'tests/programs/streams.c', { args, ...few });
        if (!result) return;
        assert.equal(result.stdout, stdout, told(result));
    }
});

test('the same components in Node, by jco', async (t) => {
    const prints = async (stdout, program, ...args) => {
        const result = await runOn(t, 'jco', program, { args });
        if (!result) return;
        assert.equal(result.stdout, stdout, told(result));
        assert.equal(result.code, 0, told(result));
    };
    await prints('ok\n', 'tests/programs/timers.c');
    await prints('One\nOne\nOne\nTwo\nTwo\nTwo\n', 'examples/countasync.c');
    const server = await startServer();
    t.after(() => server.close());
    await prints('50 answers, 500 bytes\n', FETCHING, 'many', server.url('/soon'), '50');
    await prints('104000 bytes, in parts\n', FETCHING, 'chunks', server.url('/chunks'));
    const echo = createServer((socket) => socket.pipe(socket)).listen(0, '127.0.0.1');
    await once(echo, 'listening');
    t.after(() => echo.close());
    await prints('20 of 20\n', 'tests/programs/streams.c', 'echo', String(echo.address().port), '20');
});
