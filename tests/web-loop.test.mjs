// The loop is a guest of JavaScript's event loop: it lets everyone else in, keeps one host timer, and
// holds Node alive exactly while there is work.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { artifactOf, needHost, runOn, told } from './lib/hosts.mjs';

const YIELDERS = 'tests/programs/yielders.c';
const ALIVE = 'tests/programs/alive.c';
const SECONDS = 3;

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

// What others get beside tasks that yield is measured by turns of the host's loop, weighed by their length: a quarter
// of the time passes in turns no longer than `turn`. eddy gives way after about 8 ms; a machine that does other things
// as well makes that longer, also for the turns of 8 ms that are measured for comparison. How many frames there are
// in a second is for the machine to say, too.
const LEAST = 10; // frames, and firings of an interval, while the tasks yield

/**
 * Runs where the program runs: -> how often an interval fired, how many frames there were, and the turns of a loop of
 * messages. `busy`: milliseconds that each of those keeps the thread for. It goes by its text into pages.
 */
function watchLoop(milliseconds, busy = 0) {
    return new Promise((done) => {
        const turns = [];
        let frames = 0, fired = 0, last = performance.now(), goesOn = true;
        const { port1, port2 } = new MessageChannel();
        const frame = () => {
            frames++;
            if (goesOn) requestAnimationFrame(frame);
        };
        const interval = setInterval(() => { fired++; }, 10);
        if (globalThis.requestAnimationFrame) requestAnimationFrame(frame);
        port1.onmessage = () => {
            const now = performance.now();
            turns.push(now - last);
            last = now;
            while (performance.now() < now + busy) continue;
            if (goesOn) port2.postMessage(0);
        };
        port2.postMessage(0);
        setTimeout(() => {
            goesOn = false;
            clearInterval(interval);
            port1.close();
            turns.sort((a, b) => a - b);
            let left = turns.reduce((sum, each) => sum + each, 0) / 4;
            done({ frames, fired, turn: turns.find((each) => (left -= each) <= 0) ?? Infinity });
        }, milliseconds);
    });
}

/** What `attempt` measures must hold once in eight times: a machine may stand still meanwhile. */
async function oneOfEight(attempt) {
    const wrong = [];
    while (wrong.length < 8) {
        const problem = await attempt();
        if (!problem) return;
        wrong.push(problem);
    }
    assert.fail(wrong.join('\n'));
}

/** What is wrong with what watchLoop() has seen beside the program, and alone with turns of 8 ms. */
function judge({ frames, fired, turn }, alone, result, hasFrames) {
    assert.equal(result.code, 0, told(result));
    const yields = Number(/^(\d+) yields\n$/.exec(result.stdout)?.[1]);
    const most = 3 * Math.max(alone.turn, 8);
    if (yields >= 20_000 && fired >= LEAST && turn <= most && (!hasFrames || frames >= LEAST)) return null;
    return `${yields} yields of 10,000 tasks, ${fired} firings of an interval, ${frames} frames, turns of ` +
        `${turn.toFixed(1)} ms; without the program there are turns of ${alone.turn.toFixed(1)} ms`;
}

test('frames and timers go on on node beside 10,000 tasks that yield', async () => {
    await artifactOf('node', YIELDERS);
    await oneOfEight(async () => {
        const watch = watchLoop((SECONDS - 0.5) * 1000);
        const result = await runHere(YIELDERS, [String(SECONDS), '10000']);
        return judge(await watch, await watchLoop(500, 8), result, false);
    });
});

for (const hostName of ['chromium', 'chromium-worker', 'firefox']) {
    test(`frames and timers go on on ${hostName} beside 10,000 tasks that yield`, async (t) => {
        const during = async (page) => {
            const beside = await page.evaluate(watchLoop, (SECONDS - 0.5) * 1000);
            await page.waitForFunction(() => globalThis.eddyOutput.stdout.includes('yields'));
            return [beside, await page.evaluate(watchLoop, 500, 8)];
        };
        await oneOfEight(async () => {
            const result = await runOn(t, hostName, YIELDERS, { args: [String(SECONDS), '10000'], during });
            return result && judge(...result.during, result, true);
        });
    });
}

test('Node stays alive exactly while work is pending', async (t) => {
    // What holds it would for an hour: then the program is stopped.
    const ends = async (what, code, stdout) => {
        const result = await runOn(t, 'node', ALIVE, { args: [what] });
        assert.equal(result.stdout, stdout, told(result));
        assert.equal(result.code, code, told(result));
        return result;
    };
    await t.test('until a sleep is over', () => ends('sleep', 0, 'slept\n'));
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
    assert.ok(all >= 1 && all < 1000, `${all} timers for 97 deadlines`);
    assert.equal(left, 0, 'the last timer is gone with the last sleep');
});

test('one host timer, also when an earlier one is wanted', async () => {
    const { most, left } = await countTimers('earlier');
    assert.equal(most, 1, `${most} timers at a time`);
    assert.equal(left, 0, 'the last timer is gone with the run');
});

test('Node is idle while a task sleeps', async (t) => {
    if (!(await needHost(t, 'node'))) return;
    await oneOfEight(async () => {
        const before = process.cpuUsage();
        const began = performance.now();
        await runHere(ALIVE, ['sleep']);
        const { user, system } = process.cpuUsage(before);
        const share = (user + system) / 1000 / (performance.now() - began);
        return share < 0.5 ? null : `it used ${(share * 100).toFixed(0)} % of a processor`;
    });
});
