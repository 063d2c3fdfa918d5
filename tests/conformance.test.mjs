// Every conformance program on every host: its trace, line by line, and its memory.

import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { test } from 'node:test';
import { buildCases, checkCase, CONFORMANCE_HOSTS, listCases } from '../tools/conformance.mjs';
import { needHost } from './lib/hosts.mjs';

for (const hostName of CONFORMANCE_HOSTS) {
    test(`conformance on ${hostName}`, { concurrency: availableParallelism() }, async (t) => {
        const host = await needHost(t, hostName);
        if (!host) return;
        const names = listCases();
        const artifacts = await buildCases(hostName, names);
        await Promise.all(names.map((name) => t.test(name, async () => {
            const wrong = await checkCase(host, artifacts.get(name), name);
            assert.equal(wrong.length, 0, `\n${wrong.join('\n')}`);
        })));
    });
}
