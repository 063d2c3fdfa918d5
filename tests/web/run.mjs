// run.mjs: RUNTIME run.mjs CASES PROGRAM: runs cases in this process; prints their results as JSON.

import { runCases } from './check.mjs';

const [casesFile, program] = process.argv.slice(2);
const [{ cases }, { default: create, load }] = await Promise.all([import(casesFile), import(program)]);
console.log(JSON.stringify(await runCases(cases, load ?? create)));
