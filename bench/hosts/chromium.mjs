// chromium.mjs: rows in a page of Chromium.

import { relative } from 'node:path';
import { ROOT } from '../../tools/build.mjs';
import { openHost } from '../../tools/hosts/index.mjs';
import { startServer } from './server.mjs';

/** The samples of all rows; none where there is no Chromium, after a line on stderr. */
export async function measureInChromium({ rows, artifacts, quick }) {
    const browser = await openHost('chromium', { flags: ['--js-flags=--expose-gc'], protocolTimeout: 600_000 });
    if (!browser) return [];
    const { serveProject } = await import('../../tools/serve.mjs'); // needs npm's packages
    // Isolated: a page's clock has 5 us then, else 100.
    const files = await serveProject({
        'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp',
    });
    const server = rows.some((row) => row.server) ? await startServer() : undefined;
    const results = [];
    try {
        for (const row of rows) {
            const page = await browser.browser.newPage();
            await page.goto(files.origin);
            const args = [...(row.server ? [server.url] : []), ...(quick ? row.quick : row.inPage ?? row.args)];
            const job = {
                row: row.name, rounds: quick ? 2 : row.rounds, args, driver: row.driver, baseline: row.baseline,
                artifact: `/${relative(ROOT, artifacts[row.program])}`,
            };
            const measured = await page.evaluate(async (what) => (await import('/bench/js/page.mjs')).measureRow(what), job)
                .catch((error) => ({ error: error.message.split('\n')[0] }));
            results.push({ ...measured, row, host: 'chromium', label: row.label });
            await page.close();
        }
    } finally {
        server?.close();
        files.close();
        await browser.close();
    }
    return results;
}
