// The folder of compilers: Debian packages unpacked in one place and made to run there, on their
// own libc, whatever the system's is. Version numbers in paths are read from the folder.

import { existsSync, readdirSync } from 'node:fs';
import { lstat, mkdir, open, readdir, readlink, rm, symlink } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { layFolder, mustRun, SetupError } from './base.mjs';

// Of LLVM's hundred programs, those that the builds and the tests call. Not llvm-objdump and
// llvm-symbolizer: they want a network client for debug servers, 30 more packages
// (`wasm-tools print` and `wasm-tools objdump` do that work here).
const KEEP = new Set(['clang', 'lld', 'wasm-ld', 'llvm-ar', 'llvm-nm', 'llvm-objcopy',
    'llvm-readobj', 'llvm-size', 'llvm-dwarfdump', 'llvm-cxxfilt', 'llvm-strings', 'llvm-dwp',
    'llc', 'opt']);
const KEEP_BINARYEN = /^wasm-(?!shell|reduce|fuzz)|^wasm2js$/;

const NOT_NEEDED = ['etc', 'usr/share/doc', 'usr/share/man', 'usr/share/lintian',
    'usr/share/bash-completion', 'usr/share/emacs', 'usr/share/vim', 'usr/share/doc-base',
    'usr/share/gdb', 'usr/share/clang', 'usr/share/emscripten/docs', 'usr/share/emscripten/media',
    'usr/include/x86_64-linux-gnu', 'usr/lib/systemd', 'usr/lib/cmake', 'var',
    'usr/lib/bfd-plugins'];

function only(folder, pattern, what) {
    const found = existsSync(folder) ? readdirSync(folder).filter((n) => pattern.test(n)) : [];
    if (!found.length) throw new SetupError(`the unpacked packages hold no ${what}`);
    return join(folder, found.sort((a, b) => a.localeCompare(b, 'en', { numeric: true })).at(-1));
}

/** Where things are in a tree. */
export function treePaths(tree) {
    const usr = join(tree, 'usr');
    const llvm = only(join(usr, 'lib'), /^llvm-\d+$/, 'LLVM');
    const clangLib = only(join(llvm, 'lib/clang'), /^\d+$/, 'clang headers');
    const native = only(join(usr, 'lib'), /-linux-gnu\w*$/, 'native libraries');
    return {
        usr, llvm, native, bin: join(llvm, 'bin'),
        loader: only(native, /^ld-linux.*\.so\.\d+$/, 'dynamic loader'),
        builtins: join(clangLib, 'lib/wasi/libclang_rt.builtins-wasm32.a'),
        emscripten: join(usr, 'share/emscripten'),
        wasmOpt: join(usr, 'bin/wasm-opt'),
    };
}

async function isElf(path) {
    const file = await open(path);
    try {
        const { buffer } = await file.read(Buffer.alloc(4), 0, 4, 0);
        return buffer.readUInt32BE() === 0x7f454c46;
    } finally {
        await file.close();
    }
}

async function trim(tree) {
    for (const name of NOT_NEEDED) await rm(join(tree, name), { recursive: true, force: true });
    const { bin, usr } = treePaths(tree);
    for (const name of await readdir(bin)) {
        const path = join(bin, name);
        const target = (await lstat(path)).isSymbolicLink() ? await readlink(path) : name;
        if (!KEEP.has(target) && !KEEP.has(name)) await rm(path, { recursive: true });
    }
    for (const name of await readdir(join(usr, 'bin'))) {
        if (!KEEP_BINARYEN.test(name) || /^wasm-ld/.test(name)) await rm(join(usr, 'bin', name));
    }
}

async function elfFiles(folder, pattern) {
    const found = [];
    for (const entry of await readdir(folder, { withFileTypes: true })) {
        const path = join(folder, entry.name);
        if (entry.isFile() && pattern.test(entry.name) && await isElf(path)) found.push(path);
    }
    return found;
}

/**
 * Point every program at the loader and the libraries of the tree. The loader's path is where
 * the tree will stand (`final`): a program header cannot hold a relative one.
 */
