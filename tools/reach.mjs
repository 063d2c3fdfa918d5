// reach.mjs: which functions of a module can suspend, so that the Asyncify pass instruments no others.
//
// The pass itself takes every call through a pointer for one that may suspend, and with it whole
// libraries that never do. But WebAssembly checks the type at such a call, so it reaches only functions
// of that very type whose address somebody has taken. What is found here is still more than can happen,
// never less.

/** A function's or type's name in a module's text. */
export const NAME = String.raw`(\$(?:"(?:[^"\\]|\\.)*"|[^\s()]+))`;
const every = (text, source) => text.matchAll(new RegExp(source, 'g'));
const plain = (name) => name.replace(/^\$"?|"$/g, '');

/** Asyncify's lists: names, `*` stands for any characters. */
function matcher(patterns) {
    const source = patterns.map((each) =>
        each.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*'));
    const expression = new RegExp(`^(?:${source.join('|')})$`);
    return (name) => expression.test(plain(name));
}

function readImports(wat) {
    const tops = new Set(), bottoms = new Set();
    for (const [, field, name] of every(wat, String.raw`\(import "asyncify" "(\w+)" \(func ${NAME}`))
        (/^(start_unwind|stop_rewind)$/.test(field) ? tops : bottoms).add(name);
    return { tops, bottoms };
}

/** A function's or type's parameters and results: `(param $0 i32) (result i32)` as "i32>i32". */
function signature(text) {
    const kinds = (word) => [...every(text, String.raw`\(${word}((?: \$\S+)?[^()]*)\)`)]
        .flatMap((found) => found[1].trim().split(/\s+/).filter((kind) => !kind.startsWith('$')));
    return `${kinds('param')}>${kinds('result')}`;
}

function readFunctions(wat) {
    const types = new Map([...every(wat, String.raw`\(type ${NAME} \(func([^\n]*)`)]
        .map(([, name, text]) => [name, signature(text)]));
    const typeOf = (name) => {
        if (!types.has(name)) throw new Error(`reach: the module's text has no type ${name}`);
        return types.get(name);
    };
    const functions = new Map();
    for (const text of wat.split(/^(?= \(func )/m).slice(1)) {
        const [, name, head] = new RegExp(String.raw`^ \(func ${NAME}([^\n]*)`).exec(text) ?? [];
        if (!name) throw new Error(`reach: cannot read ${text.slice(0, 80)}`);
        const indirect = new Set();
        for (const [call, kind] of text.matchAll(/\((?:return_)?call_(indirect|ref)[^\n]*/g)) {
            const [, type] = new RegExp(kind === 'ref' ? `ref ${NAME}` : String.raw`\(type ${NAME}\)`).exec(call) ?? [];
            if (!type) throw new Error(`reach: cannot read ${call}`);
            indirect.add(typeOf(type));
        }
        functions.set(name, {
            name, type: signature(head), indirect,
            calls: new Set([...every(text, String.raw`\((?:return_)?call ${NAME}`)].map((found) => found[1])),
        });
    }
    return functions;
}

/** The functions whose address is in a table or taken in code. */
function addressTaken(wat) {
    const taken = new Set([...every(wat, String.raw`\(ref\.func ${NAME}`)].map((found) => found[1]));
    for (const [line] of wat.matchAll(/^ \(elem .*$/gm))
        for (const [, name] of every(line, NAME)) taken.add(name);
    return taken;
}

/**
 * -> { suspending, spared }. `suspending` is a Map of the functions that can suspend: name -> { because,
 * throughPointer, top }. `because` is the function that it calls and by which it can, or the type of a
 * pointer. Functions that match one of `never` are taken at their word; `spared` are those that could
 * suspend only below one of them, which must be named to the pass.
 */
export function findSuspending(wat, never) {
    const isRemoved = matcher(never);
    const functions = readFunctions(wat);
    const { tops, bottoms } = readImports(wat);
    const taken = addressTaken(wat);
    const callers = new Map(), callersByType = new Map();
    const add = (map, key, value) => map.get(key)?.push(value) ?? map.set(key, [value]);
    for (const each of functions.values()) {
        for (const callee of each.calls) add(callers, callee, each);
        for (const type of each.indirect) add(callersByType, type, each);
    }
    const calls = (each, set) => [...each.calls].some((name) => set.has(name));
    const found = new Map();
    const reached = [];
    const types = new Set();
    const reach = (each, because, throughPointer) => {
        if (found.has(each.name) || isRemoved(each.name) || calls(each, bottoms)) return;
        found.set(each.name, { because, throughPointer, top: calls(each, tops) });
        reached.push(each);
    };
    for (const each of functions.values()) if (calls(each, tops)) reach(each, 'the switch', false);
    for (let each; (each = reached.pop());) {
        for (const caller of callers.get(each.name) ?? []) reach(caller, each.name, false);
        if (!taken.has(each.name) || types.has(each.type)) continue;
        types.add(each.type);
        for (const caller of callersByType.get(each.type) ?? []) reach(caller, each.name, true);
    }
    // A function found by a direct call may also call through a pointer that can suspend.
    for (const [name, entry] of found)
        entry.throughPointer = [...functions.get(name).indirect].some((type) => types.has(type));
    const below = reachedFromSwitch(functions, bottoms, taken, found);
    const spared = [];
    for (const [name, { top }] of found) {
        if (below.has(name)) continue;
        found.delete(name);
        if (!top) spared.push(plain(name));
    }
    return { suspending: found, spared };
}

/**
 * Those of `found` that can be on a stack that is switched away from: it begins with what a bottom calls,
 * and all that is on it can suspend. The others are called only by what promises never to, as what
 * stdio writes with is.
 */
function reachedFromSwitch(functions, bottoms, taken, found) {
    const byType = new Map();
    for (const name of taken) {
        const type = found.has(name) && functions.get(name).type;
        if (type) byType.get(type)?.push(name) ?? byType.set(type, [name]);
    }
    const below = new Set();
    const rest = [...functions.values()].filter((each) => [...each.calls].some((name) => bottoms.has(name)));
    for (let each; (each = rest.pop());) {
        for (const name of [...each.calls, ...[...each.indirect].flatMap((type) => byType.get(type) ?? [])]) {
            if (!found.has(name) || below.has(name)) continue;
            below.add(name);
            rest.push(functions.get(name));
        }
    }
    return below;
}

/** Those of them that must be named to a pass which takes no call through a pointer for one that suspends. */
export function toBeNamed(suspending) {
    return [...suspending].filter(([, { throughPointer, top }]) => throughPointer && !top)
        .map(([name]) => plain(name));
}
