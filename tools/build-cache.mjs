// build-cache.mjs: what was built before, by what it was built of (recipe.mjs), for all clones of the
// project on this machine.
//
// $EDDY_BUILD_CACHE: the folder, 0: none; default: `built` in the tool cache. $EDDY_BUILD_CACHE_MB: what
// it may take (1000); what was not used for longest goes first.
//
// An entry is one file, which appears whole: the SHA-256 of all that follows, a line of JSON, and the built
// files one after the other, compressed. One that is damaged is removed and counts for nothing.

import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { gunzipSync, gzipSync } from 'node:zlib';
import { outputsOf } from './configure.mjs';
import { areSame } from './recipe.mjs';
import { namesIn } from './setup/base.mjs';

const SUM_LENGTH = 64;
const ABANDONED_MS = 3600_000; // since a file was begun that never became an entry

const sumOf = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** The file appears whole, or not at all. */
export function writeAtOnce(path, bytes, mode = 0o666) {
    const part = `${path}.${randomUUID()}.part`; // processes of several containers may share a folder
    try {
        writeFileSync(part, bytes, { mode });
        renameSync(part, path);
    } finally {
        rmSync(part, { force: true });
    }
}

class BuildCache {
    constructor(folder, limit) {
        this.folder = folder;
        this.limit = limit;
    }

    place(key) { return join(this.folder, key.slice(0, 2), key); }

    has(key) { return existsSync(this.place(key)); }

    /** -> { others, files: [{ mode, bytes }] } as they were put there; undefined if they were not. */
    get(key) {
        const path = this.place(key);
        let entry;
        try {
            entry = readFileSync(path);
        } catch {
            return undefined;
        }
        const content = entry.subarray(SUM_LENGTH);
        if (sumOf(content) !== entry.toString('latin1', 0, SUM_LENGTH)) {
            remove(path);
            return undefined;
        }
        const end = content.indexOf('\n');
        const { others, files } = JSON.parse(content.toString('utf8', 0, end));
        const all = gunzipSync(content.subarray(end + 1));
        let at = 0;
        const read = files.map(({ size, mode }) => ({ mode, bytes: all.subarray(at, at += size) }));
        this.touch(key);
        return { others, files: read };
    }

    /** An entry is of use once more. */
    touch(key) {
        try {
            utimesSync(this.place(key), new Date(), new Date());
        } catch { /* it has just been removed */ }
    }

    /**
     * Keeps files: [{ mode, bytes }], and what `others` says of them. What cannot be kept, on a full disk
     * say, is built again.
     */
    put(key, others, files) {
        const head = JSON.stringify({ others, files: files.map(({ mode, bytes }) => ({ mode, size: bytes.length })) });
        const packed = gzipSync(Buffer.concat(files.map(({ bytes }) => bytes)), { level: 1 });
        const content = Buffer.concat([Buffer.from(`${head}\n`), packed]);
        const path = this.place(key);
        try {
            mkdirSync(dirname(path), { recursive: true });
            writeAtOnce(path, Buffer.concat([Buffer.from(sumOf(content)), content]));
        } catch (error) {
            if (!error.code) throw error;
        }
    }

    /** Removes what is too much, with some room for what comes next. */
    trim() {
        const entries = [];
        for (const name of namesIn(this.folder)) {
            for (const file of namesIn(join(this.folder, name))) {
                const path = join(this.folder, name, file);
                const about = statSync(path, { throwIfNoEntry: false });
                if (!about) continue;
                if (!file.endsWith('.part')) entries.push({ path, size: about.size, used: about.mtimeMs });
                else if (Date.now() - about.mtimeMs > ABANDONED_MS) remove(path);
            }
        }
        let total = entries.reduce((sum, { size }) => sum + size, 0);
        if (total <= this.limit) return;
        for (const { path, size } of entries.sort((a, b) => a.used - b.used)) {
            if (total <= this.limit * 0.8) break;
            remove(path);
            total -= size;
        }
    }
}

/** If it can be: the folder may be another's. */
function remove(path) {
    try {
        rmSync(path, { force: true });
    } catch { /* whoever may remove it will */ }
}

