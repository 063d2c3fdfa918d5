// process.mjs: runs a program to its end and keeps what it wrote; what the hosts made of processes
// share.

import { spawn } from 'node:child_process';
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * @param {string[]} command  the program and its arguments
 * @param {object} options
 * @param {Record<string, string>} [options.env]  added to this process's environment
 * @param {string} [options.cwd]  the folder it runs in
 * @param {string | Uint8Array} [options.stdin]   what the program reads; default: nothing
 * @param {boolean} [options.atOnce]  all of that is there from the beginning: the standard input is a file,
 *   not a pipe (which libc, outside of tasks in Node, takes to have ended where it is merely empty)
 * @param {number} [options.timeout]  milliseconds, after which the program is killed
 * @returns {Promise<{ code: number, stdout: string, stderr: string, timedOut: boolean }>}
 *   code: the exit status; 128 + N after signal N, 124 after the timeout
 */
export async function runProcess([program, ...args], { env = {}, cwd, stdin, atOnce, timeout = 120_000 } = {}) {
    const file = atOnce ? await readable(stdin) : null;
    return new Promise((done, fail) => {
        const child = spawn(program, args, {
            cwd,
            env: { ...process.env, ...env },
            stdio: [file ? file.fd : stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
        });
        file?.close().catch(fail); // the program has its own
        let stdout = '', stderr = '', timedOut = false;
        child.stdout.setEncoding('utf8').on('data', (text) => { stdout += text; });
        child.stderr.setEncoding('utf8').on('data', (text) => { stderr += text; });
        const timer = setTimeout(() => {
            timedOut = true;
            child.kill('SIGKILL');
        }, timeout);
        child.on('error', (error) => {
            clearTimeout(timer);
            fail(new Error(`cannot run ${program}: ${error.message}`));
        });
        // What a killed program has started may keep its outputs open for ever.
        child.on('exit', () => {
            if (timedOut) setTimeout(() => { child.stdout.destroy(); child.stderr.destroy(); }, 1000);
        });
        child.on('close', (status, signal) => {
            clearTimeout(timer);
            if (timedOut) stderr += stopped(timeout);
            const code = timedOut ? 124 : status ?? 128 + (SIGNALS[signal] ?? 127);
            done({ code, stdout, stderr, timedOut });
        });
        if (stdin !== undefined && !file) {
            child.stdin.on('error', () => {}); // the program may end without reading it
            child.stdin.end(stdin);
        }
    });
}

/** An open file, in no folder any more, that holds `content`. */
async function readable(content) {
    const folder = await mkdtemp(join(tmpdir(), 'eddy-stdin-'));
    try {
        const path = join(folder, 'stdin');
        await writeFile(path, content);
        return await open(path);
    } finally {
        await rm(folder, { recursive: true });
    }
}

const SIGNALS = { SIGINT: 2, SIGILL: 4, SIGABRT: 6, SIGFPE: 8, SIGKILL: 9, SIGSEGV: 11, SIGTERM: 15 };

/** The line that tells a reader that a program did not end by itself. */
export function stopped(timeout) {
    return `eddy: the program was stopped: it had not ended after ${timeout / 1000} s\n`;
}
