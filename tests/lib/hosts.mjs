// hosts.mjs: builds and runs programs for the tests. Hosts are opened once per test file and closed
// at its end.

import assert from 'node:assert/strict';
import { after } from 'node:test';
import { build } from '../../tools/build.mjs';
import { HOSTS, openHost } from '../../tools/hosts/index.mjs';
import { runProcess } from '../../tools/hosts/process.mjs';
import { setup } from '../../tools/setup.mjs';

/** Hosts with the network of a server, and pages; and both: every host of JavaScript. */
export const JS_SERVERS = ['node', 'node-26', 'deno', 'bun', 'workerd'];
export const PAGES = ['chromium', 'firefox'];
export const JS_HOSTS = [...JS_SERVERS, ...PAGES];

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

const built = new Map(); // what, how -> the promise of its artifact: nothing changes while a test file runs

/** Builds a C file of the project for a host. -> the artifact's path */
export function artifactOf(hostName, program, mode) {
    const options = { ...(mode ? { mode } : {}), ...HOSTS[hostName].build };
    const key = JSON.stringify([program, options]);
    if (!built.has(key)) {
        built.set(key, build({ ...options, quiet: true, programs: [program] })
            .then((artifacts) => artifacts.get(program)));
    }
    return built.get(key);
}

/** Builds and runs; null if there is no such host. */
export async function runOn(t, hostName, program, { mode, ...options } = {}) {
    const host = await needHost(t, hostName);
    if (!host) return null;
    return host.run(await artifactOf(hostName, program, mode), options);
}

/** Whether this machine's compiler has C++; if not the test is skipped, and in CI it fails. */
export async function needCxx(t) {
    const { cc } = await setup({ want: ['native'], quiet: true });
    const flags = ['-x', 'c++', '-std=c++17', '-fsyntax-only', '-'];
    const { code } = await runProcess([cc, ...flags], { stdin: '#include <string>\n' });
    assert.ok(code === 0 || !process.env.CI, 'CI must have C++');
    if (code !== 0) t.skip('the C compiler of this machine has no C++');
    return code === 0;
}

/** What went wrong, for a person, in an assertion's message. */
export function told({ code, stdout, stderr }) {
    return `exit status ${code}\n--- stdout\n${stdout}--- stderr\n${stderr}---`;
}
