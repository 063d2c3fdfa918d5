// build.mjs: the programs that eddy is compared with, built on demand into the tool cache. A peer
// that cannot be built has a reason instead of a program.

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { copyFile, mkdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder, digest, mustRun, Report } from '../../tools/setup/base.mjs';
import { go, rust } from './setup.mjs';

const HERE = dirname(fileURLToPath(import.meta.url));

function sourcesOf(folder) {
    return readdirSync(folder, { recursive: true }).sort()
        .map((name) => join(folder, name))
        .filter((path) => statSync(path).isFile())
        .map((path) => readFileSync(path, 'utf8'));
}

/** Cargo's own folder when the user has one, for the settings in it. */
function cargoHome(cache) {
    if (process.env.CARGO_HOME) return process.env.CARGO_HOME;
    const own = join(homedir(), '.cargo');
    return existsSync(own) ? own : join(cache, 'cargo');
}

async function cargo({ name, target, out, work, cache, tools }) {
    const bin = await rust();
    const variable = `CARGO_TARGET_${target.toUpperCase().replaceAll('-', '_')}_LINKER`;
    await mustRun('cargo build failed', [join(bin, 'cargo'), 'build', '--release', '--quiet',
        '--target', target, '--manifest-path', join(work, 'Cargo.toml')], {
        cwd: work,
        env: {
            CARGO_HOME: cargoHome(cache), CARGO_TARGET_DIR: join(work, 'target'),
            RUSTC: join(bin, 'rustc'), WASM_TOOLS: tools.wasmTools, RUSTFLAGS: '',
            [variable]: join(bin, target.endsWith('p2') ? 'component-ld' : 'wasm-ld'),
        },
    });
    await copyFile(join(work, 'target', target, 'release', `peer-${name}.wasm`), out);
}

const PEERS = {
    wstd: {
        extension: '.wasm',
        build: (job) => cargo({ ...job, target: 'wasm32-wasip2' }),
    },
    tokio: {
        extension: '.wasm',
        build: (job) => cargo({ ...job, target: 'wasm32-wasip1' }),
    },
    go: {
        extension: '.wasm',
        async build({ out, work, cache }) {
            await mustRun('go build failed', [await go(), 'build', '-trimpath', '-o', out, '.'], {
                cwd: work,
                env: {
                    GOOS: 'wasip1', GOARCH: 'wasm', GOTOOLCHAIN: 'local', GOFLAGS: '',
                    GOCACHE: join(cache, 'go-build'), GOPATH: join(cache, 'go-path'),
                },
            });
        },
    },
    fiber: {
        extension: '.mjs',
        needs: ({ emcc }) => emcc.version,
        async build({ out, work, tools: { emcc } }) {
            // The name stands in the module, which looks for the wasm beside itself.
            await mustRun('emcc failed', [...emcc.command, '-O3', '-sASYNCIFY', '-sASSERTIONS=0',
                '-sMODULARIZE', '-sEXPORT_ES6', '-sENVIRONMENT=node', '-sEXIT_RUNTIME=1',
                'fiber.c', '-o', out], { cwd: work, env: emcc.env });
        },
    },
};

/** -> { artifact } or { reason } */
async function buildPeer(name, tools, report) {
    const { extension, build, needs = () => null } = PEERS[name];
    const cache = join(cacheFolder(), 'peers');
    const source = join(HERE, name);
    const place = join(cache, `${name}-${digest([sourcesOf(source), needs(tools)])}`);
    const artifact = join(place, `${name}${extension}`);
    if (existsSync(artifact)) return { artifact };
    const work = `${place}.part-${process.pid}`;
    try {
        report.step(`building the ${name} peer`);
        await rm(work, { recursive: true, force: true });
        await mkdir(join(work, 'out'), { recursive: true });
        for (const path of readdirSync(source, { recursive: true })) {
            if (statSync(join(source, path)).isDirectory()) await mkdir(join(work, path));
            else await copyFile(join(source, path), join(work, path));
        }
        await build({ name, out: join(work, 'out', `${name}${extension}`), work, cache, tools });
        await rm(place, { recursive: true, force: true });
        await rename(join(work, 'out'), place);
        return { artifact };
    } catch (error) {
        if (error.name !== 'SetupError') throw error;
        return { reason: error.message };
    } finally {
        await rm(work, { recursive: true, force: true });
    }
}

/** Builds the peers in turn; -> { name: { artifact } or { reason } } */
export async function buildPeers(names, tools) {
    const report = new Report();
    const peers = {};
    for (const name of names) peers[name] = await buildPeer(name, tools, report);
    return peers;
}
