// The public headers: C11 and C++17 can include them, each by itself, under the strictest warnings of
// this machine's compiler and of the clang that compiles to wasm; what they promise about warnings.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ROOT } from '../tools/build.mjs';
import { runProcess } from '../tools/hosts/process.mjs';
import { setup } from '../tools/setup.mjs';
import { needCxx } from './lib/hosts.mjs';

const INCLUDE = join(ROOT, 'include');
// Compiled to the end: gcc warns of unused results late.
const STRICT = ['-Wall', '-Wextra', '-Wpedantic', '-Wconversion', '-Werror', `-I${INCLUDE}`, '-c',
    '-o', '/dev/null', '-'];
const C11 = ['-x', 'c', '-std=c11', ...STRICT];
const CXX17 = ['-x', 'c++', '-std=c++17', ...STRICT];
const HEADERS = ['eddy.h', ...readdirSync(join(INCLUDE, 'eddy')).map((name) => `eddy/${name}`)];

const COMPILERS = {
    'this machine\'s compiler': async () => [(await setup({ want: ['native'], quiet: true })).cc],
    'clang for wasm': async () => (await setup({ want: ['wasi'], quiet: true })).wasi.p1.cc,
};

async function compile(flags, source, compiler = 'this machine\'s compiler') {
    return runProcess([...await COMPILERS[compiler](), ...flags], { stdin: source });
}

async function compiles(flags, source, compiler) {
    const { code, stderr } = await compile(flags, source, compiler);
    assert.equal(code, 0, stderr);
}

const USE = `
#include <eddy.h>
static int work(void *arg) {
    int rc = eddy_sleep(1 * EDDY_S);
    if (rc < 0) return eddy_fail(rc, "no sleep for %s", (const char *)arg);
    EDDY_IGNORE(eddy_yield());
    eddy_future *f = eddy_spawn(work, arg);
    rc = eddy_join(f);
    eddy_release(f);
    return eddy_timeout(EDDY_S, work, arg);
}
int eddy_main(int argc, char **argv) {
    eddy_future *f[1];
    (void)argc;
    eddy_spawn_options options = {};
    options.arg = argv[0];
    options.name = "named";
    f[0] = eddy_spawn_with(work, &options);
    int rc = eddy_gather(f, 1, NULL);
    eddy_release_all(f, 1);
    eddy_scope scope = {};
    eddy_scope_options deadline = {};
    deadline.timeout = EDDY_IN(5);
    if (eddy_scope_begin(&scope, &deadline) == 0) rc = eddy_scope_end(&scope, rc);
    return rc;
}
`;

// Every macro that makes a value; constant ones for static objects.
const INITIALISERS = `
static eddy_queue queue = EDDY_QUEUE(int, 4);
static eddy_sem sem = EDDY_SEM(3), bounded = EDDY_SEM_BOUNDED(3);
static eddy_limiter limiter = EDDY_LIMITER(10);
static eddy_barrier barrier = EDDY_BARRIER(3);
static eddy_event event;
static const eddy_time limits[] = {EDDY_IN(5 * EDDY_MS), EDDY_AT(-3), EDDY_IN(sizeof event)};
static int select_all(eddy_receiver *rx, eddy_sender *tx, eddy_future *f) {
    int in = limits[0] > limits[1];
    const int out = limits[2] > 0;
    eddy_case cases[] = {
        EDDY_CASE_GET(&queue, &in), EDDY_CASE_PUT(&queue, &out), EDDY_CASE_RECV(rx, &in),
        EDDY_CASE_SEND(tx, &out), EDDY_CASE_JOIN(f), EDDY_CASE_EVENT(&event),
    };
    int which = eddy_select(cases, sizeof cases / sizeof *cases, EDDY_FOREVER);
    return which < 0 ? which : cases[which].result;
}
static int objects(void *arg) {
    eddy_queue here = EDDY_QUEUE(char *, 0);
    int rc = eddy_queue_put(&here, &arg);
    if (rc == 0) rc = eddy_sem_acquire(&sem);
    if (rc == 0) rc = eddy_sem_acquire(&bounded);
    if (rc == 0) rc = eddy_limiter_acquire(&limiter);
    if (rc == 0) rc = eddy_barrier_wait(&barrier);
    eddy_queue_destroy(&here);
    EDDY_IGNORE(select_all(0, 0, 0));
    return rc;
}
`;

// Those with designated initialisers are for C.
const DESIGNATED = `
static int scopes(void *arg) {
    EDDY_SCOPE(plain);
    EDDY_SCOPE(limit, .timeout = EDDY_IN(5), .deadline = EDDY_AT(7), .name = "limit");
    EDDY_SHIELD(shield);
    EDDY_SHIELD(bounded_shield, .timeout = 5 * EDDY_S);
    EDDY_GROUP(group);
    EDDY_GROUP(named, .supervisor = true, .timeout = EDDY_NOW, .name = "named");
    eddy_future *f = eddy_spawn_opt(objects, .arg = arg, .stack = 4096, .eager = true);
    eddy_group_spawn(&group, objects, arg);
    int rc = eddy_group_start(&named, objects, arg);
    rc = eddy_group_end(&named, rc);
    rc = eddy_group_end(&group, rc);
    rc = eddy_scope_end(&shield, eddy_scope_end(&bounded_shield, rc));
    eddy_release(f);
    return eddy_scope_end(&plain, eddy_scope_end(&limit, rc));
}
static int fetches(void *arg) {
    eddy_response *r;
    int rc = eddy_fetch(&r, "http://localhost/", .method = "PUT", .body = arg, .body_size = 3,
                        .headers = (const char *[]){"accept", "text/html", NULL});
    if (rc < 0) return rc;
    eddy_response_close(r);
    return rc;
}
extern eddy_fn all_of_them[];
eddy_fn all_of_them[] = {scopes, fetches};
`;
// Each language has its own way to say "all zeros" without a warning.
const C_PROGRAM = USE.replaceAll('= {}', '= {0}') + INITIALISERS + DESIGNATED;
const CXX_PROGRAM = USE + INITIALISERS +
    'extern eddy_fn all_of_them[];\neddy_fn all_of_them[] = {objects};\n';

