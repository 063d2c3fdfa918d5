// One set-up at a time in one cache folder, and none that outlives its signal.
//
// The lock is a file that its holder touches every two seconds: a holder that was killed, or
// whose machine went away, stops touching it. A process id alone would not do, because cache
// folders are shared between containers, and each counts its processes from 1.

import { linkSync, readFileSync, renameSync, rmSync, statSync, utimesSync,
         writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkInterrupted, endChildren, SetupError } from './base.mjs';

const TOUCH_MS = 2000;
const STALE_MS = 20000;

function read(path) {
    try {
        return { text: readFileSync(path, 'utf8'), age: Date.now() - statSync(path).mtimeMs };
    } catch {
        return null;
    }
}

function holderIsGone({ text, age }) {
    if (age > STALE_MS) return true;
    try {
        const { pid, host } = JSON.parse(text);
        if (host !== hostname()) return false;
        process.kill(pid, 0);
        return false;
    } catch (error) {
        return error.code === 'ESRCH';
    }
}

/** Two waiters may both find the lock stale: who moves away a fresh one puts it back. */
function breakLock(path, seen) {
    const aside = `${path}.${process.pid}`;
    try {
        renameSync(path, aside);
        if (readFileSync(aside, 'utf8') !== seen.text) linkSync(aside, path);
    } catch { /* somebody else was faster */ }
    rmSync(aside, { force: true });
}

/** Waits for the lock file `path` and takes it; -> a function that gives it back. */
export async function takeLock(path, onWait = () => {}) {
    const mine = JSON.stringify({ pid: process.pid, host: hostname(), began: Date.now() });
    for (let told = false; ; ) {
        checkInterrupted();
        try {
            writeFileSync(path, mine, { flag: 'wx' });
            break;
        } catch (cause) {
            if (cause.code !== 'EEXIST') {
                throw new SetupError(`cannot write in ${dirname(path)}: ${cause.code}`);
            }
        }
        const seen = read(path);
        if (seen && holderIsGone(seen)) {
            breakLock(path, seen);
        } else if (seen && !told) {
            onWait();
            told = true;
        }
        await sleep(100);
    }
    const touch = setInterval(() => {
        try { utimesSync(path, new Date(), new Date()); } catch { /* the cache was removed */ }
    }, TOUCH_MS);
    touch.unref();
    return () => {
        clearInterval(touch);
        if (read(path)?.text === mine) rmSync(path, { force: true });
    };
}

async function take(cache, report) {
    await mkdir(cache, { recursive: true }).catch((cause) => {
        throw new SetupError(`cannot make the tool cache ${cache}: ${cause.code}. ` +
            'Set EDDY_CACHE to a folder that can be written');
    });
    return takeLock(join(cache, '.setup-lock'),
        () => report.step(`another set-up is at work in ${cache}; waiting for it`));
}

/**
 * Run `work` alone. On a signal its children are ended, what it was laying is removed, one line
 * says so, and the process ends by that same signal.
 */
export async function alone(cache, report, work) {
    let got = null;
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
    const onSignal = (signal) => {
        got ??= signal;
        endChildren(got);
    };
    for (const signal of signals) process.on(signal, onSignal);
    let release = () => {};
    try {
        release = await take(cache, report);
        const result = await work();
        checkInterrupted();
        return result;
    } finally {
        release();
        for (const signal of signals) process.off(signal, onSignal);
        if (got) {
            report.line('interrupted; nothing half-done is left, and what was fetched is kept. ' +
                'Run it again to go on');
            process.kill(process.pid, got);
            await sleep(1000);
        }
    }
}
