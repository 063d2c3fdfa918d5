// demo.mjs: the page's buttons call demo.c; its tasks are shown as they are.

import { load } from './demo-module.mjs';

const SHOWN = 50; // tasks in the list; there may be ten thousand
const TREE_SHOWN = 200; // tasks of which the tree is drawn
const LINES = 2000; // of output that are kept
const DOT = 3, DOTS = 160; // CSS's pixels of the field from one dot to the next; at most in a row
const ARGUMENTS = {
    request: [location.href], many: [10_000], crawl: [new URL('site/index.html', location.href).href, 200],
};

const element = (id) => document.getElementById(id);
const setText = (node, text) => { if (node.textContent !== text) node.textContent = text; };
const withCommas = (number) => Math.round(number).toLocaleString('en');
const fileOf = (site) => site.replace(/^.*\//, '');

function make(tag, className, text = '') {
    const node = document.createElement(tag);
    if (className) node.className = className;
    node.textContent = text;
    return node;
}

// ---- output --------------------------------------------------------------------------------------------

const output = element('output');

function print(line) {
    const atEnd = output.scrollTop + output.clientHeight >= output.scrollHeight - 30;
    output.append(`${line}\n`);
    while (output.childNodes.length > LINES) output.firstChild.remove();
    if (atEnd) output.scrollTop = output.scrollHeight;
}

const app = await load({ print, onReport: print }).catch((error) => {
    element('status').textContent = `It cannot run here: ${error.message}`;
    element('status').className = 'failed';
    throw error;
});

// ---- calls -----------------------------------------------------------------------------------------------

const underWay = new Map(); // name -> how many

function count(name, more) {
    underWay.set(name, (underWay.get(name) ?? 0) + more);
    const card = document.querySelector(`[data-card~="${name}"]`);
    const names = card.dataset.card.split(' ').filter((one) => underWay.get(one));
    const words = names.map((one) => (underWay.get(one) > 1 ? `${one} × ${underWay.get(one)}` : one));
    card.classList.toggle('is-active', names.length > 0);
    setText(card.querySelector('output'), words.length ? `${words.join(', ')}: under way` : 'all done');
    if (name !== 'many') return;
    const exists = underWay.get('many') > 0;
    document.querySelector('[data-call=many]').disabled = exists;
    element('busy').disabled = !exists;
    if (!exists) setBusy(false);
}

function call(name) {
    const controller = new AbortController();
    const began = performance.now();
    const item = make('li');
    const line = make('span');
    const state = make('span', 'runs', 'runs');
    const cancel = make('button', 'small', 'cancel');
    cancel.ariaLabel = `cancel ${name}`;
    cancel.onclick = () => {
        controller.abort();
        cancel.disabled = true;
        if (!state.dataset.ended) state.textContent = 'is being cancelled';
    };
    line.append(make('b', '', name), ': ', state);
    item.append(line, cancel);
    element('calls').prepend(item);
    element('no-calls').hidden = true;
    count(name, 1);
    const ended = (text, className) => {
        const seconds = ((performance.now() - began) / 1000).toFixed(1);
        state.dataset.ended = 'yes';
        delete state.dataset.state;
        state.textContent = `${text}, after ${seconds} s`;
        state.className = className;
        if (document.activeElement === cancel) document.querySelector(`[data-call=${name}]`).focus();
        cancel.remove();
        count(name, -1);
    };
    app.call(name, ...(ARGUMENTS[name] ?? []), { signal: controller.signal }).then(
        (value) => ended(`gave ${value}`, 'done'),
        (error) => ended(`${error.name}: ${error.message}`, 'failed'));
}

element('buttons').addEventListener('click', ({ target }) => target.dataset.call && call(target.dataset.call));

// ---- ten thousand ------------------------------------------------------------------------------------------

const field = element('field');
const dots = field.getContext('2d');
let isBusy = false;
let workers = 0;
let dot = DOT, inRow = DOTS; // pixels of the field from one dot to the next; dots in a row
let drawn = ''; // how large, which colours, and a letter for each worker

function setBusy(busy) {
    if (busy !== isBusy) app.set_busy(busy);
    isBusy = busy;
    element('busy').ariaPressed = String(busy);
    setText(element('busy'), busy ? 'Let them wait again' : 'Let them work');
    if (!busy) for (const id of ['switches', 'passes']) setText(element(id), '–');
}

element('busy').onclick = () => setBusy(!isBusy);
const cancelWorker = (number) => app.cancel_worker(number).catch(() => {}); // it may have ended

function drawField(tasks) {
    const letters = new Array(ARGUMENTS.many[0]).fill(' ');
    workers = 0;
    for (const { name, state, cancelled } of tasks) {
        if (!name.startsWith('worker ')) continue;
        letters[name.slice(7)] = cancelled ? 'c' : state === 'waiting' ? 'w' : 'r';
        workers++;
    }
    const style = getComputedStyle(document.documentElement);
    const colours = { w: style.getPropertyValue('--waiting'), r: style.getPropertyValue('--ready'),
        c: style.getPropertyValue('--cancelled') };
    const place = getComputedStyle(field.parentNode);
    const room = field.parentNode.clientWidth - parseFloat(place.paddingLeft) - parseFloat(place.paddingRight);
    dot = Math.max(2, Math.round(DOT * devicePixelRatio)); // whole pixels: all dots look alike
    inRow = Math.min(DOTS, Math.floor(room * devicePixelRatio / dot));
    const all = `${dot} ${inRow} ${colours.w}` + letters.join('');
    if (all === drawn) return;
    drawn = all;
    field.width = inRow * dot; // clears it
    field.height = Math.ceil(letters.length / inRow) * dot;
    field.style.width = `${field.width / devicePixelRatio}px`;
    letters.forEach((letter, i) => {
        if (letter === ' ') return;
        dots.fillStyle = colours[letter];
        dots.fillRect((i % inRow) * dot, Math.floor(i / inRow) * dot, dot - 1, dot - 1);
    });
    field.ariaLabel = workers ? `${withCommas(workers)} workers` : 'No workers';
}

field.onclick = ({ offsetX, offsetY }) => {
    const scale = devicePixelRatio / dot;
    cancelWorker(Math.floor(offsetY * scale) * inRow + Math.floor(offsetX * scale));
};

// ---- the tree ------------------------------------------------------------------------------------------------

/** Of a line of app.tree(); null: it is no task's. */
function parseLine(line) {
    const [, indent, name, site, rest] = /^( *)task '(.*?)'(?: \(spawned at ([^)]*)\))? (.*)$/.exec(line) ?? [];
    if (name === undefined) return null;
    const [, waits, at] = /^(.*?)(?: at (\S+:\d+))?( \(.*\))?$/.exec(rest);
    const state = { 'is about to start': 'new', 'is ready': 'ready', 'runs': 'running' }[waits] ?? 'waiting';
    return { depth: Math.max(0, indent.length / 2 - 1), name, site: site ?? '', state, waits, at: at ?? '' };
}

