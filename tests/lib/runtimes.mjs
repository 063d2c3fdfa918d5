// runtimes.mjs: the other hosts of JavaScript, for tests that run scripts of their own there.

import { RUNTIMES } from '../../tools/hosts/runtimes.mjs';
import { SetupError } from '../../tools/setup.mjs';

/** The command that runs a script; null, with the test skipped, where it cannot be set up. In CI that fails. */
export async function runtimeOf(t, name) {
    try {
        return await RUNTIMES[name]();
    } catch (error) {
        if (!(error instanceof SetupError) || process.env.CI) throw error;
        t.skip(`no ${name}: ${error.message}`);
        return null;
    }
}