for (const compiler of Object.keys(COMPILERS)) {
    for (const header of HEADERS) {
        const source = `#include <${header}>\nint nothing;\n`;
        test(`${header} by itself, in C11 and C++17, ${compiler}`, async (t) => {
            await compiles(C11, source, compiler);
            if (await needCxx(t)) await compiles(CXX17, source, compiler);
        });
    }
    test(`a program with every macro in C11, ${compiler}`, () => compiles(C11, C_PROGRAM, compiler));
    test(`a program without call sites, ${compiler}`, () =>
        compiles(['-DEDDY_NO_SITES', ...C11], C_PROGRAM, compiler));
    for (const file of ['names.c', 'kinds.c']) {
        const source = readFileSync(join(ROOT, 'tests/header', file), 'utf8');
        test(`what programs rely on: ${file} in C11 and C++17, ${compiler}`, async (t) => {
            await compiles(C11, source, compiler);
            await compiles(['-DEDDY_NO_SITES', ...C11], source, compiler);
            if (await needCxx(t)) await compiles(CXX17, source, compiler);
        });
    }
    test(`a program in C++17, ${compiler}`, async (t) => {
        if (await needCxx(t)) await compiles(CXX17, CXX_PROGRAM, compiler);
    });
}

test('an ignored result of a blocking call warns, unless one says so', async () => {
    const body = (statement) => `#include <eddy.h>\nint f(void);\nint f(void) { ${statement}; return 0; }\n`;
    for (const call of ['eddy_sleep(1)', 'eddy_yield()', 'eddy_join(NULL)', 'eddy_gather(NULL, 0, NULL)']) {
        const { code, stderr } = await compile(C11, body(call));
        assert.notEqual(code, 0, `${call} without its result must warn`);
        assert.match(stderr, /unused-result|unused result/);
        await compiles(C11, body(`EDDY_IGNORE(${call})`));
    }
});

/** What the headers declare and document as a call that blocks: { name, call }, the call with zeros. */
function blockingCalls() {
    const calls = [];
    for (const header of HEADERS) {
        const text = readFileSync(join(INCLUDE, header), 'utf8');
        for (const [, comment, declarations] of text.matchAll(/\/\*((?:(?!\*\/)[^])*)\*\/\n((?:int eddy_[^;]*;\n)+)/g)) {
            if (!comment.includes('[blocks]') || comment.includes('The result may\n * be ignored')) continue;
            for (const [, name, parameters] of declarations.matchAll(/int (eddy_\w+)\(([^;]*)\)[^;)]*;/g)) {
                const list = parameters === 'void' ? [] : parameters.replaceAll(/\([^()]*\)/g, '').split(',');
                const zero = (one) => (/^(eddy_(?!time|fn|wait_mode)\w+) \w+$/.test(one.trim()) ?
                    `(${one.trim().split(' ')[0]}){0}` : '0');
                calls.push({ name, call: `${name}(${list.map(zero).join(', ')})` });
            }
        }
    }
    return calls;
}

test('the result of each call that blocks is not to be ignored by mistake', async () => {
    const calls = blockingCalls();
    for (const name of ['eddy_sleep', 'eddy_fetch_with', 'eddy_select', 'eddy_file_write'])
        assert.ok(calls.some((one) => one.name === name), name);
    calls.push({ name: 'eddy_fetch', call: 'eddy_fetch(0, 0)' });
    const lines = ['#include <eddy.h>', 'void f(void);', 'void f(void) {', ...calls.map(({ call }) => `${call};`), '}', ''];
    const flags = C11.filter((flag) => flag !== '-Werror');
    const { code, stderr } = await compile(flags, lines.join('\n'));
    assert.equal(code, 0, stderr);
    const warned = new Set([...stderr.matchAll(/<stdin>:(\d+):\d+: (?:warning|note)/g)].map(([, line]) => Number(line)));
    assert.deepEqual(calls.filter((one, i) => !warned.has(i + 4)).map(({ name }) => name), []);
});

test('behind each macro stands a function of the same name', () => compiles(C11, `
#include <eddy.h>
typedef int (*sleeper)(eddy_time);
extern sleeper pointer;
sleeper pointer = eddy_sleep;
eddy_future *(*spawner)(eddy_fn, void *) = eddy_spawn;
int call(eddy_time *t);
int call(eddy_time *t) { return (eddy_sleep)(*t++); }
`));
