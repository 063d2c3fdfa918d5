// Programs that are ported: libc's sleeps and its reading of stdin suspend the task; the page's frames.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { artifactOf, JS_HOSTS, PAGES, runOn, told } from './lib/hosts.mjs';

for (const hostName of ['native', 'chromium-worker', ...JS_HOSTS, 'lean']) {
    const isPage = [...PAGES, 'chromium-worker'].includes(hostName);
    // Natively it says no more than that there are no frames.
    const what = hostName === 'native' ? 'no frames' : `libc's sleeps${isPage ? ' and frames' : ''}`;
    test(`${what} on ${hostName}`, async (t) => {
        const args = isPage ? ['frames'] : [];
        const result = await runOn(t, hostName, 'tests/programs/ports.c', { args });
        if (!result) return;
        assert.equal(result.stdout, 'ok\n', told(result));
        assert.equal(result.code, 0, told(result));
    });
}

// What the program reads, when it has printed which line.
const PIECES = [['ready', 'first line\nx'], ['more', '12'], ['', '34\n'], ['more', 'tail\n'], ['', undefined]];

async function* pieces(printed) {
    for (const [line, text] of PIECES) {
        if (line) await printed(line);
        else await new Promise((done) => { setTimeout(done, 5); }); // two pieces of input, not one
        if (text === undefined) return;
        yield text;
    }
}

/** Hands out promises for the next line that is `line`. */
function lineWatcher() {
    const lines = [], waiting = [];
    return {
        print(text) {
            lines.push(text);
            waiting.shift()?.();
        },
        lines,
        at: 0,
        async printed(line) {
            const limit = setTimeout(() => waiting.shift()?.(), 60_000);
            if (this.at >= lines.length) await new Promise((done) => { waiting.push(done); });
            clearTimeout(limit);
            assert.ok(this.at < lines.length, `it has not printed "${line}" in 60 s, but: ${lines.join(', ')}`);
            assert.equal(lines[this.at++], line, lines.join('\n'));
        },
    };
}

for (const hostName of ['node', 'lean']) {
    test(`stdin read by libc on ${hostName}: from the process`, async (t) => {
        const artifact = await artifactOf(hostName, 'tests/programs/input.c');
        const main = fileURLToPath(new URL(`../tools/hosts/${hostName}-main.mjs`, import.meta.url));
        const child = spawn(process.execPath, [main, artifact], { stdio: ['pipe', 'pipe', 'inherit'] });
        t.after(() => child.kill('SIGKILL'));
        const closed = once(child, 'close');
        const watcher = lineWatcher();
        createInterface(child.stdout).on('line', (line) => watcher.print(line));
        for await (const text of pieces((line) => watcher.printed(line))) child.stdin.write(text);
        child.stdin.end();
        const [code] = await closed;
        assert.deepEqual(watcher.lines, ['ready', 'more', 'more', 'ok']);
        assert.equal(code, 0);
    });

    test(`stdin read by libc on ${hostName}: from the embedder`, async () => {
        const module = await import(pathToFileURL(await artifactOf(hostName, 'tests/programs/input.c')));
        const watcher = lineWatcher();
        const input = pieces((line) => watcher.printed(line));
        const print = (line) => watcher.print(line);
        let status;
        if (hostName === 'lean') status = await (await module.load({ input, print })).ended;
        else status = await new Promise((onEddyExit) => module.default({ input, print, onEddyExit }));
        assert.deepEqual(watcher.lines, ['ready', 'more', 'more', 'ok']);
        assert.equal(status, 0);
    });
}
