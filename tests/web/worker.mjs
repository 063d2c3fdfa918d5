// worker.mjs: runs cases in a worker: its page sends it the addresses of the cases and of the program.

import { runCases } from './check.mjs';

onmessage = async ({ data: [casesFile, program] }) => {
    const [{ cases }, { default: create, load }] = await Promise.all([import(casesFile), import(program)]);
    postMessage(await runCases(cases, load ?? create));
};
