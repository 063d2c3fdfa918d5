// wasmtime.mjs: rows under wasmtime: a process for each round of each side, in turns.

import { existsSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { run, SetupError } from '../../tools/setup/base.mjs';
import { pinned } from './pinned.mjs';
import { startServer } from './server.mjs';

/** Compiles ahead, so that no side's figures hold its compilation. */
async function compile(wasmtime, version, artifact, always) {
    const out = artifact.replace(/\.wasm$/, `.${version}.cwasm`);
    if (existsSync(out) && !always) return out;
    const part = `${out}.${process.pid}`;
    const { code, stderr } = await run([wasmtime, 'compile', '-o', part, artifact]);
    if (code !== 0) throw new SetupError(`wasmtime cannot compile ${artifact}: ${stderr.trim()}`);
    await rename(part, out);
    return out;
}

async function once(wasmtime, program, args, isComponent) {
    const flags = isComponent ? ['-S', 'http'] : []; // which core modules refuse
    const { code, stdout, stderr } = await run(
        pinned([wasmtime, 'run', '--allow-precompiled', ...flags, program, ...args.map(String)]));
    const value = Number(/^\w+ (\d[\d.e+-]*)$/.exec(stdout.trim())?.[1]);
    if (code !== 0 || !Number.isFinite(value)) {
        throw new Error(`${program} ended with status ${code}: ${(stderr || stdout).trim()}`);
    }
    return value;
}

/** Samples of eddy and of every peer of a row, interleaved. */
async function sample(sides, rounds) {
    const samples = Object.fromEntries(Object.keys(sides).map((name) => [name, []]));
    for (let round = 0; round < rounds; round++) {
        const names = Object.keys(sides);
        if (round % 2) names.reverse();
        for (const name of names) {
            if (samples[name].error) continue;
            try {
                samples[name].push(await sides[name]());
            } catch (error) {
                samples[name].error = error.message;
            }
        }
    }
    return samples;
}

export async function measureOnWasmtime({ rows, artifacts, components, peers, tools, quick }) {
    const { wasmtime } = tools;
    const { stdout } = await run([wasmtime, '--version']);
    const version = /\d[\d.]*/.exec(stdout)[0];
    const host = `wasmtime ${version.split('.')[0]}`;
    const results = [];
    for (const row of rows) {
        const server = row.server && await startServer();
        const args = [...(server ? [server.url] : []), ...(quick ? row.quick : row.args)];
        const artifact = (row.wasip2 ? components : artifacts)[row.program];
        const own = await compile(wasmtime, version, artifact, true);
        const sides = { eddy: () => once(wasmtime, own, args, row.wasip2) };
        if (row.without) {
            const other = artifacts[`${row.program}-${row.without}`];
            const program = await compile(wasmtime, version, other, true);
            sides[row.without] = () => once(wasmtime, program, args);
        }
        for (const name of row.peers ?? []) {
            if (!peers[name].artifact) continue;
            const program = await compile(wasmtime, version, peers[name].artifact, false);
            sides[name] = () => once(wasmtime, program, [row.program, ...args], name === 'wstd');
        }
        const { eddy, ...others } = await sample(sides, quick ? 2 : row.rounds);
        server?.close?.();
        for (const [label, baseline] of Object.entries(others)) {
            const error = eddy.error ?? baseline.error;
            results.push({ row, host, label, value: eddy, baseline, error });
        }
    }
    return results;
}
