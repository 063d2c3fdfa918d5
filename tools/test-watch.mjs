// test-watch.mjs: imported before each test file by tools/test.mjs: ends a file in which nothing has happened for
// long, and says which test that was and what it waited for. Node's own limit of a file only says how long it took.
// Whoever waits in a test has a shorter limit of their own, and says more.

import { readdirSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach } from 'node:test';

const LONGEST = 15 * 60_000; // milliseconds between two beginnings or ends of tests

/** The commands of the processes that this one has started and that still run; where there is a /proc. */
function children() {
    try {
        return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).flatMap((pid) => {
            try {
                const stat = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ');
                if (Number(stat[1]) !== process.pid) return [];
                return [`  process ${pid}: ${readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').slice(0, 400)}`];
            } catch {
                return []; // it has just ended
            }
        });
    } catch {
        return [];
    }
}

function endFile(running) {
    const where = running.size ? `in the test ${[...running].map((name) => `"${name}"`).join(', ')}` : 'after the tests';
    process.stderr.write([`eddy: nothing has happened for ${LONGEST / 1000} s ${where} of ${process.argv[1]}`,
        `  pending: ${process.getActiveResourcesInfo().join(', ')}`, ...children(), ''].join('\n'));
    process.exit(1);
}

if (process.env.NODE_TEST_CONTEXT) {
    const running = new Set();
    let timer;
    // Not a reason to stay alive: it looks only at those who have one.
    const again = () => {
        clearTimeout(timer);
        timer = setTimeout(endFile, LONGEST, running).unref();
    };
    beforeEach((t) => {
        running.add(t.fullName ?? t.name);
        again();
    });
    afterEach((t) => {
        running.delete(t.fullName ?? t.name);
        again();
    });
    again();
}
