// command.mjs: the end of scripts of the build that are commands, some of them modules as well.

import { pathToFileURL } from 'node:url';

/** What a program cannot have, told without a trace. */
export class Fault extends Error {}

/** Runs main(arguments). */
export function run(main) {
    try {
        main(process.argv.slice(2));
    } catch (error) {
        if (!(error instanceof Fault)) throw error;
        process.stderr.write(`eddy: ${error.message}\n`);
        process.exitCode = 1;
    }
}

/** The same if the script at `url` is what Node was started with. */
export function runCommand(url, main) {
    if (url === pathToFileURL(process.argv[1] ?? '').href) run(main);
}
