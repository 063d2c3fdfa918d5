// jco-main.mjs: node jco-main.mjs MODULE [ARG…]: runs what jco has made of a component.

import { pathToFileURL } from 'node:url';

process.argv.splice(1, 1); // what jco's WASI takes for the program's own
const { run } = await import(pathToFileURL(process.argv[1]));
try {
    run.run();
} catch (error) {
    // run() returns a result without a text: that is how an error of it comes here.
    if (error?.payload === undefined && error instanceof Error) process.stderr.write(`${error.stack}\n`);
    process.exitCode = 1;
}
