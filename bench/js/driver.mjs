// driver.mjs: node --expose-gc driver.mjs JOB: measures eddy's programs and their baselines in one
// process, in turns. JOB is JSON: { rows: [{ row, rounds, args, artifact, baseline, without }] };
// `baseline` is a path of a web program, or names an entry of baselines.mjs; `without`, in its place,
// is eddy's own program built otherwise; a row with a `curve` has none.
// A row with a `driver` is driven by JavaScript: by that entry of crossing.mjs, against JSPI's.
// Prints one line of JSON for each row: { row, value: [samples], baseline: [samples] },
// { row, points: [{ n, samples }] } or { row, error }.
//
// Imports no npm package: it runs in every Node that is compared.

import { baselines } from './baselines.mjs';
import { drivers, jspiBaselines } from './crossing.mjs';
import { appOf, runProgram } from './programs.mjs';
import { measureSides } from './rounds.mjs';

/** The last round's garbage is gone: a dead instance's memory is given back by another thread. */
async function settle() {
    globalThis.gc();
    await new Promise((done) => { setTimeout(done, 25); });
}

const measure = ({ row, args, artifact, baseline, without, driver, rounds }) => measureSides(row, rounds, settle, {
    value: async () => (driver ? drivers[driver](await appOf(artifact), ...args) : runProgram(artifact, args)),
    baseline: () => (driver ? jspiBaselines[driver](...args) : without ? runProgram(without, args)
        : baselines[baseline] ? baselines[baseline](...args)
            : runProgram(baseline, args, { plain: true })),
});

/** A row with a curve: { row, points: [{ n, samples }] }, every round all numbers in turn. */
async function measureCurve({ row, args, artifact, curve, plain, rounds }) {
    const points = curve.map((n) => ({ n, samples: [] }));
    for (let round = -1; round < rounds; round++) {
        for (const { n, samples } of points) {
            await settle();
            const sample = await runProgram(artifact, [n, ...args.slice(1)], { plain });
            if (round >= 0) samples.push(sample);
        }
    }
    return { row, points };
}

const job = JSON.parse(process.argv[2]);
for (const row of job.rows) {
    const measured = row.curve ? measureCurve(row) : measure(row);
    const result = await measured.catch((error) => ({ row: row.row, error: error.message }));
    process.stdout.write(`${JSON.stringify(result)}\n`);
}
