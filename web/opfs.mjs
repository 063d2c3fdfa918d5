// opfs.mjs: files and directories of pages and their workers: the origin private file system. What is
// written is in the file once it is committed: that is what draining does.

export function createEddyOriginFiles(host, { fail }) {
    const ENOSYS = -12; // of include/eddy/error.h
    const READ = 1, APPEND = 4, EXCLUSIVE = 8; // of src/host.h
    const FILE = 1, DIRECTORY = 2; // of include/eddy/files.h

    const mistake = (code, text) => Object.assign(new Error(text), { code });
    const KINDS = {
        NotFoundError: ['ENOENT', 'no such file or directory'],
        InvalidModificationError: ['ENOTEMPTY', 'the directory is not empty'],
        QuotaExceededError: ['ENOSPC', 'no space left'],
        NotAllowedError: ['EPERM', 'not permitted'],
        SecurityError: ['EPERM', 'not permitted'],
    };

    /** The platform's error as ours; another one stays as it is. */
    function translate(error) {
        const [code, text] = KINDS[error?.name] ?? [];
        return code ? mistake(code, text) : error;
    }

    function start(begin, op, generation, ...rest) {
        if (!globalThis.navigator?.storage?.getDirectory) return ENOSYS;
        host.begin(op, generation, () => {});
        begin(op, generation, ...rest).catch((error) => fail(op, generation, translate(error)));
        return 0;
    }

    // ---- paths -------------------------------------------------------------------------------------------

    /** The names on the way from the root; what is above the root is not there. */
    function namesOf(pointer) {
        const memory = host.memory(), from = pointer >>> 0;
        const bytes = memory.slice(from, memory.indexOf(0, from));
        const names = [];
        for (const name of new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes).split('/')) {
            if (name === '..' && !names.length) throw mistake('EPERM', 'outside of the file system of this origin');
            if (name === '..') names.pop();
            else if (name && name !== '.') names.push(name);
        }
        return names;
    }

    async function folderOf(names) {
        let folder = await navigator.storage.getDirectory();
        for (const name of names) {
            folder = await folder.getDirectoryHandle(name).catch((error) => {
                throw error.name === 'TypeMismatchError' ? mistake('ENOTDIR', `not a directory: ${name}`) : error;
            });
        }
        return folder;
    }

    /** -> { folder, name, handle } of what is at a path; handle undefined: nothing. */
    async function find(names) {
        if (!names.length) return { handle: await folderOf([]) };
        const folder = await folderOf(names.slice(0, -1)), name = names.at(-1);
        let handle;
        try {
            handle = await folder.getFileHandle(name);
        } catch (error) {
            if (error.name === 'TypeMismatchError') handle = await folder.getDirectoryHandle(name);
            else if (error.name !== 'NotFoundError') throw error;
        }
        return { folder, name, handle };
    }

    async function findThere(names) {
        const found = await find(names);
        if (!found.handle) throw mistake('ENOENT', 'no such file or directory');
        return found;
    }

    // ---- streams -----------------------------------------------------------------------------------------

    async function openFile(op, generation, streams, path, flags) {
        const { folder, name, handle } = await find(namesOf(path));
        if (handle?.kind === 'directory') throw mistake('EISDIR', 'it is a directory');
        if (!handle && flags & READ) throw mistake('ENOENT', 'no such file');
        if (handle && flags & EXCLUSIVE) throw mistake('EEXIST', 'file exists');
        const file = handle ?? await folder.getFileHandle(name, { create: true });
        const size = flags & READ ? 0 : (await file.getFile()).size;
        if (size && !(flags & APPEND)) await (await file.createWritable()).close(); // empty from now on
        streams.giveFile(op, generation, streamOf(file, flags & APPEND ? size : 0));
    }

    function streamOf(handle, position) {
        let output; // a copy of the file, which takes its place when it is closed
        return {
            async read(size) {
                const part = (await handle.getFile()).slice(position, position + size);
                const bytes = new Uint8Array(await part.arrayBuffer());
                position += bytes.length;
                return bytes;
            },
            async write(bytes) {
                if (!output) {
                    output = await handle.createWritable({ keepExistingData: true });
                    await output.seek(position);
                }
                await output.write(bytes);
                position += bytes.length;
            },
            async commit() {
                const done = output;
                output = undefined;
                await done?.close();
            },
            close() {
                return this.commit();
            },
        };
    }

    // ---- what is done by paths: in the order of eddy__path_call of src/host.h ------------------------------

    async function stat(names) {
        const { handle } = await findThere(names);
        if (handle.kind === 'directory') return [DIRECTORY, host.encoder.encode('0\x000\x00')];
        const { size, lastModified } = await handle.getFile();
        return [FILE, host.encoder.encode(`${size}\0${BigInt(lastModified) * 1000000n}\0`)];
    }

    async function list(names) {
        const parts = [];
        for await (const [name, { kind }] of (await folderOf(names)).entries())
            parts.push(`${kind === 'file' ? FILE : DIRECTORY}${name}\0`);
        return [parts.length, host.encoder.encode(parts.join(''))];
    }

    async function make(names) {
        const { folder, name, handle } = await find(names);
        if (handle) throw mistake('EEXIST', 'it is there already');
        await folder.getDirectoryHandle(name, { create: true });
        return [0];
    }

    async function remove(names) {
        const { folder, name } = await findThere(names);
        if (!folder) throw mistake('EPERM', 'the root cannot be removed');
        await folder.removeEntry(name);
        return [0];
    }

    async function copy(from, folder, name) {
        if (from.kind === 'file') {
            const output = await (await folder.getFileHandle(name, { create: true })).createWritable();
            return (await from.getFile()).stream().pipeTo(output);
        }
        const into = await folder.getDirectoryHandle(name, { create: true });
        for await (const [each, handle] of from.entries()) await copy(handle, into, each);
    }

    async function rename(names, others) {
        const source = await findThere(names), target = await find(others);
        if (!source.folder || !target.folder) throw mistake('EPERM', 'the root stays where it is');
        if (target.handle && await source.handle.isSameEntry(target.handle)) return [0];
        if (source.handle.kind === 'directory' && names.every((name, i) => name === others[i]))
            throw mistake('EINVAL', 'a directory cannot be moved into itself');
        if (target.handle?.kind === 'directory') {
            if (source.handle.kind === 'file') throw mistake('EISDIR', 'a directory is in the way');
            await target.folder.removeEntry(target.name); // if it is empty
        } else if (target.handle && source.handle.kind === 'directory') {
            throw mistake('ENOTDIR', 'a file is in the way');
        }
        if (source.handle.kind === 'file' && source.handle.move) {
            await source.handle.move(target.folder, target.name);
        } else {
            await copy(source.handle, target.folder, target.name);
            await source.folder.removeEntry(source.name, { recursive: true });
        }
        return [0];
    }

    const CALLS = [stat, list, make, remove, rename];

    async function callPath(op, generation, call, path, other) {
        const paths = [path, other].filter((pointer) => pointer).map(namesOf);
        host.complete(op, generation, ...await CALLS[call](...paths));
    }

    return {
        open: (streams, op, generation, path, flags) =>
            start(openFile, op, generation, streams, path, flags),
        path: (op, generation, call, path, other) => start(callPath, op, generation, call, path, other),
    };
}
