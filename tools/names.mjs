// names.mjs: function names that can be told to the Asyncify pass.
//
// Its lists are divided at commas, brackets are looked at, a `*` stands for anything: the names of C++,
// such as `S::operator<(int) const`, get lost in them without a word.

const isPlain = (name) => /^[\w.$-]*$/.test(name);

function leb(value) {
    const bytes = [];
    do {
        bytes.push((value & 0x7f) | (value > 0x7f ? 0x80 : 0));
        value >>>= 7;
    } while (value);
    return Buffer.from(bytes);
}

function reader(bytes, start) {
    let at = start;
    const number = () => {
        let value = 0;
        for (let shift = 0; ; shift += 7) {
            const byte = bytes[at++];
            value += (byte & 0x7f) * 2 ** shift;
            if (byte < 0x80) return value;
        }
    };
    const take = (length) => bytes.subarray(at, (at += length));
    return { number, take, byte: () => bytes[at++], at: () => at };
}

const sized = (bytes) => Buffer.concat([leb(bytes.length), bytes]);

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

/** The module with function names that are words, each for one function. */
export function withPlainNames(bytes) {
    const parts = [bytes.subarray(0, 8)];
    const module = reader(bytes, 8);
    while (module.at() < bytes.length) {
        const start = module.at();
        const id = module.byte();
        const content = module.take(module.number());
        const section = reader(content, 0);
        if (id !== 0 || section.take(section.number()).toString() !== 'name') {
            parts.push(bytes.subarray(start, module.at()));
            continue;
        }
        const names = [sized(Buffer.from('name'))];
        while (section.at() < content.length) {
            const kind = section.byte();
            const subsection = section.take(section.number());
            names.push(Buffer.from([kind]), sized(kind === 1 ? plainFunctionNames(subsection) : subsection));
        }
        parts.push(Buffer.from([0]), sized(Buffer.concat(names)));
    }
    return Buffer.concat(parts);
}

/** Whether the pass takes each of these names for the one function that it is. */
export const allPlain = (names) => names.every(isPlain);
