// demo.mjs: the page's buttons call demo.c; its tasks are shown as they are.

import { load } from './demo-module.mjs';

const SHOWN = 50; // tasks in the list; there may be ten thousand
const TREE_SHOWN = 200; // tasks of which the tree is drawn
const element = (id) => document.getElementById(id);
const output = element('output');

const app = await load({
    print(line) { output.textContent += `${line}\n`; },
    onReport(line) { output.textContent += `${line}\n`; },
});

const ARGUMENTS = {
    request: [location.href], many: [10_000], crawl: [new URL('site/index.html', location.href).href, 200],
};

function call(name) {
    const controller = new AbortController();
    const item = document.createElement('li');
    const state = document.createElement('span');
    const cancel = document.createElement('button');
    state.textContent = `${name}: runs`;
    state.className = 'runs';
    cancel.textContent = 'cancel';
    cancel.onclick = () => controller.abort();
    item.append(state, cancel);
    element('calls').prepend(item);
    const ended = (text, className) => {
        state.textContent = `${name}: ${text}`;
        state.className = className;
        cancel.remove();
    };
    app.call(name, ...(ARGUMENTS[name] ?? []), { signal: controller.signal }).then(
        (value) => ended(`gave ${value}`, 'done'),
        (error) => ended(`${error.name}: ${error.message}`, 'failed'));
}

element('buttons').onclick = ({ target }) => target.dataset.call && call(target.dataset.call);
element('tasks').onclick = ({ target }) => {
    if (target.dataset.worker) app.cancel_worker(Number(target.dataset.worker));
};

// Rows stay and change their text: a button that is replaced cannot be clicked.
function newRow() {
    const row = document.createElement('tr');
    for (let i = 0; i < 6; i++) row.append(document.createElement('td'));
    const cancel = document.createElement('button');
    cancel.textContent = 'cancel';
    row.lastChild.append(cancel);
    return row;
}

function fill(row, { name, state, waits, at, site }) {
    [name, state, waits, at.replace(/^.*\//, ''), site.replace(/^.*\//, '')].forEach((text, i) => {
        if (row.cells[i].textContent !== text) row.cells[i].textContent = text;
    });
    const worker = /^worker (\d+)$/.exec(name)?.[1];
    const button = row.lastChild.firstChild;
    button.hidden = worker === undefined;
    if (button.hidden) delete button.dataset.worker;
    else button.dataset.worker = worker;
}

function show() {
    const tasks = app.tasks();
    element('count').textContent = tasks.length;
    const from = Math.max(0, element('from').valueAsNumber || 0);
    const shown = tasks.slice(from, from + SHOWN);
    const { rows } = element('tasks');
    while (rows.length < shown.length) element('tasks').append(newRow());
    while (rows.length > shown.length) rows[rows.length - 1].remove();
    shown.forEach((task, i) => fill(rows[i], task));
    element('tree').textContent = tasks.length <= TREE_SHOWN ? app.tree() : `too many to draw: ${tasks.length}`;
}

setInterval(show, 100);
show();
globalThis.eddyReady = true;
