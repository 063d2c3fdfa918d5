// guard.mjs: a program's own exports, when JavaScript that a task has called calls them in turn.
//
// A frame of JavaScript cannot be switched away from, and what lies above it would be torn from it. So
// while such an export runs there is no current task: calls that block return EDDY_ESTATE. Each export
// that may suspend goes by way of a function that is written here, in the binary form, which keeps DWARF.

import { importedTypes, leb, reader, sectionsOf, sized } from './wasm.mjs';

const TYPE = 1, IMPORT = 2, FUNCTION = 3, EXPORT = 7, CODE = 10;
const BEGIN = 'eddy__foreign_begin', END = 'eddy__foreign_end';
const [CALL, LOCAL_GET, LOCAL_SET, I32, LAST] = [0x10, 0x20, 0x21, 0x7f, 0x0b];
const OWN = /^_*(eddy|asyncify|emscripten)_|^(main|__main_argc_argv|__original_main|_start|_initialize)$/;

/** The exports of the program's own that are among `suspending`, names of functions in the module's text. */
export function exportsToGuard(wat, suspending) {
    if (!wat.includes(`(export "${BEGIN}"`)) return [];
    return [...wat.matchAll(/^ \(export "([^"]+)" \(func (\$(?:"(?:[^"\\]|\\.)*"|[^\s()]+))\)\)/gm)]
        .filter(([, name, of]) => !OWN.test(name) && suspending.has(of)).map(([, name]) => name);
}

function parameterCounts(section) {
    const skipTypes = () => {
        const count = section.number();
        section.take(count);
        return count;
    };
    return Array.from({ length: section.number() }, () => {
        if (section.byte() !== 0x60) throw new Error('guard: a type that is no function\'s');
        const count = skipTypes();
        skipTypes();
        return count;
    });
}

const numbers = (section) => Array.from({ length: section.number() }, () => section.number());

function entriesOf(section) {
    return Array.from({ length: section.number() }, () => {
        const name = section.text();
        return { name, kind: section.byte(), index: section.number() };
    });
}

/** A vector with more elements, whose bytes follow those that it has. */
function withMore(content, more) {
    const section = reader(content, 0);
    const count = section.number();
    return Buffer.concat([leb(count + more.length), content.subarray(section.at()), ...more]);
}

const bodyOf = ({ index, parameters, begin, end }) => Buffer.concat([
    Buffer.from([1, 1, I32, CALL]), leb(begin), Buffer.from([LOCAL_SET]), leb(parameters),
    ...Array.from({ length: parameters }, (_, i) => Buffer.concat([Buffer.from([LOCAL_GET]), leb(i)])),
    Buffer.from([CALL]), leb(index), Buffer.from([LOCAL_GET]), leb(parameters),
    Buffer.from([CALL]), leb(end), Buffer.from([LAST]),
]);

/** The module with these exports guarded. */
export function withGuardedExports(bytes, names) {
    const contents = new Map([...sectionsOf(bytes)].map(({ id, content }) => [id, content]));
    const read = (id) => reader(contents.get(id) ?? Buffer.from([0]), 0);
    const parameters = parameterCounts(read(TYPE));
    const types = [...importedTypes(read(IMPORT)), ...numbers(read(FUNCTION))];
    const exported = entriesOf(read(EXPORT));
    const indexOf = (wanted) => exported.find(({ name, kind }) => kind === 0 && name === wanted).index;
    const [begin, end] = [indexOf(BEGIN), indexOf(END)];
    const guards = names.map((name) => {
        const index = indexOf(name);
        return { name, index, type: types[index], parameters: parameters[types[index]], begin, end };
    });
    const changed = new Map([
        [FUNCTION, withMore(contents.get(FUNCTION), guards.map(({ type }) => leb(type)))],
        [CODE, withMore(contents.get(CODE), guards.map((guard) => sized(bodyOf(guard))))],
        [EXPORT, Buffer.concat([leb(exported.length), ...exported.map(({ name, kind, index }) => {
            const guard = kind === 0 ? names.indexOf(name) : -1;
            return Buffer.concat([sized(Buffer.from(name)), Buffer.from([kind]),
                leb(guard < 0 ? index : types.length + guard)]);
        })])],
    ]);
    return Buffer.concat([bytes.subarray(0, 8), ...[...sectionsOf(bytes)].map(({ id, start, end: after }) =>
        (changed.has(id) ? Buffer.concat([Buffer.from([id]), sized(changed.get(id))]) : bytes.subarray(start, after)))]);
}
