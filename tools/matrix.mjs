// matrix.mjs: the README's table of what is tested on which host, made of what the tests did. A test
// named "THING on HOST" stands for the thing; a cell without tests needs a reason, which is its footnote.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './build.mjs';

const README = join(ROOT, 'README.md');
const RECORD = join(ROOT, 'build/matrix.json');
const BEGIN = '<!-- what the tests did: written by ./build.sh matrix -->\n';
const END = '<!-- end of the table -->\n';

const COLUMNS = {
    'native': ['native'], 'Node 20': ['node', 'lean'], 'Node 26': ['node-26'], 'Deno': ['deno'], 'Bun': ['bun'],
    'workerd': ['workerd'], 'page (Chromium)': ['chromium'], 'worker (Chromium)': ['chromium-worker'],
    'page (Firefox)': ['firefox'], 'WASI 0.2 (wasmtime)': ['wasmtime'], 'WASI 0.2 (Node, jco)': ['jco'],
    'WASI 0.1 (wasmtime)': ['wasmtime-p1'], 'WASI 0.1 (`node:wasi`)': ['node-wasi'],
};
const NATIVE = ['native'], WORKERD = ['workerd'], JCO = ['jco'], NODE_WASI = ['node-wasi'];
const WORKER = ['chromium-worker'];
const P1 = ['wasmtime-p1', ...NODE_WASI];
const WASI = ['wasmtime', ...JCO, ...P1];
const PAGES = ['chromium', 'firefox'];
const SERVERS = ['node', 'lean', 'node-26', 'deno', 'bun', ...WORKERD];

const SAME_AS_PAGE = 'the same code as in a page';
const SAME_AS_WASMTIME = 'the same component as under wasmtime; its host is tested with fewer things';
const NO_NETWORK = '`EDDY_ENOSYS`: WASI 0.1 has no network, natively there is no HTTP client';
const CRASHES = 'Node 20 crashes in its `path_open` once that is called often';
const NO_SOCKETS = '`EDDY_ENOSYS`: the host has none';

/** tests: what their names begin with; absent: [hosts, why] for hosts without tests. */
const ROWS = [
    { title: 'conformance programs', tests: ['conformance'], absent: [[WORKER, SAME_AS_PAGE]] },
    { title: 'examples', tests: ['hello', 'countasync', 'chores', 'mirrors', 'pipeline'], absent: [] },
    { title: 'JavaScript calls C', tests: ['JavaScript calls C'],
        absent: [[[...NATIVE, ...WASI], 'there is no JavaScript: `EDDY_EXPORT` makes a plain function']] },
    { title: 'C calls JavaScript', tests: ['C calls JavaScript'],
        absent: [[[...NATIVE, ...WASI], '`EDDY_ENOSYS`: there is no JavaScript']] },
    { title: 'events of JavaScript as a channel', tests: ['events'],
        absent: [[[...NATIVE, ...WASI], '`EDDY_ENOSYS`: there is no JavaScript']] },
    { title: 'streams of values', tests: ['streams of values'],
        absent: [[[...NATIVE, ...WASI], '`EDDY_ENOSYS`: there is no JavaScript']] },
    { title: '`eddy_fetch`', tests: ['fetch'],
        absent: [[[...NATIVE, ...P1], NO_NETWORK], [WORKER, SAME_AS_PAGE], [JCO, SAME_AS_WASMTIME]] },
    { title: 'streamed request bodies', tests: ['uploads'],
        absent: [[[...NATIVE, ...P1], NO_NETWORK], [['firefox'], '`EDDY_ENOSYS`: Firefox sends no streamed bodies'],
            [JCO, SAME_AS_WASMTIME]] },
    { title: 'server-sent events', tests: ['server-sent events'],
        absent: [[[...NATIVE, ...P1], NO_NETWORK], [WORKER, SAME_AS_PAGE], [JCO, SAME_AS_WASMTIME]] },
    { title: 'WebSockets', tests: ['WebSockets'],
        absent: [[[...NATIVE, ...WASI], '`EDDY_ENOSYS`: the host has no WebSockets'], [WORKER, SAME_AS_PAGE]] },
    { title: 'connections, names', tests: ['connections'],
        absent: [[[...P1, ...PAGES, ...WORKER, ...WORKERD], NO_SOCKETS], [JCO, SAME_AS_WASMTIME]] },
    { title: 'datagrams', tests: ['datagrams'],
        absent: [[[...P1, ...PAGES, ...WORKER, ...WORKERD], NO_SOCKETS], [JCO, SAME_AS_WASMTIME]] },
    { title: "files; in pages the origin's own", tests: ['files', "the origin's own files"],
        absent: [[WORKERD, NO_SOCKETS], [JCO, SAME_AS_WASMTIME], [NODE_WASI, CRASHES]] },
    { title: 'directories, files by their paths', tests: ['directories and paths', "the origin's own files"],
        absent: [[WORKERD, NO_SOCKETS], [JCO, SAME_AS_WASMTIME], [NODE_WASI, CRASHES]] },
    { title: 'stdin', tests: ['stdin'],
        absent: [[[...PAGES, ...WORKER, ...WORKERD], 'there is no stdin'], [JCO, SAME_AS_WASMTIME]] },
    { title: '`eddy_offload`', tests: ['functions in workers', "calls of JavaScript's that are done in workers"],
        absent: [[[...WASI, ...WORKERD], '`EDDY_ENOSYS`: the host has no workers']] },
    { title: "libc's sleeps", tests: ["libc's sleeps", "libc's sleeps and frames"],
        absent: [[NATIVE, 'blocks the thread as ever'],
            [WASI, 'tested with the rest of libc, in `tests/libc.test.mjs`']] },
    { title: 'next animation frame', tests: ["libc's sleeps and frames"],
        absent: [[[...NATIVE, ...WASI, ...SERVERS], '`EDDY_ENOSYS`: there are no frames']] },
    { title: 'frames and timers go on beside 10,000 tasks', tests: ['frames and timers go on'],
        absent: [[[...NATIVE, ...WASI], 'eddy owns the thread'],
            [['node-26', 'deno', 'bun', ...WORKERD], 'no frames; the loop is the one of Node 20']] },
];

