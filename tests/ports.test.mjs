// Programs that are ported: libc's sleeps suspend the task; the page's frames.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runOn, told } from './lib/hosts.mjs';

for (const [hostName, ...args] of [['native'], ['node'], ['lean'], ['chromium', 'frames'], ['chromium-worker', 'frames']]) {
    test(`sleeps and frames on ${hostName}`, async (t) => {
        const result = await runOn(t, hostName, 'tests/programs/ports.c', { args });
        if (!result) return;
        assert.equal(result.stdout, 'ok\n', told(result));
        assert.equal(result.code, 0, told(result));
    });
}
