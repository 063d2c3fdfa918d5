// main.mjs: the model test by hand.
//   node tests/model/main.mjs FILE                     programs from a file
//   node tests/model/main.mjs --seed S [--count N]     the programs of the seeds S, S + 1, …
//   --host native|node|wasmtime, --mode asan|release, --most N: differences to print (default 1)

import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { build } from '../../tools/build.mjs';
import { HOSTS, openHost } from '../../tools/hosts/index.mjs';
import { describe, differenceOf, runPrograms } from './compare.mjs';
import { generate } from './generate.mjs';
import { fromText } from './program.mjs';
import { shrink } from './shrink.mjs';

const PROGRAM = 'tests/programs/model.c';

const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
        seed: { type: 'string', default: '1' }, count: { type: 'string', default: '1' },
        host: { type: 'string', default: 'native' }, mode: { type: 'string' },
        most: { type: 'string', default: '1' },
    },
});

const seed = Number(values.seed);
const programs = positionals.length ? positionals.flatMap((file) => fromText(readFileSync(file, 'utf8')))
    : Array.from({ length: Number(values.count) }, (_, i) => generate(seed + i));
const originOf = (i) => (positionals.length ? `program ${i + 1} of the file` : `--seed ${seed + i}`);

const options = { ...HOSTS[values.host].build, ...(values.mode ? { mode: values.mode } : {}), quiet: true };
const artifact = (await build({ ...options, programs: [PROGRAM] })).get(PROGRAM);
const host = await openHost(values.host);
const runText = (stdin, args) => host.run(artifact, { args, stdin, atOnce: true, timeout: 120_000 });

let differences = 0;
for (let i = 0; i < programs.length; i += 500) {
    const part = programs.slice(i, i + 500);
    const traces = await runPrograms(runText, part);
    for (const [k, program] of part.entries()) {
        const difference = differenceOf(program, traces[k]);
        if (!difference) continue;
        if (++differences > Number(values.most)) continue;
        const small = await shrink(runText, program) ?? { program, difference };
        process.stdout.write(`${describe(small.program, small.difference, originOf(i + k))}\n\n`);
    }
}
process.stdout.write(`${programs.length} programs, ${differences} differ\n`);
await host.close();
process.exitCode = differences ? 1 : 0;
