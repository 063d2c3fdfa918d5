// helpers.mjs: builds the crawler natively with sanitizers, and runs it there ("blocking", see
// blocking.c) or on a host of the runtime.
import { execFile, spawn } from 'node:child_process';
import { mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { setup } from '../../tools/setup.mjs';

const project = fileURLToPath(new URL('../../', import.meta.url));
const main = ['examples/crawl.c', 'tests/crawl/blocking.c'];
const programs = {
  blocking: [...main, 'links.c', 'page.c', 'report.c', 'url.c'],
  pure: ['tests/crawl/pure.c', 'page.c', 'url.c'],
};

// One folder for each test file, which is a process of its own.
const out = path.join(project, 'build', 'tests', `crawl-${process.pid}`);
const built = new Map();

function compile(args) {
  return promisify(execFile)('cc', args, { cwd: project, maxBuffer: 1 << 24 });
}

async function cFiles(folder) {
  const names = await readdir(folder);
  return names.filter((name) => name.endsWith('.c')).map((name) => path.join(folder, name));
}

async function compileNative(name) {
  const { sources } = await setup({ want: ['sources'] });
  await mkdir(out, { recursive: true });
  const headers = [path.join(sources.gumbo, 'src'), path.join(sources.uriparser, 'include')];
  const flags = [
    ...['-g', '-O1', '-std=c11', '-D_GNU_SOURCE'],
    ...['-fsanitize=address,undefined', '-fno-sanitize-recover=all'],
    ...['include', 'examples', 'examples/crawl', ...headers].map((folder) => `-I${folder}`),
  ];
  const libraries = [];
  for (const library of [sources.gumbo, sources.uriparser]) {
    libraries.push(...(await cFiles(path.join(library, 'src'))));
  }
  const own = programs[name].map((file) => (file.includes('/') ? file : `examples/crawl/${file}`));
  const program = path.join(out, name);
  // the libraries' own warnings are theirs
  const object = `${program}.o`;
  await compile([...flags, '-w', '-r', '-nostdlib', '-o', object, ...libraries]);
  await compile([...flags, '-Wall', '-Wextra', '-Werror', '-o', program, ...own, object]);
  return program;
}

// The path of a native program, compiled at the first call.
export function native(name) {
  if (!built.has(name)) built.set(name, compileNative(name));
  return built.get(name);
}

// Runs a program to its end: { code, stdout, stderr }.
export function run(file, args, { input = '', env = {} } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { cwd: project, env: { ...process.env, ...env } });
    const output = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr']) {
      child[name].setEncoding('utf8').on('data', (text) => (output[name] += text));
    }
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code: code ?? signal, ...output }));
    child.stdin.on('error', () => {}); // a program need not read its input
    child.stdin.end(input);
  });
}

// Runs the crawler on a host: 'blocking' or one that build.sh knows.
export async function crawl(host, ...args) {
  if (host === 'blocking') return run(await native('blocking'), args);
  return run('./build.sh', ['run', 'crawl', '--host', host, '--', ...args]);
}

// The same with --json; throws with the crawler's own words if it failed.
export async function crawlJson(host, ...args) {
  const { code, stdout, stderr } = await crawl(host, '--json', '--quiet', ...args);
  if (code !== 0) throw new Error(`crawl ${args.join(' ')} ended with ${code}: ${stderr}`);
  return JSON.parse(stdout);
}
