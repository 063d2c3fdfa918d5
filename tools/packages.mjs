// packages.mjs: installs the npm packages of package-lock.json when they are not.

import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ROOT } from './build.mjs';
import { SetupError } from './setup.mjs';

function install() {
    return new Promise((done) => {
        let output = '';
        const child = spawn('npm', ['ci', '--no-audit', '--no-fund', '--ignore-scripts'],
            { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
        child.stdout.on('data', (text) => { output += text; });
        child.stderr.on('data', (text) => { output += text; });
        child.on('error', (error) => done({ code: 1, output: error.message }));
        child.on('close', (code) => done({ code, output }));
    });
}

export async function installPackages() {
    const stamp = join(ROOT, 'node_modules', '.eddy-lock');
    const lock = readFileSync(join(ROOT, 'package-lock.json'), 'utf8');
    if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
    process.stderr.write('eddy: installing npm packages\n');
    for (let left = 2; ; left--) { // a registry may be out of reach for a moment
        const { code, output } = await install();
        if (!code) break;
        const reason = output.split('\n').find((line) => /npm error|ENOENT/.test(line)) ?? '';
        if (!left || /ENOENT|EUSAGE/.test(output))
            throw new SetupError(`npm ci failed: ${reason.replace(/^npm error\s*/, '') || `status ${code}`}`);
        await sleep(5000);
    }
    writeFileSync(stamp, lock);
}
