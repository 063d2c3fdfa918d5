// rows.mjs: what is measured, how much of it, and what is to be reached. All figures are costs.

/**
 * name      of the row in the table and in the JSON
 * program   of bench/c, and the peers' name for it
 * args      of the program, of its baseline in JavaScript and of the peers alike
 * quick     the same for a trial run, which is too short to be quoted
 * rounds    how often each side is run
 * baseline  on Node: an entry of js/baselines.mjs or a peer built as a web program; its name in the
 *           table is `label`
 * without   in place of a baseline and peers: the same program and runtime built with this macro
 * peers     under wasmtime
 * curve     numbers to measure with in turn, in place of the first argument, none above the second;
 *           the baseline is then eddy itself with the first number, times what the logarithm has
 *           grown by since; the row tells of the number that is worst by this measure
 * wasip2    only under wasmtime, as a component of WASI 0.2
 * server    the program's first argument is the address of a web server (hosts/server.mjs)
 * driver    an entry of js/crossing.mjs: JavaScript drives the program, and the baseline is JSPI
 * size      the bytes of that program's module or of those files are the figure
 * only      the hosts that can measure it; Chromium does by none but this
 * inPage    the arguments there, if others
 * plain     a program with a curve has a main of its own
 * target    by host (or `node`, both): `ratio` and `value` are upper limits
 */
