// Streams of values: generators of C that JavaScript iterates, iterables of JavaScript that C reads: the
// cases of web/iterating-cases.mjs in each host.

import { test } from 'node:test';
import { casesOn, HOSTS_AND_LINKS } from './lib/cases.mjs';
import { artifactOf } from './lib/hosts.mjs';

const ITERATING = 'tests/programs/iterating.c';

for (const [hostName, linked] of HOSTS_AND_LINKS) {
    test(`streams of values on ${hostName}, ${linked}`, async (t) => {
        await casesOn(t, hostName, 'iterating-cases.mjs', await artifactOf(linked, ITERATING));
    });
}