/**
 * The artifacts in a folder: which were made of what, and which of them ninja has not made but were fetched
 * from the cache. The list is written before what it says of a file comes true.
 */
export class Artifacts {
    /** What names the folder `root` is not for other clones. */
    constructor(folder, { cache, root }) {
        this.cache = cache;
        this.root = root;
        this.folder = folder;
        this.path = join(folder, 'artifacts.json');
        this.known = new Map(); // sums of files that were included
        this.list = this.read();
    }

    read() {
        try {
            const { artifacts, others } = JSON.parse(readFileSync(this.path, 'utf8'));
            for (const about of Object.values(artifacts)) about.others = others[about.others];
            return artifacts;
        } catch (error) {
            // Which are not ninja's is not known: it is to make all anew.
            if (error.code !== 'ENOENT') rmSync(join(this.folder, '.ninja_log'), { force: true });
            return {};
        }
    }

    /** Many artifacts include the same files. */
    save() {
        const others = {};
        const artifacts = Object.entries(this.list).map(([artifact, about]) => {
            if (!about.others) return [artifact, about];
            const sum = sumOf(JSON.stringify(about.others));
            others[sum] = about.others;
            return [artifact, { ...about, others: sum }];
        });
        writeAtOnce(this.path, JSON.stringify({ artifacts: Object.fromEntries(artifacts), others }));
    }

    isFresh(artifact, key) {
        const now = this.list[artifact];
        return now?.key === key && isDeepStrictEqual(now.state, stateOf(artifact)) && areSame(now.others, this.known);
    }

    /** Fetches what is not there as its key wants it. `keys`: artifact -> key. -> how many were fetched */
    fetch(keys) {
        const there = [...keys].filter(([artifact, key]) => !this.isFresh(artifact, key) && this.cache.has(key));
        if (!there.length) return 0;
        for (const [artifact] of there) this.list[artifact] = { fetched: true };
        this.save();
        const fetched = there.filter(([artifact, key]) => this.fetchOne(artifact, key));
        this.save();
        return fetched.length;
    }

    fetchOne(artifact, key) {
        const entry = this.cache.get(key);
        if (!entry || !areSame(entry.others, this.known)) return false;
        const paths = outputsOf(artifact);
        mkdirSync(dirname(artifact), { recursive: true });
        for (let i = paths.length; i-- > 0;) writeAtOnce(paths[i], entry.files[i].bytes, entry.files[i].mode);
        this.list[artifact] = { fetched: true, key, others: entry.others, state: stateOf(artifact) };
        return true;
    }

    /** Ninja is to make these. It must find none that it has not made: they may be newer than what it reads. */
    leave(artifacts) {
        for (const artifact of artifacts) {
            if (this.list[artifact]?.fetched) for (const path of outputsOf(artifact)) rmSync(path, { force: true });
            delete this.list[artifact];
        }
        this.save();
    }

    /** Ninja has made it, of what the key says and of `others`. Without `forAll` it is this folder's alone. */
    keep(artifact, key, others, forAll) {
        this.list[artifact] = { key, others, state: stateOf(artifact) };
        if (!forAll) return;
        const files = outputsOf(artifact).map((path) => ({ mode: statSync(path).mode & 0o777, bytes: readFileSync(path) }));
        if (!this.root || !files.some(({ bytes }) => bytes.includes(this.root))) this.cache.put(key, others, files);
    }
}

/** By which a file is known to be the same. */
const stateOf = (artifact) => outputsOf(artifact).map((path) => {
    const about = statSync(path, { throwIfNoEntry: false });
    return about ? [about.size, about.mtimeMs] : null;
});

/** The cache; null if there is to be none. `toolCache`: the tools' folder. */
export function openBuildCache(toolCache, env = process.env) {
    const { EDDY_BUILD_CACHE: named, EDDY_BUILD_CACHE_MB: megabytes } = env;
    if (named === '0') return null;
    return new BuildCache(named ? resolve(named) : join(toolCache, 'built'), (Number(megabytes) || 1000) * 1e6);
}