export const ROWS = [
    {
        name: 'switch', program: 'switch', unit: 'ns',
        what: 'eddy_yield, 64 tasks in turn',
        args: [2_000_000, 64], quick: [100_000, 64], rounds: 9,
        baseline: 'switch', label: 'await null', peers: ['wstd', 'tokio', 'go'],
        target: { 'node 26': { ratio: 0.65 }, 'node 20': { ratio: 0.85 }, wasmtime: { ratio: 1 } },
    },
    {
        name: 'switch_alone', program: 'switch', unit: 'ns',
        what: 'eddy_yield, one task',
        args: [2_000_000, 1], quick: [100_000, 1], rounds: 9,
        baseline: 'switch', label: 'await null', peers: ['wstd', 'tokio', 'go'],
        target: { 'node 26': { ratio: 0.65 }, 'node 20': { ratio: 0.85 }, wasmtime: { ratio: 1 } },
    },
    {
        name: 'spawn', program: 'spawn', unit: 'ns',
        what: 'spawn, one yield, end; 10,000 at once, all awaited',
        args: [200_000, 1, 10_000], quick: [20_000, 1, 10_000], rounds: 9,
        baseline: 'spawn', label: 'async function', peers: ['wstd', 'tokio', 'go'],
        target: { node: { ratio: 0.25 }, wasmtime: { ratio: 1 } },
    },
    {
        name: 'spawn_100', program: 'spawn', unit: 'ns',
        what: 'the same with 100 at once',
        args: [200_000, 1, 100], quick: [20_000, 1, 100], rounds: 9,
        baseline: 'spawn', label: 'async function', peers: ['wstd', 'tokio', 'go'],
        target: {},
    },
    {
        name: 'spawn_alone', program: 'spawn', unit: 'ns',
        what: 'the same one at a time, awaited',
        args: [200_000, 1, 1], quick: [20_000, 1, 1], rounds: 9,
        baseline: 'spawn', label: 'async function', peers: ['wstd', 'tokio', 'go'],
        target: {},
    },
    {
        name: 'spawn_plain', program: 'spawn', unit: 'ns',
        what: 'spawn, end (no yield); 10,000 at once, all awaited',
        args: [200_000, 0, 10_000], quick: [20_000, 0, 10_000], rounds: 9,
        baseline: 'spawn', label: 'async function', peers: ['wstd', 'tokio', 'go'],
        target: {},
    },
    {
        name: 'sleep10k', program: 'sleep', unit: 'ms',
        what: '10,000 sleeps of 10 ms, from the first start to the last end',
        args: [10_000, 10], quick: [10_000, 10], rounds: 9,
        baseline: 'sleep', label: 'setTimeout', peers: ['tokio', 'go'],
        target: { node: { ratio: 1, value: 15 }, wasmtime: { ratio: 1, value: 15 } },
    },
    {
        name: 'lock', program: 'lock', unit: 'ns',
        what: 'a lock that is free taken and released',
        args: [5_000_000], quick: [100_000], rounds: 9,
        baseline: 'lock', label: 'await null',
        target: { 'node 26': { ratio: 0.5 } },
    },
    {
        name: 'queue64', program: 'queue', unit: 'ns',
        what: '8 bytes through a queue of 64, from one task to another',
        args: [1_000_000, 64], quick: [50_000, 64], rounds: 9,
        baseline: 'queue', label: 'async put and get',
        target: { 'node 26': { ratio: 0.35 } },
    },
    {
        name: 'queue64_try', program: 'queue', unit: 'ns',
        what: 'the same against callers that look first and wait only if they must',
        args: [1_000_000, 64], quick: [50_000, 64], rounds: 9,
        baseline: 'queueTryFirst', label: 'try, else async',
        target: { 'node 26': { ratio: 1 } },
    },
    {
        name: 'queue1', program: 'queue', unit: 'ns',
        what: '8 bytes through a queue of 1',
        args: [1_000_000, 1], quick: [50_000, 1], rounds: 9,
        baseline: 'queue', label: 'async put and get',
        target: { 'node 26': { ratio: 0.5 } },
    },
    {
        name: 'group', program: 'group', unit: 'ns',
        what: 'a group of 10 children that yield once each',
        args: [50_000, 10], quick: [1_000, 10], rounds: 9,
        baseline: 'group', label: 'Promise.all',
        target: { 'node 26': { ratio: 0.4 } },
    },
    {
        name: 'cancel10k', program: 'cancel', unit: 'ms',
        what: '10,000 sleeping tasks cancelled and waited for',
        args: [10_000], quick: [10_000], rounds: 9,
        baseline: 'cancel', label: 'AbortController',
        target: { 'node 26': { ratio: 0.5 } },
    },
    {
        name: 'timer_scaling', program: 'timer', unit: 'ns',
        what: 'a timer set and fired, of as many as in the curve',
        curve: [100, 1_000, 10_000, 100_000, 1_000_000], plain: true,
        args: [100, 1_000_000], quick: [100, 50_000], rounds: 5,
        label: 'log n',
        target: { node: { ratio: 1 } },
    },
    {
        name: 'fiber', program: 'switch', unit: 'ns',
        what: 'a switch into a task and back, against a fiber\'s',
        args: [1_000_000, 1], quick: [50_000, 1], rounds: 9,
        baseline: 'fiber', label: 'emscripten_fiber_swap',
        target: { 'node 26': { ratio: 1 / 15 }, 'node 20': { ratio: 1 / 8 } },
    },
    // What tracing costs while nothing is traced, in a switch, in a wait and in a task's life.
    ...[['', 'switch', [2_000_000, 64], [100_000, 64]], ['_wait', 'queue', [1_000_000, 1], [50_000, 1]],
        ['_spawn', 'spawn', [200_000, 1, 10_000], [20_000, 1, 10_000]]].map(([suffix, program, args, quick]) => ({
        name: `trace_off${suffix}`, program, unit: 'ns', args, quick, rounds: 21,
        what: `${program}, traceable but not traced`,
        without: 'EDDY_NO_TRACE', label: 'EDDY_NO_TRACE',
        target: { node: { ratio: 1.05 }, wasmtime: { ratio: 1.05 } },
    })),
    // A page of Chromium hangs for good after some 130,000 calls by JSPI of which 1,000 are in flight.
    ...[
        ['export_calls', 'exportCalls', 'a call from JavaScript with two awaits, of 1,000 in flight', 0.6, [8_000]],
        ['export_sequential', 'exportSequential', 'a call from JavaScript without awaits, one after another', 1],
        ['js_await', 'jsAwait', 'a task that awaits a resolved promise, of 1,000', 0.7, [8_000]],
        ['js_await_sequential', 'jsAwaitSequential', 'the same one after another in one task', 1.5],
    ].map(([name, driver, what, ratio, inPage]) => ({
        name, driver, what, program: 'crossing', unit: 'ns', label: 'JSPI', only: ['node 26', 'chromium'],
        args: [200_000], inPage, quick: [5_000], rounds: 9,
        target: { 'node 26': { ratio }, 'chromium': { ratio } },
    })),
    ...[32, 256].map((atOnce) => ({
        name: `fetch${atOnce}`, program: 'fetch', unit: 'us', server: true, rounds: 9,
        what: `a request over HTTP, ${atOnce} at a time; eddy's goes over node:http in Node, its default there`,
        args: [5_120, atOnce], inPage: [512, atOnce], quick: [512, atOnce], baseline: 'fetch', label: 'fetch',
        only: ['node 26', 'chromium'], target: { 'node 26': { ratio: 1.05 }, 'chromium': { ratio: 1.05 } },
    })),
    {
        name: 'fetch32_http', program: 'fetch', unit: 'us', server: true, only: ['node 26'], rounds: 9,
        what: 'the same, 32 at a time, against what eddy_fetch stands on',
        args: [5_120, 32], quick: [512, 32], baseline: 'nodeHttp', label: 'node:http',
        target: {},
    },
    {
        name: 'fetch_stream', program: 'fetch_stream', unit: 'ms', server: true, rounds: 9,
        what: 'a body of 100 MiB, read as it comes; eddy\'s over node:http in Node',
        args: [100], quick: [20], baseline: 'fetchStream', label: 'fetch',
        only: ['node 26', 'chromium'], target: { 'node 26': { ratio: 1.25 }, 'chromium': { ratio: 1.25 } },
    },
    ...[
        ['hello_wasm_gz', { program: 'examples/hello.c' }, 'a hello that sleeps, linked leanly', 12 * 1024],
        ['hello_js_gz', { files: ['web/host.mjs', 'web/loader.mjs'] }, 'what loads it', 6 * 1024],
        ['crawl_wasm_gz', { program: 'examples/crawl.c' }, 'the crawler, linked leanly', 40 * 1024],
    ].map(([name, size, what, value]) => ({
        name, size, what: `${what}, gzip -9`, unit: 'bytes', only: ['lean'], target: { lean: { value } },
    })),
    {
        name: 'wasi_crawl_size', size: { program: 'examples/crawl.c' }, unit: 'bytes', only: ['wasmtime'],
        what: 'WASI 0.2: the crawler, a stripped component', target: { wasmtime: { value: 120 * 1024 } },
    },
    {
        name: 'task_memory', program: 'memory', unit: 'bytes',
        what: 'a sleeping task of 100,000, .stack = 1024',
        args: [100_000], quick: [20_000], rounds: 3,
        baseline: 'memory', label: 'async function',
        target: { node: { value: 1536 } },
    },
    {
        name: 'million', program: 'million', unit: 'ms',
        what: '1,000,000 tasks started, alive at once, ended',
        args: [1_000_000], quick: [50_000], rounds: 3,
        baseline: 'million', label: 'async function',
        target: {},
    },
    // The same things in a component of WASI 0.2, against what peers can run under wasmtime at all.
    ...[
        {
            name: 'switch', program: 'switch', unit: 'ns', what: 'eddy_yield, 64 tasks in turn',
            args: [2_000_000, 64], quick: [100_000, 64], peers: ['wstd', 'tokio', 'go'],
        },
        {
            name: 'spawn', program: 'spawn', unit: 'ns',
            what: 'spawn, one yield, end; 10,000 at once, all awaited',
            args: [200_000, 1, 10_000], quick: [20_000, 1, 10_000], peers: ['wstd', 'tokio', 'go'],
        },
        {
            name: 'queue', program: 'queue', unit: 'ns', what: '8 bytes through a queue of 64',
            args: [1_000_000, 64], quick: [50_000, 64], peers: ['go'],
        },
        {
            name: 'sleep10k', program: 'sleep', unit: 'ms', what: '10,000 sleeps of 10 ms',
            args: [10_000, 10], quick: [10_000, 10], peers: ['tokio', 'go'],
        },
        ...[32, 256].map((atOnce) => ({
            name: `fetch${atOnce}`, program: 'fetch', unit: 'us', server: true, rounds: 5,
            what: `a request over HTTP, ${atOnce} at a time`,
            args: [5_120, atOnce], quick: [512, atOnce], peers: ['wstd'],
        })),
        {
            name: 'task_memory', program: 'memory', unit: 'bytes', rounds: 3,
            what: 'a waiting task of 100,000, .stack = 1024',
            args: [100_000], quick: [20_000], peers: ['wstd', 'tokio', 'go'],
        },
    ].map((row) => ({
        rounds: 9, ...row, name: `wasi_${row.name}`, what: `WASI 0.2: ${row.what}`, wasip2: true,
        target: { wasmtime: { ratio: 1 } },
    })),
];

export function targetOf(row, host) {
    const key = Object.keys(row.target).find((name) => host.startsWith(name));
    return row.target[key] ?? {};
}

/** The hosts that a row is measured on, of those named. */
export function hostsOf(row, hosts) {
    return hosts.filter((host) => (row.only ? row.only.includes(host)
        : host.startsWith('node') ? !row.wasip2 : host === 'wasmtime' && (row.peers || row.without)));
}
