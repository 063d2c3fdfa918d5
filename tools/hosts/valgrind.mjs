// valgrind.mjs: programs as executables of this machine, under valgrind's memcheck.

import { runProcess } from './process.mjs';

const OPTIONS = ['-q', '--leak-check=full', '--errors-for-leak-kinds=definite,indirect,possible',
    '--error-exitcode=99'];

export async function open({ valgrind }) {
    return {
        name: 'valgrind',
        run: (artifact, { args = [], env, ...options } = {}) =>
            runProcess([...valgrind.command, ...OPTIONS, artifact, ...args],
                { env: { ...valgrind.env, ...env }, ...options }),
        async close() {},
    };
}
