// table.mjs: the rows for a person.

import { curveText } from './curve.mjs';

function figure(value, unit) {
    const digits = value >= 1000 ? 0 : value >= 100 ? 1 : 2;
    return `${value.toFixed(digits)} ${unit}`;
}

const percent = (part) => `±${(part * 100).toFixed(0)}%`;

function targetText({ ratio, value }, unit) {
    const parts = [];
    if (ratio !== undefined) parts.push(ratio === 1 ? 'ahead' : `ratio <= ${Number(ratio.toFixed(3))}`);
    if (value !== undefined) parts.push(`<= ${value} ${unit}`);
    return parts.join(', ');
}

/** `ahead` means less than the baseline; other limits may be touched. */
export function isMet({ ratio, value }, result) {
    const ahead = ratio === undefined || (ratio === 1 ? result.ratio < 1 : result.ratio <= ratio);
    return ahead && (value === undefined || result.value <= value);
}

export function table(rows, { quick = false, isPinned = false } = {}) {
    const lines = [['row', 'host', 'eddy', '', 'against', '', 'ratio', 'target', '']];
    for (const { result, target, spread } of rows) {
        const wanted = targetText(target, result.unit);
        lines.push([
            result.name, result.host, figure(result.value, result.unit), percent(spread),
            result.baseline, figure(result.baseline_value, result.unit), result.ratio.toFixed(3),
            wanted, !wanted ? '' : isMet(target, result) ? 'met' : 'not met',
        ]);
    }
    const right = new Set([2, 3, 5, 6]);
    const widths = lines[0].map((_, i) => Math.max(...lines.map((line) => line[i].length)));
    const text = lines.map((line) => line
        .map((cell, i) => (right.has(i) ? cell.padStart(widths[i]) : cell.padEnd(widths[i])))
        .join('  ').trimEnd());
    const notes = [...new Map(rows.map(({ result, what }) => [result.name, what]))]
        .map(([name, what]) => `  ${name}: ${what}`);
    for (const { result: { name, host, curve, unit } } of rows)
        if (curve) notes.push(`  ${name} on ${host}: ${curveText(curve, unit)}`);
    const head = quick ? ['quick: too short to be quoted'] : [];
    return [...head, ...text, '',
        `Medians${isPinned ? ', on one core (Chromium on all)' : ''}; ratio = eddy / against, less is better.`, ...notes, '']
        .join('\n');
}
