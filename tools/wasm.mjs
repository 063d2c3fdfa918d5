// wasm.mjs: the binary form of modules.

/** Reads from `start` on: numbers (LEB128), bytes, texts. */
export function reader(bytes, start) {
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
    return { number, take, byte: () => bytes[at++], text: () => take(number()).toString(), at: () => at };
}

/** The sections of a module: { id, start, end, name, content }, name of custom sections only. */
export function* sectionsOf(bytes) {
    for (let start = 8; start < bytes.length;) {
        const section = reader(bytes, start);
        const id = section.byte();
        const size = section.number();
        const content = section.take(size);
        const end = section.at();
        yield { id, start, end, name: id === 0 ? reader(content, 0).text() : '', content };
        start = end;
    }
}

/** The types of the imported functions, by their indices; `section` is a reader of the imports' content. */
export function importedTypes(section) {
    const types = [];
    const limits = () => {
        const flags = section.number();
        section.number();
        if (flags & 1) section.number();
    };
    const skip = [() => types.push(section.number()), () => { section.byte(); limits(); }, limits,
        () => section.take(2), () => { section.byte(); section.number(); }];
    for (let left = section.number(); left > 0; left--) {
        section.text();
        section.text();
        skip[section.byte()]();
    }
    return types;
}

/** A number as it stands there. */
export function leb(value) {
    const bytes = [];
    do {
        bytes.push((value & 0x7f) | (value > 0x7f ? 0x80 : 0));
        value >>>= 7;
    } while (value);
    return Buffer.from(bytes);
}

/** Bytes behind their number. */
export const sized = (bytes) => Buffer.concat([leb(bytes.length), bytes]);