async function patch(tree, final, patchelf) {
    const paths = treePaths(tree);
    const place = (path) => join(final, relative(tree, path));
    const rpath = `${place(paths.native)}:${place(join(paths.llvm, 'lib'))}`;
    const programs = [...await elfFiles(paths.bin, /./),
        ...await elfFiles(join(paths.usr, 'bin'), /./)];
    const libraries = await elfFiles(paths.native,
        /^lib(LLVM|clang-cpp|binaryen|LTO|edit|xml2|z3|bsd)[.-].*so/);
    await mustRun('cannot patch the compilers', [patchelf, '--set-interpreter',
        place(paths.loader), '--force-rpath', '--set-rpath', rpath, ...programs]);
    await mustRun('cannot patch the compilers\' libraries',
        [patchelf, '--force-rpath', '--set-rpath', rpath, ...libraries]);
}

/** Every library that a program of the tree needs must be in it, and not the system's. */
async function checkComplete(tree, patchelf) {
    const { bin, usr, native } = treePaths(tree);
    const queue = [...await elfFiles(bin, /./), ...await elfFiles(join(usr, 'bin'), /./)];
    const seen = new Set();
    while (queue.length) {
        const { stdout } = await mustRun('cannot read the compilers',
            [patchelf, '--print-needed', queue.pop()]);
        for (const name of stdout.split('\n').filter(Boolean)) {
            if (seen.has(name)) continue;
            seen.add(name);
            const path = join(native, name);
            if (!existsSync(path)) {
                throw new SetupError(`the compilers need ${name}, which no fetched package has: ` +
                    'the suite has changed; run `node tools/setup.mjs --relock`');
            }
            queue.push(path);
        }
    }
}

export async function layTree({ place, debs, patchelf, report }) {
    await layFolder(place, async (tree) => {
        report.step(`unpacking ${debs.length} packages`);
        const queue = [...debs];
        const unpack = async () => {
            for (let deb = queue.pop(); deb; deb = queue.pop()) {
                report.figure(`unpacking ${debs.length - queue.length} of ${debs.length}`);
                await mustRun('cannot unpack a package', ['dpkg-deb', '-x', deb, tree]);
            }
        };
        await Promise.all([unpack(), unpack()]);
        await trim(tree);
        report.figure('making the compilers run here');
        await checkComplete(tree, patchelf);
        await patch(tree, place, patchelf);
        // Debian's clang calls its linker by the name with the version, and looks beside itself.
        const { bin, llvm } = treePaths(tree);
        await symlink('lld', join(bin, `wasm-ld-${/\d+$/.exec(llvm)[0]}`));
        // Emscripten's JavaScript optimiser imports acorn, and acorn's parts each other, from
        // the distribution's folder, which Node looks for under another name.
        await symlink('nodejs', join(tree, 'usr/share/node_modules'));
    });
}

/** Compile, link and asyncify one program of each WASI version; a tree that cannot is refused. */
export async function checkWasi(wasi, wasmOpt, folder) {
    await mkdir(folder, { recursive: true });
    const source = '#include <stdio.h>\nint main(void) { return puts("ok") < 0; }\n';
    const at = (name) => join(folder, name);
    const what = 'the WASI compiler does not work';
    try {
        const options = { input: source };
        const { p1, p2 } = wasi;
        await mustRun(what, [...p1.cc, '-O1', '-xc', '-', '-xnone', ...p1.ldflags,
            '-o', at('p1.wasm')],
            options);
        await mustRun(what, [wasmOpt, '--asyncify', '-O1', '--all-features', at('p1.wasm'),
            '-o', at('p1a.wasm')]);
        await mustRun(what, [...p2.cc, '-O1', '-xc', '-', '-c', '-o', at('p2.o')], options);
        await mustRun(what, [...p2.ld.command, p2.ld.crt, at('p2.o'), ...p2.ld.libs,
            '-o', at('p2.wasm')]);
    } finally {
        await rm(folder, { recursive: true, force: true });
    }
}
