// hosts.mjs: builds and runs programs for the tests. Hosts are opened once per test file and closed
// at its end.

import assert from 'node:assert/strict';
import { after } from 'node:test';
import { build } from '../../tools/build.mjs';
import { HOSTS, openHost } from '../../tools/hosts/index.mjs';

const opened = new Map();

after(async () => {
    for (const host of opened.values()) await (await host)?.close();
});

/** The host, or null where this machine has none (a line on stderr has said so). */
export function hostOf(name) {
    if (!opened.has(name)) opened.set(name, openHost(name));
    return opened.get(name);
}

/**
 * The host; where there is none the test is skipped, with the reason. In CI, which must have every
 * host, it fails instead.
 */
export async function needHost(t, name) {
    const host = await hostOf(name);
    if (host) return host;
    assert.ok(!process.env.CI, `CI must have the host ${name}`);
    t.skip(`no ${name} on this machine`);
    return null;
}

/** Builds a C file of the project for a host. -> the artifact's path */
export async function artifactOf(hostName, program, mode) {
    const options = { ...(mode ? { mode } : {}), ...HOSTS[hostName].build, quiet: true };
    return (await build({ ...options, programs: [program] })).get(program);
}

/** Builds and runs; null if there is no such host. */
export async function runOn(t, hostName, program, { mode, ...options } = {}) {
    const host = await needHost(t, hostName);
    if (!host) return null;
    return host.run(await artifactOf(hostName, program, mode), options);
}

/** What went wrong, for a person, in an assertion's message. */
export function told({ code, stdout, stderr }) {
    return `exit status ${code}\n--- stdout\n${stdout}--- stderr\n${stderr}---`;
}
