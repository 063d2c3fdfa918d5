// names.mjs: function names that can be told to the Asyncify pass.
//
// Its lists are divided at commas, brackets are looked at, a `*` stands for anything: the names of C++,
// such as `S::operator<(int) const`, get lost in them without a word.

import { leb, reader, sectionsOf, sized } from './wasm.mjs';

const isPlain = (name) => /^[\w.$-]*$/.test(name);

/** The subsection of functions' names with only such as the pass can be told. */
function plainFunctionNames(content) {
    const section = reader(content, 0);
    const count = section.number();
    const entries = [];
    for (let left = count; left > 0; left--) {
        const index = section.number();
        const name = section.take(section.number()).toString();
        const plain = isPlain(name) ? name : `${name.replace(/[^\w.$-]+/g, '_')}.${index}`;
        entries.push(leb(index), sized(Buffer.from(plain)));
    }
    return Buffer.concat([leb(count), ...entries]);
}

function plainNameSection(content) {
    const section = reader(content, 0);
    section.text(); // "name"
    const parts = [sized(Buffer.from('name'))];
    while (section.at() < content.length) {
        const kind = section.byte();
        const names = section.take(section.number());
        parts.push(Buffer.from([kind]), sized(kind === 1 ? plainFunctionNames(names) : names));
    }
    return Buffer.concat(parts);
}

/** The module with function names that are words, each for one function. */
export function withPlainNames(bytes) {
    const parts = [bytes.subarray(0, 8)];
    for (const { start, end, name, content } of sectionsOf(bytes)) {
        if (name === 'name') parts.push(Buffer.from([0]), sized(plainNameSection(content)));
        else parts.push(bytes.subarray(start, end));
    }
    return Buffer.concat(parts);
}

/** Whether the pass takes each of these names for the one function that it is. */
export const allPlain = (names) => names.every(isPlain);
