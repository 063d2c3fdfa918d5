// page.mjs: one row measured in a page, as driver.mjs does it in Node; artifacts are URLs.

import { drivers, jspiBaselines } from './crossing.mjs';
import { fetches } from './fetches.mjs';
import { runInstance } from './instance.mjs';
import { measureSides } from './rounds.mjs';

async function settle() {
    globalThis.gc?.();
    await new Promise((done) => { setTimeout(done, 25); });
}

export async function measureRow({ row, args, artifact, baseline, driver, rounds }) {
    const { default: create } = await import(artifact);
    if (!driver) {
        return measureSides(row, rounds, settle, {
            value: () => runInstance(create, artifact, args),
            baseline: () => fetches[baseline](...args),
        });
    }
    const { eddy: app } = await create();
    return measureSides(row, rounds, settle, {
        value: () => drivers[driver](app, ...args),
        baseline: () => jspiBaselines[driver](...args),
    });
}
