// C calls JavaScript: the cases of web/functions-cases.mjs in each host; and hosts without JavaScript.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { casesOn, HOSTS_AND_LINKS } from './lib/cases.mjs';
import { artifactOf, runOn, told } from './lib/hosts.mjs';

const FUNCTIONS = 'tests/programs/functions.c';

for (const [hostName, linked] of HOSTS_AND_LINKS) {
    test(`C calls JavaScript on ${hostName}, ${linked}`, async (t) => {
        await casesOn(t, hostName, 'functions-cases.mjs', await artifactOf(linked, FUNCTIONS));
    });
}

for (const hostName of ['native', 'wasmtime']) {
    test(`there is no JavaScript on ${hostName}`, async (t) => {
        const result = await runOn(t, hostName, 'tests/programs/no_javascript.c');
        if (!result) return;
        assert.equal(result.stdout, 'ok\n', told(result));
        assert.equal(result.code, 0, told(result));
    });
}
