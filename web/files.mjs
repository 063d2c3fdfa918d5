// files.mjs: files and directories over Node's module, which Deno and Bun have as well.

export function createEddyFiles(host, { nodeModule, start }) {
    const WRITE = 2, APPEND = 4, EXCLUSIVE = 8; // of src/host.h
    const nodeFiles = () => nodeModule('node:fs/promises');

    const namesAreBytes = !globalThis.Deno && !globalThis.Bun; // they take and give them as text alone

    /** As bytes if it is no UTF-8. */
    function pathAt(pointer) {
        if (!pointer) return undefined;
        const memory = host.memory(), from = pointer >>> 0;
        const bytes = memory.slice(from, memory.indexOf(0, from));
        try {
            return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
        } catch {
            return Buffer.from(bytes);
        }
    }

    // ---- streams ----------------------------------------------------------------------------------------

    const modeOf = (flags) => (flags & APPEND ? 'a' : flags & WRITE ? 'w' : 'r') + (flags & EXCLUSIVE ? 'x' : '');

    async function openFile(op, generation, streams, path, flags) {
        host.begin(op, generation, () => {});
        const handle = await (await nodeFiles()).open(path, modeOf(flags));
        const keep = host.isWanted(op, generation) && !(await handle.stat()).isDirectory();
        if (!keep) {
            await handle.close();
            throw Object.assign(new Error('it is a directory'), { code: 'EISDIR' });
        }
        streams.giveFile(op, generation, {
            async read(size) {
                const { bytesRead, buffer } = await handle.read(new Uint8Array(size));
                return buffer.subarray(0, bytesRead);
            },
            write: (bytes) => handle.writeFile(bytes),
            close: () => handle.close(),
        });
    }

    // ---- paths: in the order of eddy__path_call of src/host.h ---------------------------------------------

    const typeOf = (entry) => (entry.isFile() ? 1 : entry.isDirectory() ? 2 : entry.isSymbolicLink() ? 3 : 0);

    async function stat(files, path) {
        const about = await files.stat(path, { bigint: true });
        const time = about.mtimeNs ?? BigInt(Math.round(Number(about.mtimeMs) * 1e6));
        return [typeOf(about), host.encoder.encode(`${about.size}\0${time}\0`)];
    }

    async function list(files, path) {
        const encoding = namesAreBytes ? 'buffer' : 'utf8';
        const entries = await files.readdir(path, { withFileTypes: true, encoding });
        const zero = Buffer.alloc(1);
        const parts = entries.flatMap((entry) => [Buffer.from(`${typeOf(entry)}`), Buffer.from(entry.name), zero]);
        return [entries.length, Buffer.concat(parts)];
    }

    async function remove(files, path) {
        const isDirectory = (await files.lstat(path)).isDirectory();
        await (isDirectory ? files.rmdir(path) : files.unlink(path));
        return [0];
    }

    const CALLS = [
        stat, list,
        async (files, path) => (await files.mkdir(path), [0]),
        remove,
        async (files, path, other) => (await files.rename(path, other), [0]),
    ];

    async function callPath(op, generation, call, path, other) {
        host.begin(op, generation, () => {});
        host.complete(op, generation, ...await CALLS[call](await nodeFiles(), path, other));
    }

    return {
        open: (streams, op, generation, path, flags) =>
            start(openFile, op, generation, streams, pathAt(path), flags),
        path: (op, generation, call, path, other) =>
            start(callPath, op, generation, call, pathAt(path), pathAt(other)),
    };
}
