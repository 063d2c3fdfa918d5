// Datagrams: one program on every host that has them, by loopback.

import assert from 'node:assert/strict';
import { networkInterfaces } from 'node:os';
import { test } from 'node:test';
import { runOn, told } from './lib/hosts.mjs';

const UDP = 'tests/programs/udp.c';
const hasSix = Object.values(networkInterfaces()).flat().some(({ address }) => address === '::1');
if (!hasSix) process.stderr.write('eddy: this machine has no IPv6: datagrams are tested by IPv4 alone\n');
const six = hasSix ? ['six'] : [];

function isOk(result) {
    assert.equal(result.stdout, 'ok\n', told(result));
    assert.equal(result.code, 0, told(result));
}

for (const hostName of ['native', 'node', 'lean', 'node-26', 'deno', 'bun', 'wasmtime']) {
    test(`datagrams on ${hostName}`, async (t) => {
        const more = ['native', 'wasmtime'].includes(hostName) ? [] : ['counts'];
        const result = await runOn(t, hostName, UDP, { args: [...six, ...more] });
        if (result) isOk(result);
    });
}

for (const hostName of ['chromium', 'workerd', 'wasmtime-p1']) {
    test(`${hostName} has none, and says so`, async (t) => {
        const result = await runOn(t, hostName, UDP);
        if (!result) return;
        assert.match(result.stderr, /main ended with EDDY_ENOSYS: this host has no UDP: 127\.0\.0\.1/, told(result));
        assert.notEqual(result.code, 0);
    });
}
