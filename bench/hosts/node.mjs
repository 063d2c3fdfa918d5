// node.mjs: all rows of one Node, in one process of that Node.

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { pinned } from './pinned.mjs';
import { startServer } from './server.mjs';

const DRIVER = fileURLToPath(new URL('../js/driver.mjs', import.meta.url));

/** Starts the driver; calls `told` for each row it has measured. -> how it ended */
function drive(program, job, told) {
    return new Promise((done, fail) => {
        // The baselines' million promises want more heap than Node takes by itself on small machines.
        const [command, ...args] = pinned([program, '--expose-gc', '--max-old-space-size=6144',
            DRIVER, JSON.stringify(job)]);
        const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
        let rest = '';
        child.stdout.setEncoding('utf8').on('data', (text) => {
            const lines = (rest + text).split('\n');
            rest = lines.pop();
            for (const line of lines) told(JSON.parse(line));
        });
        child.on('error', fail);
        child.on('close', (code, signal) => done(signal ?? code));
    });
}

export async function measureOnNode({ host, program, rows, artifacts, peers, quick }) {
    const server = rows.some((row) => row.server) ? await startServer() : undefined;
    const jobs = rows
        .filter(({ baseline }) => !peers[baseline]?.reason)
        .map((row) => {
            const args = [...(row.server ? [server.url] : []), ...(quick ? row.quick : row.args)];
            return {
                row: row.name, rounds: quick ? 2 : row.rounds, args,
                artifact: artifacts[row.program],
                baseline: peers[row.baseline]?.artifact ?? row.baseline,
                without: row.without && artifacts[`${row.program}-${row.without}`],
                curve: row.curve?.filter((n) => n <= args[1]), plain: row.plain, driver: row.driver,
            };
        });
    const results = [];
    const ended = await drive(program, { rows: jobs }, (result) => {
        const row = rows.find(({ name }) => name === result.row);
        results.push({ ...result, row, host, label: row.label });
    });
    server?.close();
    if (ended !== 0) {
        for (const { row } of jobs.slice(results.length, results.length + 1)) {
            const known = rows.find(({ name }) => name === row);
            results.push({ row: known, host, label: known.label, error: `node ended with ${ended}` });
        }
    }
    return results;
}
