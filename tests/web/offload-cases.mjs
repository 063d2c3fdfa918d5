// offload-cases.mjs: calls of tests/programs/offloaded.c, whose work is done in workers.

import { equal, ok, pause, rejection } from './check.mjs';

const failure = async (promise) => {
    const { name, message } = await rejection(promise);
    return [name, message];
};
const up = (n) => Array.from({ length: n }, (_, i) => i);

// Bun's terminate() does not reach a loop of nothing but wasm (oven-sh/bun pull request 36356).
const spinForEver = (app, ...list) => (globalThis.Bun ? app.spin_and_look(...list) : app.spin_for_ever(...list));

export const cases = {
    async 'a hundred calls at a time'({ app }) {
        equal(await Promise.all(up(100).map((n) => app.square_of(n))), up(100).map((n) => n * n));
        equal(await app.close(), 0);
    },
    async 'several instances of one module, each with its workers'({ app, create }) {
        const apps = [app, ...(await Promise.all([create(), create()])).map((one) => one.eddy ?? one)];
        const all = await Promise.all(apps.flatMap((one) => up(8).map((n) => one.square_of(n))));
        equal(all, [0, 1, 2].flatMap(() => up(8).map((n) => n * n)));
        await Promise.all(apps.map((one) => one.close()));
    },
    async 'who calls stays responsive during a job'({ app }) {
        await app.square_of(1); // the worker is there
        const isSeen = globalThis.document?.visibilityState === 'visible';
        let fired = 0, frames = 0;
        // A busy machine may need a longer job; whoever waits for it gets no turn meanwhile.
        for (let length = 1000; length <= 16_000 && (fired < 5 || (isSeen && frames < 5)); length *= 4) {
            let goesOn = true;
            fired = frames = 0;
            const interval = setInterval(() => { fired++; }, 10);
            const frame = () => {
                frames++;
                if (goesOn) requestAnimationFrame(frame);
            };
            if (isSeen) requestAnimationFrame(frame);
            equal(await app.spin(length), 1);
            clearInterval(interval);
            goesOn = false;
        }
        ok(fired >= 5, `a 10 ms interval fired ${fired} times during a job`);
        ok(frames >= 5 || !isSeen, `there were ${frames} frames during a job`);
        await app.close();
    },
    async 'a signal ends a job that never would'({ app }) {
        const controller = new AbortController();
        const call = spinForEver(app, { signal: controller.signal });
        await pause(50);
        controller.abort();
        equal((await rejection(call)).name, 'EDDY_ECANCELED');
        equal(await app.square_of(5), 25);
        await app.close();
    },
    async 'a module that is closed with jobs under way and in line'({ app }) {
        equal(await app.set_limit(1), 0);
        const calls = up(3).map(() => rejection(spinForEver(app)));
        await pause(50);
        equal(await app.close(), 0);
        equal((await Promise.all(calls)).map(({ name }) => name), up(3).map(() => 'EDDY_ECANCELED'));
    },
    async 'a worker that traps, and the next'({ app }) {
        const [name, message] = await failure(app.trap());
        equal(name, 'EDDY_EHOST');
        ok(/the worker trapped: .*unreachable/i.test(message), message);
        equal(await Promise.all([app.square_of(3), app.square_of(4)]), [9, 16]);
        await app.close();
    },
    async 'memory that grows meanwhile'({ app }) {
        const bytes = new Uint8Array(1 << 20).map((_, i) => i % 251);
        const calls = up(3).map(() => app.reversed(bytes));
        await pause(1);
        equal(await app.grow(32 << 20), 1);
        for (const result of await Promise.all(calls)) {
            equal(result.length, bytes.length);
            ok(result.every((byte, i) => byte === bytes[bytes.length - 1 - i]), 'reversed');
        }
        await app.close();
    },
    async 'an argument that is not in the memory'({ app }) {
        equal((await rejection(app.point_outside())).name, 'EDDY_EINVAL');
        equal(await app.square_of(6), 36);
        await app.close();
    },
    async 'JavaScript of the module in its workers'({ app }) {
        equal(await app.ask_javascript(), 42);
        await app.close();
    },
};
