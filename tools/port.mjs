// port.mjs: the steps of web/eddy.py, the port of Emscripten, that read and write modules.
//
//   node tools/port.mjs library LIBRARY
//   node tools/port.mjs finish WASM-OPT WASM LIBRARY TYPES names|dwarf OPTIMISER-LEVEL FACTORY
//
// `library` writes the JavaScript library. `finish` comes between the linker and the rest of
// Emscripten: it writes the library with the program's own JavaScript in it, LIBRARY.externs for
// Closure, to TYPES (if that is not empty) the declarations of what JavaScript may call, and makes the
// module suspendable, in its place. Where there is a FACTORY and it offloads, LIBRARY.worker has to follow
// the program's JavaScript.

import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { makeSuspendable } from './asyncify.mjs';
import { run } from './command.mjs';
import { bodiesOf, declarationsOf, offloads, signaturesOf, textOfBodies, workerOf } from './finish.mjs';
import { ASYNCIFY } from './flags.mjs';
import { externsOf, libraryText } from './library.mjs';

/** Whole at once: another link may read it meanwhile. */
function writeWhole(path, text) {
    writeFileSync(`${path}.${process.pid}`, text);
    renameSync(`${path}.${process.pid}`, path);
}

function finish(wasmOpt, wasm, library, types, debug, level, factory) {
    const module = new WebAssembly.Module(readFileSync(wasm));
    const bodies = textOfBodies(bodiesOf(module));
    writeFileSync(library, libraryText(bodies));
    writeFileSync(`${library}.externs`, externsOf(libraryText() + bodies));
    if (factory && offloads(module)) writeFileSync(`${library}.worker`, workerOf(factory));
    const signatures = signaturesOf(module);
    if (types) writeFileSync(types, declarationsOf(signatures));
    const features = execFileSync(wasmOpt, ['--print-features', wasm],
        { encoding: 'utf8', stdio: 'pipe' }).split('\n').filter(Boolean);
    makeSuspendable(wasmOpt, wasm, wasm, {
        asyncify: [...features, ...ASYNCIFY.pass],
        // From -O2 on Emscripten optimises all itself, afterwards; what the pass has written is never left as
        // it is. Data stay where they are: Emscripten reads the texts of EM_ASM and EM_JS from them.
        optimise: ['-g', '--emit-target-features', ...(level < 2 ? ['-O1', '--skip-pass=memory-packing'] : [])],
        inText: debug === 'names',
    });
}

const COMMANDS = { library: (path) => writeWhole(path, libraryText()), finish };

run(([command, ...args]) => COMMANDS[command](...args));
