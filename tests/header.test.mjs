// The public headers: C11 and C++17 can include them, each by itself; what they promise about warnings.

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ROOT } from '../tools/build.mjs';
import { runProcess } from '../tools/hosts/process.mjs';
import { setup } from '../tools/setup.mjs';

const INCLUDE = join(ROOT, 'include');
// Compiled to the end: gcc warns of unused results late.
const STRICT = ['-Wall', '-Wextra', '-Werror', `-I${INCLUDE}`, '-c', '-o', '/dev/null', '-'];
const C11 = ['-x', 'c', '-std=c11', ...STRICT];
const CXX17 = ['-x', 'c++', '-std=c++17', '-pedantic-errors', ...STRICT];
const HEADERS = ['eddy.h', ...readdirSync(join(INCLUDE, 'eddy')).map((name) => `eddy/${name}`)];

async function compile(flags, source) {
    const { cc } = await setup({ want: ['native'], quiet: true });
    return runProcess([cc, ...flags], { stdin: source });
}

async function compiles(flags, source) {
    const { code, stderr } = await compile(flags, source);
    assert.equal(code, 0, stderr);
}

async function haveCxx(t) {
    const { code } = await compile(['-x', 'c++', '-std=c++17', '-fsyntax-only', '-'],
        '#include <cstddef>\n');
    if (code !== 0) t.skip('the C compiler of this machine has no C++');
    return code === 0;
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

for (const header of HEADERS) {
    const source = `#include <${header}>\nint nothing;\n`;
    test(`${header} by itself, in C11`, () => compiles(['-pedantic-errors', ...C11], source));
    test(`${header} by itself, in C++17`, async (t) => {
        if (await haveCxx(t)) await compiles(CXX17, source);
    });
}

test('a program in C++17', async (t) => {
    if (await haveCxx(t)) await compiles(CXX17, USE);
});
test('a program in C11', () => compiles(C11, USE));
test('a program without call sites', () => compiles(['-DEDDY_NO_SITES', ...C11], USE));

test('an ignored result of a blocking call warns, unless one says so', async () => {
    const body = (statement) => `#include <eddy.h>\nint f(void);\nint f(void) { ${statement}; return 0; }\n`;
    for (const call of ['eddy_sleep(1)', 'eddy_yield()', 'eddy_join(NULL)', 'eddy_gather(NULL, 0, NULL)']) {
        const { code, stderr } = await compile(C11, body(call));
        assert.notEqual(code, 0, `${call} without its result must warn`);
        assert.match(stderr, /unused-result|unused result/);
        await compiles(C11, body(`EDDY_IGNORE(${call})`));
    }
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
