// matrix-reporter.mjs: a reporter of Node's test runner: for each top-level test a line of JSON that says
// how it ended, and how many of its subtests. tools/matrix.mjs makes the table of hosts of them.

import { relative } from 'node:path';
import { ROOT } from './build.mjs';

export default async function* reporter(events) {
    const inner = new Map(); // file -> counts of the subtests since its last top-level test
    for await (const { type, data } of events) {
        if (type !== 'test:pass' && type !== 'test:fail') continue;
        const file = relative(ROOT, data.file ?? '');
        const counts = inner.get(file) ?? { passed: 0, failed: 0, skipped: 0 };
        inner.set(file, counts);
        const result = type === 'test:fail' ? 'failed' : data.skip !== undefined ? 'skipped' : 'passed';
        if (data.nesting > 0) {
            counts[result]++;
            continue;
        }
        inner.delete(file);
        yield `${JSON.stringify({ file, name: data.name, result, ...counts })}\n`;
    }
}
