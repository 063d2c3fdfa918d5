// frames.mjs: what Asyncify's instrumented functions save and restore, made less.
//
// The pass saves each local that is live where a function may suspend, and takes what a call is given for
// live: but when the call is made again to resume, what it is given is not looked at, for the function
// called restores its own locals. Here a function's text is read, the liveness of its locals at the
// resumption is computed exactly, and the code that saves and restores is written anew, for those that are.

/** The text is not of the form that is known: the function stays as it is. */
class Unknown extends Error {}

export const UNWIND = '$__asyncify_unwind'; // the label to leave a function by, of those that are instrumented
const STATE = '$__asyncify_state', POSITION = '$__asyncify_data';
const FRAME = '$eddy_frame', INDEX = '$eddy_index';
const NONE = 0n;

// ---- reading ------------------------------------------------------------------------------------------

/** The expressions of a text, the outermost first: { op, atoms, kids, start, end }, the last two its place in it. */
function read(text) {
    const token = /\s+|\(|\)|;|(?:[^\s()";]*"(?:[^"\\]|\\.)*")|[^\s()";]+/y;
    const top = { op: '', atoms: [], kids: [], start: 0, end: 0 };
    const open = [top], nodes = [];
    for (let at = 0; at < text.length; at = token.lastIndex) {
        token.lastIndex = at;
        const [found] = token.exec(text) ?? [];
        if (found === undefined || found === ';') throw new Unknown('a comment'); // a line of the source
        const inner = open.at(-1);
        if (found === '(') {
            const node = { op: undefined, atoms: [], kids: [], start: at, end: 0 };
            inner.kids.push(node);
            nodes.push(node);
            open.push(node);
        } else if (found === ')') {
            inner.end = at + 1;
            open.pop();
            if (inner === nodes[0]) break; // others may follow
        } else if (found.trim()) {
            if (inner.op === undefined) inner.op = found;
            else inner.atoms.push(found);
        }
    }
    return nodes;
}

const NO_CODE = new Set(['type', 'param', 'result', 'local']);
const codeOf = (node) => node.kids.filter(({ op }) => !NO_CODE.has(op));

const isGet = (node, name) => node?.op === 'global.get' && node.atoms[0] === name;
const isLocal = (node) => node?.op === 'local.get';
const constantOf = (node) => (node?.op === 'i32.const' ? Number(node.atoms[0]) : undefined);
const isRewinding = (node) => node.op === 'i32.eq' && isGet(node.kids[0], STATE) && constantOf(node.kids[1]) === 2;
const isNormal = (node) => node.op === 'i32.eqz' && isGet(node.kids[0], STATE);

// ---- liveness -----------------------------------------------------------------------------------------

// What is live is a pair of sets of locals, as bits: [while the frames are being restored, otherwise].
// Between a call and the look whether it suspends a function is on its way out, and only saves.
const REWINDING = 0, NORMAL = 1;

/** Whether a condition holds: true, false, or undefined. */
function truth(node, mode) {
    const [a, b] = node.kids;
    const number = constantOf(node);
    if (number !== undefined) return number !== 0;
    if (isNormal(node)) return mode === NORMAL;
    if (isRewinding(node)) return mode === REWINDING;
    if (node.op === 'i32.eqz') {
        const value = truth(a, mode);
        return value === undefined ? undefined : !value;
    }
    if (node.op !== 'i32.or' && node.op !== 'i32.and') return undefined;
    const values = [truth(a, mode), truth(b, mode)];
    if (node.op === 'i32.and') return values.includes(false) ? false : undefined; // 1 and 2 are true, but not together
    if (values.includes(true)) return true;
    return values.includes(undefined) ? undefined : false;
}

const HARMLESS = new RegExp('^(?:(?:local|global)\\.get|select|[if](?:32|64)\\.(?:const|eqz|eq|ne|[lg][te](?:_[su])?|' +
    'add|sub|mul|and|or|xor|shl|shr_[su]|extend\\w*|wrap_i64))$');

/** Computed without effect and without a trap: if nobody wants the value, nobody wants what it is made of. */
const isHarmless = (node) => HARMLESS.test(node.op) && node.kids.every(isHarmless);

function livenessOf(body, bits, forgets) {
    const labels = new Map();
    const or = (a, b) => [a[0] | b[0], a[1] | b[1]];
    const bitOf = (node) => {
        const bit = bits.get(node.atoms[0]);
        if (bit === undefined) throw new Unknown(`the local ${node.atoms[0]}`);
        return bit;
    };
    const labelOf = (node) => node.atoms.find((atom) => atom.startsWith('$'));
    const target = (label) => {
        const found = labels.get(label);
        if (!found) throw new Unknown(`the label ${label}`);
        return found;
    };
    const sequence = (nodes, after) => nodes.reduceRight((live, node) => before(node, live), after);
    /** Of a condition and what is live if it holds and if not. */
    function decided(condition, yes, no) {
        const values = [truth(condition, REWINDING), truth(condition, NORMAL)];
        const live = values.map((value, mode) =>
            (value === undefined ? yes[mode] | no[mode] : value ? yes[mode] : no[mode]));
        const read = before(condition, live);
        return values[REWINDING] !== undefined && isHarmless(condition) ? [live[REWINDING], read[NORMAL]] : read;
    }
    function call(node, operands, after) {
        // If frames are being restored, they are so until it returns, or longer: then it was not the one.
        let live = [after[REWINDING] | after[NORMAL], after[NORMAL]];
        for (const operand of operands.toReversed()) {
            const read = before(operand, live);
            live = node.op === 'call' && forgets(node.atoms[0]) && isHarmless(operand)
                ? [live[REWINDING], read[NORMAL]] : read;
        }
        return live;
    }
    /** What is live before a node, by what is live after it. */
    function before(node, after) {
        const kids = codeOf(node);
        switch (node.op) {
        case 'local.get': return or(after, [bitOf(node), bitOf(node)]);
        case 'local.set': case 'local.tee': {
            const bit = bitOf(node);
            const others = after.map((live) => live & ~bit);
            const read = before(kids[0], others);
            if (node.op === 'local.tee' || !isHarmless(kids[0])) return read;
            return after.map((live, mode) => (live & bit ? read : others)[mode]); // nobody wants it
        }
        case 'block': case 'then': case 'else':
            if (node.op === 'block') labels.set(labelOf(node), after);
            return sequence(kids, after);
        case 'loop': {
            const label = labelOf(node);
            for (let live = labels.get(label) ?? [NONE, NONE]; ;) { // what was found before is part of it
                labels.set(label, live);
                const found = or(live, sequence(kids, after));
                if (found[0] === live[0] && found[1] === live[1]) return found;
                live = found;
            }
        }
        case 'if': {
            labels.set(labelOf(node), after);
            const [condition, yes, no] = kids;
            return decided(condition, before(yes, after), no ? before(no, after) : after);
        }
        case 'br': return sequence(kids, target(node.atoms[0]));
        case 'br_if': {
            const condition = kids.at(-1);
            return sequence(kids.slice(0, -1), decided(condition, target(node.atoms[0]), after));
        }
        case 'br_table': return sequence(kids, node.atoms.map(target).reduce(or));
        case 'return': case 'unreachable': return sequence(kids, [NONE, NONE]);
        case 'call': case 'call_indirect': return call(node, kids, after);
        default:
            if (/^(?:try|catch|throw|rethrow|delegate|return_call|call_ref|br_on|suspend|resume)/.test(node.op))
                throw new Unknown(node.op);
            return sequence(kids, after);
        }
    }
    return before(body, [NONE, NONE]);
}

// ---- the form -----------------------------------------------------------------------------------------

function expect(condition, what) {
    if (!condition) throw new Unknown(what);
}

const SIZES = { i32: 4, i64: 8, f32: 4, f64: 8, v128: 16 };

// As the pass has it, the position is in memory, behind a pointer.
const isPosition = (node) => node?.op === 'i32.load' && node.atoms.length === 0 && isGet(node.kids[0], POSITION);
const isMove = (node) => node.op === 'i32.store' && node.atoms.length === 0 && isGet(node.kids[0], POSITION);
const isBase = (node, base) => isPosition(node) || isLocal(node) && node.atoms[0] === base.name ||
    node.op === 'local.tee' && isPosition(node.kids[0]);

/** What loads or stores, at a place of the frame. */
function placeOf(node, base, name) {
    const [type] = node.op.split('.');
    const [address] = node.kids;
    const at = Number(/^offset=(\d+)$/.exec(node.atoms.find((atom) => !atom.startsWith('align=')) ?? 'offset=0')?.[1]);
    expect(/^\w+\.(?:load|store)$/.test(node.op) && SIZES[type] && isBase(address, base) && at >= 0, 'a place');
    if (address.op === 'local.tee') base.name = address.atoms[0];
    return { name, type, at };
}

/** Of { name, type, at }: whether they lie one behind the other. */
function isWhole(places) {
    let end = 0;
    return places.every(({ type, at }) => {
        const fits = at === end;
        end += SIZES[type];
        return fits;
    });
}

/** What a statement that only remembers the position does; the base is by that name from then on. */
function remembers(node, base) {
    if (node.op !== 'local.set' || !isPosition(node.kids[0])) return false;
    base.name = node.atoms[0];
    return true;
}

function restoredBy(statements) {
    const base = { name: undefined };
    expect(isMove(statements[0]), 'the first move');
    return statements.slice(1).filter((node) => !remembers(node, base)).map((node) => {
        expect(node.op === 'local.set', 'what restores');
        return placeOf(node.kids[0], base, node.atoms[0]);
    }).sort((a, b) => a.at - b.at);
}

/** The same of what saves, behind the call's index, of which it gives the local as well. */
function savedBy(statements) {
    const base = { name: undefined };
    const [index, ...locals] = statements.filter((node) => !isMove(node) && !remembers(node, base)).map((node) => {
        expect(/\.store$/.test(node.op) && isLocal(node.kids[1]), 'what is saved');
        return placeOf(node, base, node.kids[1].atoms[0]);
    });
    expect(index?.type === 'i32' && index.at === 0, 'the index');
    return { index: index.name, locals };
}

const textOf = (text, nodes) => nodes.map((node) => text.slice(node.start, node.end)).join('\n   ');

/** The text from `from` to `to` with what `edits` says, [node, text]. */
function edited(text, from, to, edits) {
    let result = '', at = from;
    for (const [node, replacement] of edits.toSorted(([a], [b]) => a.start - b.start)) {
        expect(node.start >= at, 'places that overlap');
        result += text.slice(at, node.start) + replacement;
        at = node.end;
    }
    return result + text.slice(at, to);
}

const isIn = (node, other) => other.start <= node.start && node.end <= other.end;

/**
 * What looks whether a call is to be made, if there is but one that can suspend: whoever comes to it makes the
 * call. `takes`: where the index is restored, into the local `taken` or at once for this look.
 */
function onlyCall(nodes, takes, taken) {
    const leaves = nodes.filter(({ op, atoms }) => /^br/.test(op) && atoms.includes(UNWIND));
    if (leaves.length !== 1) return undefined;
    const guard = nodes.findLast((node) => node.op === 'if' && isIn(leaves[0], codeOf(node)[1]));
    const [condition] = guard ? codeOf(guard) : [];
    const [normal, index] = condition?.op === 'i32.or' ? condition.kids : [];
    if (!normal || !isNormal(normal) || index.op !== 'i32.eqz') return undefined;
    const [asked] = index.kids;
    return asked === takes || isLocal(asked) && asked.atoms[0] === taken ? condition : undefined;
}

function rewrite(text, forgets) {
    const nodes = read(text);
    const [fn] = nodes;
    const variables = fn.kids.filter(({ op }) => op === 'param' || op === 'local');
    const bits = new Map(variables.map(({ atoms: [name] }, i) => [name, 1n << BigInt(i)]));
    const code = codeOf(fn);
    const at = code.findIndex(({ op, kids: [block] }) => op === 'local.set' && block.op === 'block' &&
        block.atoms[0] === UNWIND);
    const main = code[at], body = main?.kids[0], ends = code.slice(at + 1);
    expect(at === 0 || at === 1, 'the beginning');
    const statements = codeOf(body);
    const moves = nodes.filter((node) => {
        const [condition, then] = codeOf(node);
        return node.op === 'if' && isRewinding(condition) && then.kids.some(isMove);
    });
    const takes = moves.pop(), restores = moves.pop();
    expect(takes && isIn(takes, body) && moves.length === 0, 'where the index is restored');
    expect((at === 0 || code[0] === restores) && (!restores || codeOf(restores).length === 2), 'the beginning');
    if (restores && at === 0) expect(statements.shift() === restores, 'where the locals are restored');

    const values = ends.filter(({ op }) => /^\w+\.const$/.test(op)); // of a function that has a result
    const { index, locals: saved } = savedBy(ends.filter((node) => !values.includes(node)));
    expect(index === main.atoms[0], 'the index at the end');
    const restored = restores ? restoredBy(codeOf(restores)[1].kids) : [];
    expect(isWhole(saved) && JSON.stringify(saved) === JSON.stringify(restored), 'what is saved and restored');

    const [, then, otherwise] = codeOf(takes);
    const [move, taken, ...more] = then.kids;
    const [name, value] = taken?.op === 'local.set' ? [taken.atoms[0], taken.kids[0]] : [undefined, taken];
    expect(isMove(move) && more.length === 0 && value.op === 'i32.load' && value.atoms.length === 0 &&
        isPosition(value.kids[0]) && !name === !!otherwise, 'how the index is restored');

    // What is live behind the beginning if the frames are being restored.
    const [live] = livenessOf({ ...body, kids: statements }, bits, forgets);
    let size = SIZES.i32; // the index comes first
    const places = saved.filter(({ name }) => live & bits.get(name)).map(({ name, type }) => {
        const place = { name, type, offset: ` offset=${size} align=4` };
        size += SIZES[type];
        return place;
    });

    const frame = `(local.get ${FRAME})`;
    const restore = [
        `(local.set ${FRAME} (i32.sub (global.get ${POSITION}) (i32.const ${size})))`,
        `(global.set ${POSITION} ${frame})`,
        ...places.map(({ name, type, offset }) => `(local.set ${name} (${type}.load${offset} ${frame}))`),
    ];
    const save = [
        `(local.set ${FRAME} (global.get ${POSITION}))`,
        `(i32.store ${frame} (local.get ${index}))`,
        ...places.map(({ name, type, offset }) => `(${type}.store${offset} ${frame} (local.get ${name}))`),
        `(global.set ${POSITION} (i32.add ${frame} (i32.const ${size})))`,
    ];

    const edits = [];
    const only = onlyCall(nodes, takes, name);
    if (only) edits.push([only, '(i32.const 1)']);
    const known = only ? '(i32.const 0)' : `(i32.load ${frame})`;
    if (name && takes === statements[0]) {
        restore.push(`(local.set ${name} ${known})`);
        statements.shift();
    } else if (!only || !isIn(takes, only)) { // far from the beginning
        restore.push(`(local.set ${INDEX} ${known})`);
        edits.push([value, `(local.get ${INDEX})`], [move, '']);
    }
    // Who is not called to resume is called to begin.
    const [begins] = statements;
    const isBeginning = begins.op === 'if' && isNormal(begins.kids[0]) && begins.kids.length === 2;
    if (isBeginning) statements.shift();
    const beginning = isBeginning ? `\n  (else ${textOf(text, begins.kids[1].kids)})` : '';

    const head = text.slice(0, code[0].start).replace('\n', `\n  (local ${FRAME} i32)\n  (local ${INDEX} i32)\n`);
    return `${head}(local.set ${index}
 (block ${UNWIND} (result i32)
  (if (i32.eq (global.get ${STATE}) (i32.const 2))
  (then ${restore.join('\n   ')})${beginning})
  ${edited(text, statements[0].start, body.end, edits)}
 )
  ${save.join('\n  ')}
  ${textOf(text, values)}
 )${text.slice(fn.end)}`;
}

/**
 * A function's text as the pass has made it, with less to save and the position in the global itself; undefined
 * if its form is not known. `forgets(name)`: whether a function does not look at its arguments when it is
 * called again to resume.
 */
export function withSmallFrame(text, forgets) {
    try {
        return rewrite(text, forgets);
    } catch (error) {
        if (!(error instanceof Unknown)) throw error;
        return undefined;
    }
}