const readRecord = () => (existsSync(RECORD) ? JSON.parse(readFileSync(RECORD, 'utf8')) : {});

/** Adds what a reporter wrote: the tests of each file in it replace what the file's did before. */
export function record(lines) {
    const tests = lines.split('\n').filter(Boolean).map((line) => JSON.parse(line));
    const all = readRecord();
    for (const file of Object.keys(all)) if (!existsSync(join(ROOT, file))) delete all[file];
    for (const { file } of tests) all[file] = [];
    for (const { file, ...one } of tests) all[file].push(one);
    mkdirSync(join(ROOT, 'build'), { recursive: true });
    writeFileSync(RECORD, JSON.stringify(all, null, 1));
}

const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** -> "passed", "n of m", "failed", "missing" (no such host on this machine); undefined: no such test. */
function outcome(tests, row, hosts) {
    const pattern = new RegExp(`^(${row.tests.map(escaped).join('|')}) on (${hosts.map(escaped).join('|')})(?![\\w-])`);
    const own = tests.filter(({ name }) => pattern.test(name));
    if (!own.length) return undefined;
    const sum = (key) => own.reduce((total, one) => total + one[key], 0);
    if (own.some(({ result }) => result === 'failed') || sum('failed')) return 'failed';
    if (own.some(({ result }) => result === 'skipped')) return 'missing';
    const skipped = sum('skipped'), passed = sum('passed');
    return skipped ? `${passed} of ${passed + skipped}` : 'passed';
}

/** The cells of the table that the README has now, by row and column. */
function cellsOf(text) {
    const rows = text.split('\n').filter((line) => line.startsWith('|'))
        .map((line) => line.slice(1, -1).split('|').map((cell) => cell.trim()));
    const [head = []] = rows;
    return new Map(rows.slice(2).flatMap(([title, ...cells]) =>
        cells.map((cell, i) => [`${title}|${head[i + 1]}`, cell])));
}

/** -> the text between the markers, and what keeps it from being written. */
function tableOf(tests, before) {
    const reasons = [], wrong = [];
    const kept = cellsOf(before);
    const everywhere = Object.values(COLUMNS).flat();
    const isRecorded = (row) => outcome(tests, row, everywhere) !== undefined; // else its file was not run
    const cell = (row, column, hosts) => {
        const result = outcome(tests, row, hosts);
        if (result === 'failed') wrong.push(`${row.title} failed: ${column}`);
        if (result && result !== 'missing') return result;
        const why = row.absent.find(([absent]) => hosts.some((host) => absent.includes(host)))?.[1];
        if (result === 'missing' || (!why && !isRecorded(row))) {
            const now = kept.get(`${row.title}|${column}`);
            return now && !now.startsWith('—') ? now : 'not run';
        }
        if (!why) wrong.push(`${row.title} was not tested, and tools/matrix.mjs has no reason: ${column}`);
        if (why && !reasons.includes(why)) reasons.push(why);
        return `—<sup>${reasons.indexOf(why) + 1}</sup>`;
    };
    const line = (cells) => `| ${cells.join(' | ')} |\n`;
    const columns = Object.entries(COLUMNS);
    const body = ROWS.map((row) => line([row.title, ...columns.map(([column, hosts]) => cell(row, column, hosts))]));
    const text = line(['', ...Object.keys(COLUMNS)]).replace('|  |', '| |') +
        `|${'---|'.repeat(columns.length + 1)}\n${body.join('')}\n` +
        reasons.map((why, i) => `<sup>${i + 1}</sup> ${why}.${i + 1 < reasons.length ? '<br>' : ''}\n`).join('');
    return { text, wrong };
}

/** Writes the table, or with `check` only compares. -> exit status */
export function updateMatrix({ check = false } = {}) {
    const readme = readFileSync(README, 'utf8');
    const from = readme.indexOf(BEGIN) + BEGIN.length, to = readme.indexOf(END);
    const before = readme.slice(from, to);
    const { text, wrong } = tableOf(Object.values(readRecord()).flat(), before);
    for (const one of wrong) process.stderr.write(`eddy: the README's table of hosts: ${one}\n`);
    if (wrong.length) return 1;
    if (text === before) return 0;
    if (check) { // what is not claimed may pass
        const now = cellsOf(text);
        const untrue = [...cellsOf(before)].filter(([key, cell]) => /passed|\d of/.test(cell) && now.get(key) !== cell);
        for (const [key] of untrue) process.stderr.write(`eddy: the README claims more than the tests showed: ${key}\n`);
        process.stderr.write("eddy: the README's table of hosts is not what the tests did: ./build.sh matrix writes it\n");
        return untrue.length ? 1 : 0;
    }
    writeFileSync(README, readme.slice(0, from) + text + readme.slice(to));
    process.stderr.write("eddy: the README's table of hosts is written anew\n");
    return 0;
}
