// page-input.js: what page.c finds in its standard input, after a while.
Module['input'] = (async function* () {
    await new Promise((done) => setTimeout(done, 5));
    yield 'ty';
    yield new TextEncoder().encode('ped\n');
})();
