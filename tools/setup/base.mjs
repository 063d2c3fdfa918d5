// What every part of the set-up stands on: its error, its folder, child processes that an
// interruption can end, and the one line on the terminal that tells how far it is.

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, dirname, isAbsolute, join, resolve } from 'node:path';
import { accessSync, constants, readdirSync, statSync } from 'node:fs';

/** A failure that the user can act on. Its message is one line and needs no stack trace. */
export class SetupError extends Error {
    constructor(message, options) {
        super(message, options);
        this.name = 'SetupError';
    }
}

/** The set-up was told to end (SIGINT, SIGTERM, SIGHUP). */
export class Interrupted extends SetupError {}

export function cacheFolder(env = process.env) {
    const named = env.EDDY_CACHE;
    return named ? resolve(named) : join(homedir(), '.cache', 'eddy');
}

// Children run in process groups of their own, so that ending one ends what it started too
// (Emscripten compiles its libraries in a pool of workers).
const groups = new Set();
let ended = null;

/** Ends all children; from now on none is started and nothing that waits for one goes on. */
export function endChildren(signal) {
    ended = signal;
    for (const pid of groups) {
        try { process.kill(-pid, 'SIGKILL'); } catch { /* it has just ended by itself */ }
    }
}

export function checkInterrupted() {
    if (ended) throw new Interrupted(`interrupted by ${ended}`);
}

/**
 * Run a program to its end: -> { code, stdout, stderr }; rejects only when it cannot start. One
 * that must not be ended half-way (`whole`) is waited for even when the set-up is interrupted.
 */
export function run(argv, { env, cwd, input, whole, signal } = {}) {
    checkInterrupted();
    return new Promise((done, failed) => {
        const child = spawn(argv[0], argv.slice(1), {
            cwd, env: { ...process.env, ...env }, detached: true,
            stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
        });
        if (child.pid && !whole) groups.add(child.pid);
        const out = { stdout: '', stderr: '' };
        for (const name of ['stdout', 'stderr']) {
            child[name].setEncoding('utf8').on('data', (text) => { out[name] += text; });
        }
        child.on('error', (cause) => {
            groups.delete(child.pid);
            failed(new SetupError(`cannot start ${argv[0]}: ${cause.code ?? cause.message}`));
        });
        child.on('close', (code, by) => {
            groups.delete(child.pid);
            if (ended) failed(new Interrupted(`interrupted by ${ended}`));
            else done({ code: code ?? 128, signal: by, ...out });
        });
        signal?.addEventListener('abort', () => {
            if (groups.has(child.pid)) process.kill(-child.pid, 'SIGKILL');
        });
        if (input !== undefined) child.stdin.end(input);
    });
}

/** As run(), but a program that fails is an error: `what` and the last line it wrote. */
export async function mustRun(what, argv, options) {
    const result = await run(argv, options);
    if (result.code !== 0) {
        const how = result.signal ? `ended by ${result.signal}` : `exit code ${result.code}`;
        throw new SetupError(`${what}: ${lastLine(result.stderr || result.stdout) || how}`);
    }
    return result;
}

export function lastLine(text) {
    const lines = text.trim().split('\n').map((line) => line.trim());
    // A compiler's last line is often a summary; the first that says "error" says what is wrong.
    return lines.find((line) => /\berror\b:/i.test(line)) ?? lines.at(-1) ?? '';
}

// npm puts this first in the PATH of what it runs: programs of packages are no tools of the user's.
const NPM_FOLDER = /node_modules\/\.bin\/?$/;

/** The full path of a program, looked for as a shell would; null when there is none. */
export function which(name, env = process.env) {
    const folders = isAbsolute(name) || name.includes('/')
        ? [''] : (env.PATH ?? '').split(delimiter).filter((folder) => folder && !NPM_FOLDER.test(folder));
    for (const folder of folders) {
        const path = resolve(folder, name);
        try {
            accessSync(path, constants.X_OK);
            if (statSync(path).isFile()) return path;
        } catch { /* not here: look in the next folder */ }
    }
    return null;
}

/** What is in a folder; nothing, if it is not there or not to be read. */
export function namesIn(folder) {
    try {
        return readdirSync(folder);
    } catch {
        return [];
    }
}

export async function sha256(path) {
    const hash = createHash('sha256');
    for await (const chunk of createReadStream(path)) hash.update(chunk);
    return hash.digest('hex');
}

export function digest(value) {
    return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 12);
}

/** Waits for all, then fails with the first failure: no work goes on behind a failed set-up. */
export async function settle(promises) {
    const results = await Promise.allSettled(promises);
    const failed = results.find(({ status }) => status === 'rejected');
    if (failed) throw failed.reason;
    return results.map(({ value }) => value);
}

/** A reader sees the whole old file or the whole new one, never a part. */
export async function writeWhole(path, text) {
    await mkdir(dirname(path), { recursive: true });
    const beside = `${path}.${process.pid}`;
    await writeFile(beside, text);
    await rename(beside, path);
}

/**
 * A name for work in progress. It ends in .part, by which the next set-up knows what a killed one
 * left, and is no other process's: children of a killed one may still be writing to theirs.
 */
export const partOf = (place) => `${place}.${process.pid}.part`;

/** Fill a folder beside its place and move it there when `fill` is through. */
export async function layFolder(place, fill) {
    const part = partOf(place);
    await rm(part, { recursive: true, force: true });
    await rm(place, { recursive: true, force: true });
    await mkdir(part, { recursive: true });
    try {
        await fill(part);
        checkInterrupted();
        await rename(part, place);
    } finally {
        if (existsSync(part)) await rm(part, { recursive: true, force: true });
    }
}

/** What the user sees: steps on stderr, one line each; on a terminal with a running figure. */
export class Report {
    constructor({ quiet = false, stream = process.stderr } = {}) {
        this.quiet = quiet;
        this.stream = stream;
        this.open = false;
        this.notes = new Set();
    }

    /** Told only by a call that has something to do: said every time, it would be noise. */
    note(text) { this.notes.add(text); }

    tellNotes() {
        for (const text of this.notes) this.step(text);
        this.notes.clear();
    }

    line(text) {
        if (this.open) this.stream.write('\r\x1b[K');
        this.open = false;
        this.stream.write(`eddy setup: ${text}\n`);
    }

    step(text) {
        if (!this.quiet) this.line(text);
    }

    /** Overwritten by whatever comes next; only people at a terminal want it. */
    figure(text) {
        if (this.quiet || !this.stream.isTTY) return;
        this.open = true;
        this.stream.write(`\r\x1b[Keddy setup: ${text}`);
    }
}
