// libc.mjs: does the libc for WASI 0.2 block where src/posix/wasi*.c stands in for it?
//
//   node tools/libc.mjs LLVM-NM LIBC.A STAMP
//
// wasi-libc's own names for what it imports are no promise to anybody. A libc that blocks elsewhere
// would link, and each task that waits in it would stop all others: so the build looks first.

import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

// What it imports, and the runtime defines instead.
const IMPORTS = ['poll_poll', 'poll_method_pollable_block', 'poll_pollable_drop',
    'streams_method_output_stream_blocking_flush', 'streams_method_output_stream_subscribe',
    'streams_method_input_stream_read', 'streams_method_output_stream_check_write',
    'streams_method_output_stream_write', 'streams_output_stream_drop', 'tcp_method_tcp_socket_finish_connect',
    'tcp_method_tcp_socket_accept', 'tcp_tcp_socket_drop',
    'udp_method_incoming_datagram_stream_receive', 'udp_method_outgoing_datagram_stream_check_send',
    'ip_name_lookup_method_resolve_address_stream_resolve_next_address',
].map((name) => `__wasm_import_${name}`);

// The host's other functions that block: libc must not call them.
const BLOCKING = /^(streams_method_\w*_blocking_\w+)$/;
const STOOD_IN_FOR = 'streams_method_output_stream_blocking_flush';

/**
 * What is wrong with a libc, in a few words; null: nothing. `symbols` is what llvm-nm prints of it;
 * `calls` are the functions that the link replaces (--wrap).
 */
export function faultOf(symbols, calls) {
    const defined = new Set(), wanted = new Set();
    for (const line of symbols.split('\n')) {
        const [, kind, name] = /(?:^|\s)([A-Za-z]) (\S+)$/.exec(line) ?? [];
        if (name) (kind === 'U' ? wanted : defined).add(name);
    }
    const missing = IMPORTS.find((name) => !wanted.has(name));
    if (missing) return `it does not import ${missing}`;
    const taken = IMPORTS.find((name) => defined.has(name));
    if (taken) return `it defines ${taken} itself`;
    const gone = calls.find((name) => !defined.has(name));
    if (gone) return `it has no ${gone}`;
    const other = [...wanted].find((name) => BLOCKING.test(name) && name !== STOOD_IN_FOR);
    return other ? `it also blocks in ${other}` : null;
}

async function main([nm, archive, stamp]) {
    const { LIBC_CALLS } = await import('./flags.mjs');
    const symbols = execFileSync(nm, [archive], { encoding: 'utf8', maxBuffer: 1 << 26,
        stdio: ['ignore', 'pipe', 'ignore'] });
    const fault = faultOf(symbols, LIBC_CALLS);
    if (fault) {
        process.stderr.write(`eddy: ${archive} is no wasi-libc that tasks can wait in: ${fault}; ` +
            'the one of 2026-04-23 is known to work\n');
        process.exitCode = 1;
        return;
    }
    writeFileSync(stamp, '');
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main(process.argv.slice(2));
