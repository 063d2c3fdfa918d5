// compare.mjs: runs programs with the C program and with the reference and compares the traces.

import { run as runReference } from './meaning-objects.mjs';
import { toText } from './program.mjs';

/**
 * Runs programs with the C program.
 * @param {(stdin: string, args: string[]) => Promise<{ code, stdout, stderr }>} runText
 * @returns {Promise<{ lines: string[], broken: string }[]>} the trace of each; `broken` says, if not
 *   empty, how the process ended without ending the program
 */
export async function runPrograms(runText, programs) {
    const traces = [];
    while (traces.length < programs.length) {
        const rest = programs.slice(traces.length);
        const { code, stdout, stderr } = await runText(rest.map(toText).join(''), []);
        const parts = stdout.split(/^program \d+\n/m).slice(1).map((part) => part.split('\n'));
        const whole = parts.filter((lines) => lines.at(-2) === 'end');
        for (const lines of whole) traces.push({ lines: lines.slice(0, -2), broken: '' });
        if (whole.length === rest.length) break;
        // The first that is not whole broke off: alone it writes all it can.
        const alone = await runText(toText(rest[whole.length]), ['now']);
        const lines = alone.stdout.split('\n').slice(1, -1);
        const ended = lines.at(-1) === 'end';
        traces.push({
            lines: ended ? lines.slice(0, -1) : lines,
            broken: ended ? `exit status ${code}, but only after the programs before it\n${stderr}`
                : `exit status ${alone.code}\n${alone.stderr}`,
        });
    }
    return traces;
}

/** Reports directly before the end of a run, and what is freed there, sorted. */
function sortReports(lines) {
    const sorted = [...lines];
    for (let end = 0; end < sorted.length; end++) {
        if (!sorted[end].startsWith('run ')) continue;
        let first = end;
        while (first > 0 && /^[!~] /.test(sorted[first - 1])) first--;
        sorted.splice(first, end - first, ...sorted.slice(first, end).sort());
    }
    return sorted;
}

/** In which order a queue drops its items is nobody's promise. */
function sortDropped(lines) {
    const sorted = [...lines];
    for (let i = 0, k; i < sorted.length; i = k + 1) {
        for (k = i; sorted[k]?.startsWith('~ ');) k++;
        if (k > i + 1) sorted.splice(i, k - i, ...sorted.slice(i, k).sort());
    }
    return sorted;
}

/** -> null, or { at, expected, got }: both traces and the index of the first line that differs */
export function differenceOf(program, trace, makeReference) {
    let expected, got = trace.broken ? [...trace.lines, trace.broken] : trace.lines;
    try {
        const { lines, halted } = runReference(program, trace.lines, makeReference);
        const inOrder = (list) => sortDropped(halted ? sortReports(list) : list);
        expected = inOrder(lines);
        got = inOrder(got);
    } catch (error) {
        expected = [`the reference fails: ${error.stack}`];
    }
    const length = Math.max(expected.length, got.length);
    const at = Array.from({ length }).findIndex((_, i) => expected[i] !== got[i]);
    return at < 0 ? null : { at, expected, got };
}

// ---- for a person -----------------------------------------------------------------------------------

/** serial -> [task, operation] */
function operationsOf(program) {
    const found = new Map();
    program.tasks.forEach((operations, index) => {
        const walk = (list) => list.forEach((operation) => {
            found.set(operation.serial, [`t${index}`, operation]);
            walk(operation.body ?? []);
        });
        walk(operations ?? []);
    });
    return found;
}

function readable(line, operations) {
    const [kind, serial, result, time] = (line ?? '').split(' ');
    const [task, operation] = operations.get(Number(serial)) ?? [];
    if (!operation || !'=>@'.includes(kind)) return line ?? '(nothing)';
    const words = [operation.name, ...operation.args].join(' ');
    const what = { '=': `-> ${result}`, '>': `{…} -> ${result}`, '@': 'is called' }[kind];
    return `${time} ms  line ${serial} of ${task}: ${words} ${what}`;
}

/** The program, both traces up to where they differ, and how to run it again. */
export function describe(program, { at, expected, got }, origin) {
    const text = toText(program);
    const operations = operationsOf(program);
    const numbered = text.trimEnd().split('\n').map((line, i) => `${String(i).padStart(4)}  ${line}`);
    const same = expected.slice(0, at).map((line) => `        ${readable(line, operations)}`);
    const rest = (lines) => lines.slice(at, at + 4).map((line) => `    ${readable(line, operations)}`);
    return [
        `model and eddy differ (${origin}):`, ...numbered, 'both:', ...same,
        'the model goes on:', ...rest(expected), ...(expected.length > at ? [] : ['    (nothing)']),
        'eddy goes on:', ...rest(got), ...(got.length > at ? [] : ['    (nothing)']),
        'to run it again, put the program into a file: node tests/model/main.mjs FILE',
    ].join('\n');
}
