// pinned.mjs: both sides of a comparison on one core, so that a figure is what the work costs, with
// its garbage collection, and not how well it is spread over a machine that has nothing else to do.

import { execFileSync } from 'node:child_process';
import { which } from '../../tools/setup/base.mjs';

function lastCore() {
    if (!which('taskset')) return null;
    try {
        // "pid 12's current affinity list: 0-3,8"
        const text = execFileSync('taskset', ['-cp', String(process.pid)], { encoding: 'utf8' });
        return /(\d+)\s*$/.exec(text)?.[1] ?? null;
    } catch {
        return null;
    }
}

const core = lastCore();

/** The command on one core, where the system has a way to say so. */
export function pinned(command) {
    return core === null ? command : ['taskset', '-c', core, ...command];
}

export const isPinned = core !== null;
