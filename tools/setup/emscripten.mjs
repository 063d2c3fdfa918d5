// Emscripten on the tree: its configuration, and its system libraries built once, so that links
// running beside one another later find them and do not wait for its lock.

import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LINK } from '../flags.mjs';
import { digest, mustRun, run, SetupError, writeWhole } from './base.mjs';
import { treePaths } from './tree.mjs';

// The project's own links, because the libraries that Emscripten takes depend on the flags. Flags
// that change later only mean that a link builds what is missing.
const LINKS = [LINK.web.release, LINK.web.debug].map((flags) => [...LINK.web.all, ...flags]);

const PROGRAM = `#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <math.h>
#include <time.h>
#include <emscripten.h>
EM_JS(int, answer, (void), { return 42; });
int main(int argc, char **argv) {
    char *text = malloc((size_t)argc * 64);
    if (!text) return 1;
    snprintf(text, 64, "%d %.1f %d", answer(), sqrt(argc * 4.0), clock() >= 0);
    puts(text);
    free(text);
    return argv == NULL;
}
`;

/** The compiler's command line; a configuration for other paths has another file. */
export async function emscriptenCommand({ tree, cacheDir, python, node }) {
    const paths = treePaths(tree);
    const config = Object.entries({
        LLVM_ROOT: paths.bin, BINARYEN_ROOT: paths.usr, NODE_JS: node,
        EMSCRIPTEN_ROOT: paths.emscripten, CACHE: cacheDir,
    }).map(([name, value]) => `${name} = ${JSON.stringify(value)}\n`).join('');
    const file = join(cacheDir, '..', `config-${digest(config)}`);
    if (!existsSync(file)) await writeWhole(file, config);
    return {
        command: [python, '-E', join(paths.emscripten, 'emcc.py')],
        // Emscripten starts its parts through scripts that look for a Python by themselves.
        env: { EM_CONFIG: file, EM_CACHE: cacheDir, EMSDK_PYTHON: python },
    };
}

/**
 * What emcc compiles C by, without its Python, which takes longer than a small file: the compiler and its first
 * flags; null if they cannot be told. `place`: a folder that goes with this Emscripten.
 */
export async function emscriptenClang({ emcc, tree, place }) {
    const file = join(place, 'cflags');
    const known = await readFile(file, 'utf8').catch(() => null);
    const { code, stdout } = known ? { code: 0, stdout: known } : await run([...emcc.command, '--cflags'], { env: emcc.env });
    const flags = stdout.trim();
    if (code !== 0 || !flags.startsWith('-target ') || /["'\\$`\n]/.test(flags)) return null; // quoted words, say
    if (!known) await writeWhole(file, stdout).catch(() => {});
    return [join(treePaths(tree).bin, 'clang'), ...flags.split(/ +/)];
}

export async function emscriptenVersion(tree) {
    const file = join(treePaths(tree).emscripten, 'emscripten-version.txt');
    return (await readFile(file, 'utf8')).replace(/["\s]/g, '');
}

/** Link and run one program with each set of flags. */
export async function checkEmscripten({ emcc, node, folder, report }) {
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    try {
        const source = join(folder, 'try.c');
        await writeFile(source, PROGRAM);
        report.step('building Emscripten\'s system libraries (once, about a minute)');
        for (const [i, flags] of LINKS.entries()) {
            report.figure(`building system libraries: set ${i + 1} of ${LINKS.length}`);
            const out = join(folder, `try${i}.mjs`);
            await mustRun('emcc does not work', [...emcc.command, source, ...flags, '-o', out],
                { env: emcc.env });
            const text = `await (await import(${JSON.stringify(out)})).default()`;
            const { stdout } = await mustRun('emcc\'s output does not run in Node',
                [node, '--input-type=module', '-e', text]);
            if (stdout.trim() !== '42 2.0 1') {
                throw new SetupError(`emcc's output is wrong in Node: "${stdout.trim()}"`);
            }
        }
    } finally {
        await rm(folder, { recursive: true, force: true });
    }
}
