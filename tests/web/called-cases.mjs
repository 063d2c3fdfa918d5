// called-cases.mjs: JavaScript calls tests/programs/called.c, which has a main of its own.

import { equal, rejection } from './check.mjs';

export const cases = {
    async 'main waits for calls'({ app, lines }) {
        equal(await app.call('call', 1), 1, 'an export may have the name of a method');
        equal(await Promise.all([app.call('call', 5), app.call('call', 5)]), [2, 3]);
        await app.finish();
        equal(await app.ended, 43);
        equal((await rejection(app.call('call', 1))).name, 'EDDY_ECLOSED');
        equal(lines, []);
    },
    async 'the end of main cancels calls'({ app }) {
        const late = rejection(app.call('call', 60_000));
        await app.finish();
        equal((await late).name, 'EDDY_ECANCELED');
        equal(await app.ended, 40);
    },
    async 'close interrupts main'({ app, lines }) {
        const late = rejection(app.call('call', 60_000));
        equal(await app.close(), 1);
        equal((await late).name, 'EDDY_ECANCELED');
        equal(lines.join('\n'), 'eddy: main ended with EDDY_ECANCELED: operation was cancelled');
    },
};
