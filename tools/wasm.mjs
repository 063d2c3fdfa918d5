// wasm.mjs: reads the binary form of a module.

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

/** The sections of a module: { id, start, end, name }, name of custom sections only. */
export function* sectionsOf(bytes) {
    for (let start = 8; start < bytes.length;) {
        const section = reader(bytes, start);
        const id = section.byte();
        const size = section.number();
        const end = section.at() + size;
        yield { id, start, end, name: id === 0 ? section.text() : '' };
        start = end;
    }
}
