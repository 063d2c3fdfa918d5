// command.mjs: the end of a script of the build that is a module as well as a command.

import { pathToFileURL } from 'node:url';

/** Runs main(arguments) if the script at `url` is what Node was started with; a `Fault` is told without a trace. */
export function runCommand(url, main, Fault) {
    if (url !== pathToFileURL(process.argv[1] ?? '').href) return;
    try {
        main(process.argv.slice(2));
    } catch (error) {
        if (!(error instanceof Fault)) throw error;
        process.stderr.write(`eddy: ${error.message}\n`);
        process.exitCode = 1;
    }
}