function newLine() {
    const line = make('div', 'line');
    line.append(make('span', 'state'), ' ', make('b'), make('span'), make('span', 'site'));
    return line;
}

function drawTree(tasks) {
    const tree = element('tree');
    if (!tasks.length || tasks.length > TREE_SHOWN) {
        const text = tasks.length ? `${withCommas(tasks.length)} tasks are too many to draw; the list below has them.`
            : 'No tasks. Run something above.';
        if (tree.firstChild?.nodeName !== 'P') tree.replaceChildren(make('p'));
        return setText(tree.firstChild, text);
    }
    if (tree.firstChild?.nodeName === 'P') tree.replaceChildren();
    const cancelled = new Set(tasks.filter((task) => task.cancelled).map(({ name, at }) => `${name}\t${at}`));
    const lines = app.tree().split('\n').map(parseLine).filter(Boolean);
    while (tree.childElementCount < lines.length) tree.append(newLine());
    while (tree.childElementCount > lines.length) tree.lastChild.remove();
    lines.forEach(({ depth, name, site, state, waits, at }, i) => {
        const line = tree.children[i], [stateCell, nameCell, waitsCell, siteCell] = line.children;
        const shown = cancelled.has(`${name}\t${at}`) ? 'cancelled' : state;
        line.style.setProperty('--depth', depth);
        if (stateCell.dataset.state !== shown) stateCell.dataset.state = shown;
        setText(stateCell, shown);
        setText(nameCell, name);
        setText(waitsCell, state === 'waiting' ? ` ${waits}` : '');
        setText(siteCell, [at && ` at ${fileOf(at)}`, site && ` spawned at ${fileOf(site)}`].filter(Boolean).join(','));
    });
}

