// The loop is a guest of JavaScript's event loop: it lets everyone else in, keeps one host timer, and
// holds Node alive exactly while there is work.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { artifactOf, needHost, runOn, told } from './lib/hosts.mjs';

const YIELDERS = 'tests/programs/yielders.c';
const ALIVE = 'tests/programs/alive.c';
const SECONDS = 5;

/** Runs a web program inside this process, where its host's behaviour can be watched. */
async function runHere(program, args) {
    const { default: create } = await import(pathToFileURL(await artifactOf('node', program)));
    let stdout = '';
    const code = await new Promise((done, fail) => {
        create({
            arguments: args, onEddyExit: done,
            print: (line) => { stdout += `${line}\n`; }, printErr: (line) => { stdout += `${line}\n`; },
        }).catch(fail);
    });
    return { code, stdout, stderr: '' };
}

/** Counts how often an interval fires, and the longest pause between two times. */
function watchInterval(milliseconds) {
    let fired = 0, longest = 0, last = performance.now();
    const interval = setInterval(() => {
        const now = performance.now();
        longest = Math.max(longest, now - last);
        last = now;
        fired++;
    }, milliseconds);
    return () => {
        clearInterval(interval);
        return { fired, longest };
    };
}

test('frames and timers go on on node beside 10,000 tasks that yield', async () => {
    const stop = watchInterval(10);
    const result = await runHere(YIELDERS, [String(SECONDS), '10000']);
    const { fired, longest } = stop();
    assert.equal(result.code, 0, told(result));
    assert.match(result.stdout, /^\d{6,} yields\n$/, 'the tasks must have got on as well');
    // 500 on an idle machine. A loop that kept the thread for 50 ms at a time would allow 100.
    assert.ok(fired >= 250, `it fired ${fired} times in ${SECONDS} s`);
    assert.ok(longest < 250, `it paused for ${longest.toFixed(0)} ms`);
});

for (const hostName of ['chromium', 'chromium-worker', 'firefox']) {
    test(`frames and timers go on on ${hostName} beside 10,000 tasks that yield`, async (t) => {
        const watch = (page) => page.evaluate((milliseconds) => new Promise((done) => {
            let frames = 0, fired = 0, longest = 0, last = performance.now();
            const began = last;
            const frame = (now) => {
                frames++;
                longest = Math.max(longest, now - last);
                last = now;
                if (now - began < milliseconds) requestAnimationFrame(frame);
                else done({ frames, fired, longest });
            };
            setInterval(() => { fired++; }, 10);
            requestAnimationFrame(frame);
        }), (SECONDS - 0.5) * 1000);
        const result = await runOn(t, hostName, YIELDERS,
            { args: [String(SECONDS), '10000'], during: watch });
        if (!result) return;
        assert.equal(result.code, 0, told(result));
        assert.match(result.stdout, /^\d{6,} yields\n$/, 'the tasks must have got on as well');
        // 270 frames and 450 intervals on an idle machine.
        const { frames, fired, longest } = result.during;
        assert.ok(frames >= 135, `${frames} frames in ${SECONDS - 0.5} s`);
        assert.ok(fired >= 200, `the interval fired ${fired} times in ${SECONDS - 0.5} s`);
        assert.ok(longest < 250, `there was no frame for ${longest.toFixed(0)} ms`);
    });
}

test('Node stays alive exactly while work is pending', async (t) => {
    const live = async (what) => {
        const began = performance.now();
        const result = await runOn(t, 'node', ALIVE, { args: [what], timeout: 20_000 });
        return { ...result, milliseconds: performance.now() - began };
    };
    await live('status'); // builds it, and warms up Node's start

    const ends = async (what, code, stdout) => {
        const result = await live(what);
        assert.equal(result.stdout, stdout, told(result));
        assert.equal(result.code, code, told(result));
        assert.ok(result.milliseconds < 5000, `${what}: it ended after ${result.milliseconds} ms`);
        return result;
    };
    await t.test('until a sleep is over', async () => {
        const { milliseconds } = await ends('sleep', 0, 'slept\n');
        assert.ok(milliseconds >= 500, `it ended after ${milliseconds} ms`);
    });
    await t.test('not for what main left behind', () => ends('leftover', 0, ''));
    await t.test('not for the timer of a cancelled sleep', () => ends('cancelled', 0, 'slept\n'));
    await t.test('not in a deadlock', async () => {
        const { stderr } = await ends('deadlock', 1, '');
        assert.match(stderr, /deadlock/);
        assert.match(stderr, /alive\.c:\d+/, 'it says where');
    });
    await t.test('and leaves with the status of main', () => ends('status', 7, ''));
});

/** Runs the program here; -> the most timers that were set at a time, how many in all and at the end. */
async function countTimers(what) {
    const { setTimeout: realSet, clearTimeout: realClear } = globalThis;
    const active = new Set();
    let most = 0, all = 0;
    globalThis.setTimeout = (callback, ...rest) => {
        const timer = realSet((...args) => {
            active.delete(timer);
            callback(...args);
        }, ...rest);
        active.add(timer);
        most = Math.max(most, active.size);
        all++;
        return timer;
    };
    globalThis.clearTimeout = (timer) => {
        active.delete(timer);
        realClear(timer);
    };
    try {
        const result = await runHere(ALIVE, [what]);
        assert.equal(result.code, 0, told(result));
        await new Promise(setImmediate); // the tick that ended the run goes on after it
        return { most, all, left: active.size };
    } finally {
        for (const timer of active) realClear(timer); // a failed test must not wait for them
        globalThis.setTimeout = realSet;
        globalThis.clearTimeout = realClear;
    }
}

test('one host timer, whatever the number of sleeping tasks', async () => {
    const { most, all, left } = await countTimers('many');
    assert.equal(most, 1, `${most} timers at a time`);
    assert.ok(all >= 20 && all < 1000, `${all} timers for 97 deadlines`);
    assert.equal(left, 0, 'the last timer is gone with the last sleep');
});

test('one host timer, also when an earlier one is wanted', async () => {
    const { most, left } = await countTimers('earlier');
    assert.equal(most, 1, `${most} timers at a time`);
    assert.equal(left, 0, 'the last timer is gone with the run');
});

test('Node is idle while a task sleeps', async (t) => {
    if (!(await needHost(t, 'node'))) return;
    const before = process.cpuUsage();
    const began = performance.now();
    await runHere(ALIVE, ['sleep']);
    const { user, system } = process.cpuUsage(before);
    const share = (user + system) / 1000 / (performance.now() - began);
    assert.ok(share < 0.5, `it used ${(share * 100).toFixed(0)} % of a processor`);
});
