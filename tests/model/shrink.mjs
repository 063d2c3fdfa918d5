// shrink.mjs: makes a program that shows a difference small: takes things away as long as it still
// shows one.

import { differenceOf, runPrograms } from './compare.mjs';
import { toText } from './program.mjs';

const copy = (program) => structuredClone(program);

/** Calls visit(list, index) for every operation of the program, the outermost first. */
function visit(program, each) {
    const walk = (list) => {
        for (let i = 0; i < list.length; i++) {
            each(list, i);
            if (list[i]?.body) walk(list[i].body);
        }
    };
    for (const operations of program.tasks) if (operations) walk(operations);
}

function count(program) {
    let n = 0;
    visit(program, () => { n++; });
    return n;
}

/** The program after `change(list, index)` of its n-th operation; null if that changed nothing. */
function changed(program, n, change) {
    const result = copy(program);
    let found = null;
    visit(result, (list, index) => { if (n-- === 0) found = [list, index]; });
    return found && change(...found) !== false ? result : null;
}

function withoutTask(program, index) {
    const result = copy(program);
    result.tasks[index] = index === result.tasks.length - 1 ? undefined : null;
    if (result.tasks.at(-1) === undefined) result.tasks.pop();
    const word = `t${index}`;
    const makers = new Set(['spawn', 'go', 'group_spawn', 'group_go', 'group_start', 'generator']);
    const clean = (list) => list.filter(({ name, args }) => !(makers.has(name) && args.includes(word)) &&
        !(name === 'stagger' && args.length === 2 && args.includes(word))).map((operation) => {
        if (operation.name === 'stagger') operation.args = operation.args.filter((each) => each !== word);
        if (operation.body) operation.body = clean(operation.body);
        return operation;
    });
    result.tasks = result.tasks.map((operations) => operations && clean(operations));
    result.objects = result.objects.filter(({ kind, a }) => kind !== 'run' || a !== index);
    for (const object of result.objects) if (object.kind === 'run' && object.b === index) object.b = 0;
    return result;
}

// Tasks that nobody makes any more.
function withoutStrays(program) {
    const text = new Set();
    visit(program, (list, i) => list[i].args.forEach((word) => text.add(word)));
    const result = copy(program);
    for (const { kind, a, b } of program.objects) if (kind === 'run') text.add(`t${a}`).add(`t${b}`);
    result.tasks = result.tasks.map((operations, i) => (i === 0 || text.has(`t${i}`) ? operations : null));
    while (!result.tasks.at(-1)) result.tasks.pop();
    const handleOf = (letter, index) => [...text].some((word) => new RegExp(`^${letter}${index || ''}\\d$`).test(word));
    result.objects = result.objects.filter(({ kind, index }) => kind === 'run' ||
        text.has(`${LETTERS[kind]}${index}`) || (kind in ENDS && handleOf(ENDS[kind], index)));
    return result;
}

const LETTERS = { future: 'f', sem: 's', limiter: 'm', barrier: 'b', queue: 'q', broadcast: 'd', watch: 'v' };
const ENDS = { channel: 'h', broadcast: 'u', watch: 'w' }; // handles of objects, ten each
const LISTS = new Set(['gather', 'gather_quietly', 'gather_all', 'wait', 'race', 'each']);

/** Smaller programs, what takes most away first. */
function* smaller(program) {
    for (let i = program.tasks.length - 1; i > 0; i--) if (program.tasks[i]) yield withoutTask(program, i);
    const n = count(program);
    for (let i = 0; i < n; i++) yield changed(program, i, (list, at) => { list.splice(at, 1); });
    for (let i = 0; i < n; i++) {
        yield changed(program, i, (list, at) => {
            if (!list[at].body) return false;
            list.splice(at, 1, ...list[at].body);
            return true;
        });
    }
    for (let i = 0; i < n; i++) {
        yield changed(program, i, (list, at) => {
            if (!list[at].check) return false;
            list[at].check = false;
            return true;
        });
        yield changed(program, i, (list, at) => {
            const { name, args } = list[at];
            if (name === 'select' && args.length > 4) return args.splice(-3).length > 0;
            const last = args.findLastIndex((word) => /^[a-z]/.test(word));
            if (!LISTS.has(name) || last < 1) return false;
            args.splice(last, 1);
            return true;
        });
    }
    for (let i = 0; i < n; i++) {
        for (let k = 0; k < 4; k++) {
            yield changed(program, i, (list, at) => {
                const { name, args } = list[at];
                if (!/^\d+$/.test(args[k]) || args[k] === '0' || name === 'stagger' || name === 'select') return false;
                args[k] = args[k] === '1' || name === 'repeat' ? '0' : '1';
                return true;
            });
        }
    }
}

/** -> { program, difference } */
export async function shrink(runText, program, makeReference) {
    const test = async (programs) => {
        const traces = await runPrograms(runText, programs);
        for (const [i, each] of programs.entries()) {
            const difference = differenceOf(each, traces[i], makeReference);
            if (difference) return { program: each, difference };
        }
        return null;
    };
    let best = await test([program]);
    const known = new Set(); // numbers going to and fro
    for (let progress = true; best && progress;) {
        progress = false;
        const tidy = await test([withoutStrays(best.program)]);
        if (tidy) best = tidy;
        const candidates = [...smaller(best.program)].filter((each) => each && !known.has(toText(each)));
        for (let i = 0; i < candidates.length && !progress; i += 25) {
            const part = candidates.slice(i, i + 25);
            for (const each of part) known.add(toText(each));
            const found = await test(part);
            if (!found) continue;
            best = found;
            progress = true;
        }
    }
    return best;
}