// ---- the list: rows stay and change their text: a button that is replaced cannot be clicked --------------------

function newRow() {
    const row = make('tr');
    for (let i = 0; i < 6; i++) row.append(make('td'));
    row.cells[1].append(make('span'));
    row.lastChild.append(make('button', 'small', 'cancel'));
    return row;
}

function fill(row, { name, state, waits, at, site, cancelled }) {
    const shown = cancelled ? 'cancelled' : state;
    row.cells[1].firstChild.dataset.state = shown;
    [name, shown, waits, fileOf(at), fileOf(site)].forEach((text, i) =>
        setText(i === 1 ? row.cells[1].firstChild : row.cells[i], text));
    const worker = /^worker (\d+)$/.exec(name)?.[1];
    const button = row.lastChild.firstChild;
    button.hidden = worker === undefined;
    if (button.hidden) return delete button.dataset.worker;
    button.dataset.worker = worker;
    button.ariaLabel = `cancel worker ${worker}`;
    return true;
}

element('tasks').onclick = ({ target }) => {
    if (target.dataset.worker) cancelWorker(Number(target.dataset.worker));
};

function drawList(tasks) {
    const from = Math.max(0, element('from').valueAsNumber || 0);
    const shown = tasks.slice(from, from + SHOWN);
    const { rows } = element('tasks');
    while (rows.length < shown.length) element('tasks').append(newRow());
    while (rows.length > shown.length) rows[rows.length - 1].remove();
    shown.forEach((task, i) => fill(rows[i], task));
}

// ---- all of it, now and then ---------------------------------------------------------------------------------------

const ASKING = ['count_switches', 'set_busy', 'cancel_worker']; // the page's own calls

function show() {
    const began = performance.now();
    if (!document.hidden) {
        const tasks = app.tasks().filter(({ name }) => !ASKING.includes(name));
        setText(element('count'), String(tasks.length));
        setText(element('tasks-now'), withCommas(tasks.length));
        drawList(tasks);
        drawTree(tasks);
        drawField(tasks);
    }
    // Not more than a tenth of the page's time.
    setTimeout(show, Math.max(100, (performance.now() - began) * 9));
}

let last = { switches: 0, at: 0 };

/** Each worker has one turn in a pass. */
async function measure() {
    if (!isBusy) {
        last.at = 0;
        return;
    }
    const switches = await app.count_switches();
    const at = performance.now(), before = last;
    last = { switches, at };
    if (!before.at || !isBusy || !workers) return;
    const rate = ((switches - before.switches) >>> 0) * 1000 / (at - before.at); // they are counted in 32 bits
    setText(element('switches'), withCommas(rate));
    setText(element('passes'), withCommas(rate / workers));
}

let frames = 0, framesSince = performance.now();

function frame(now) {
    frames++;
    if (now - framesSince >= 1000) {
        setText(element('frames'), withCommas(frames * 1000 / (now - framesSince)));
        frames = 0;
        framesSince = now;
    }
    requestAnimationFrame(frame);
}

const size = performance.getEntriesByType('resource').find(({ name }) => name.endsWith('.wasm'))?.decodedBodySize;
setText(element('status'), `Ready: ${size ? `${withCommas(size / 1024)} KiB of WebAssembly, ` : ''}` +
    'the crawler and its libraries included.');
for (const button of document.querySelectorAll('button[data-call]')) button.disabled = false;
setBusy(false);
show();
setInterval(measure, 1000);
requestAnimationFrame(frame);
globalThis.eddyReady = true;
