// packages.mjs: installs the npm packages of package-lock.json when they are not.

import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './build.mjs';
import { SetupError } from './setup.mjs';

export async function installPackages() {
    const stamp = join(ROOT, 'node_modules', '.eddy-lock');
    const lock = readFileSync(join(ROOT, 'package-lock.json'), 'utf8');
    if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
    process.stderr.write('eddy: installing npm packages\n');
    const output = [];
    const code = await new Promise((done) => {
        const child = spawn('npm', ['ci', '--no-audit', '--no-fund', '--ignore-scripts'],
            { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
        child.stdout.on('data', (text) => output.push(text));
        child.stderr.on('data', (text) => output.push(text));
        child.on('error', (error) => { output.push(error.message); done(1); });
        child.on('close', done);
    });
    if (code) {
        const reason = output.join('').split('\n').find((line) => /npm error|ENOENT/.test(line)) ?? '';
        throw new SetupError(`npm ci failed: ${reason.replace(/^npm error\s*/, '') || `status ${code}`}`);
    }
    writeFileSync(stamp, lock);
}
