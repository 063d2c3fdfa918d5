// helpers.mjs: builds the crawler natively with sanitizers, and runs it there ("blocking", see
// blocking.c) or on a host of the runtime.
import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { setup } from '../../tools/setup.mjs';
import { artifactOf, hostOf } from '../lib/hosts.mjs';

const project = fileURLToPath(new URL('../../', import.meta.url));
const CRAWL = 'examples/crawl.c';
const programs = {
  blocking: [CRAWL, 'tests/crawl/blocking.c', 'char_ref.c', 'links.c', 'memory.c', 'page.c', 'report.c', 'url.c'],
  pure: ['tests/crawl/pure.c', 'char_ref.c', 'memory.c', 'page.c', 'url.c'],
};

const out = path.join(project, 'build', 'tests-crawl');
const built = new Map();

function compile(flags, files, output) {
  const options = { cwd: project, maxBuffer: 1 << 24 };
  return promisify(execFile)(process.env.CC || 'cc', [...flags, '-o', output, ...files], options);
}

// The crawler has its own of the first; of gumbo's parser it needs the tokenizer alone.
const REPLACED = new Set(['char_ref.c', 'parser.c']);

async function cFiles(folder) {
  const names = await readdir(folder);
  return names.filter((name) => name.endsWith('.c') && !REPLACED.has(name)).map((name) => path.join(folder, name));
}

// The libraries as one object, made once for these flags and this version of them.
async function compileLibraries(sources, flags) {
  const files = [];
  for (const folder of [sources.gumbo, sources.uriparser]) {
    files.push(...(await cFiles(path.join(folder, 'src'))));
  }
  const key = createHash('sha256').update([...flags, ...files].join(' ')).digest('hex').slice(0, 12);
  const object = path.join(out, `libraries-${key}.o`);
  if (existsSync(object)) return object;
  await compile([...flags, '-w', '-r', '-nostdlib'], files, `${object}.part`);
  await rename(`${object}.part`, object);
  return object;
}

async function compileNative(name) {
  const { sources } = await setup({ want: ['native', 'sources'], quiet: true });
  await mkdir(out, { recursive: true });
  const headers = [path.join(sources.gumbo, 'src'), path.join(sources.uriparser, 'include')];
  const flags = [
    ...['-g', '-O1', '-std=c11', '-D_GNU_SOURCE'],
    ...['-fsanitize=address,undefined', '-fno-sanitize-recover=all'],
    ...['include', 'examples', 'examples/crawl', ...headers].map((folder) => `-I${folder}`),
  ];
  const libraries = await compileLibraries(sources, flags);
  const own = programs[name].map((file) => (file.includes('/') ? file : `examples/crawl/${file}`));
  const program = path.join(out, name);
  await compile([...flags, '-Wall', '-Wextra', '-Werror'], [...own, libraries], program);
  return program;
}

// The path of a native program, compiled at the first call.
export function native(name) {
  if (!built.has(name)) built.set(name, compileNative(name));
  return built.get(name);
}

// Runs a native program to its end: { code, stdout, stderr }.
export function run(file, args, { input = '' } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { cwd: project });
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

// Runs the crawler on a host: 'blocking' or one of the runtime's.
export async function crawl(host, ...args) {
  if (host === 'blocking') return run(await native('blocking'), args);
  if (!built.has(host)) built.set(host, Promise.all([hostOf(host), artifactOf(host, CRAWL)]));
  const [runner, artifact] = await built.get(host);
  return runner.run(artifact, { args, timeout: 120_000 });
}

// The same with --json; throws with the crawler's own words if it failed.
export async function crawlJson(host, ...args) {
  const { code, stdout, stderr } = await crawl(host, '--json', '--quiet', ...args);
  if (code !== 0) throw new Error(`crawl ${args.join(' ')} ended with ${code}: ${stderr}`);
  return JSON.parse(stdout);
}
