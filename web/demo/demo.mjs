// demo.mjs: the page's buttons call demo.c; its tasks are shown as they are.

import { load } from './demo-module.mjs';

const SHOWN = 50; // tasks in the list; there may be ten thousand
const element = (id) => document.getElementById(id);
const output = element('output');

const app = await load({
    print(line) { output.textContent += `${line}\n`; },
    onReport(line) { output.textContent += `${line}\n`; },
});

const ARGUMENTS = { request: [location.href], many: [10_000] };

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

function rowOf({ name, state, waits, at, site }) {
    const worker = /^worker (\d+)$/.exec(name)?.[1];
    const row = document.createElement('tr');
    for (const text of [name, state, waits, at.replace(/^.*\//, ''), site.replace(/^.*\//, '')]) {
        const cell = document.createElement('td');
        cell.textContent = text;
        row.append(cell);
    }
    const last = document.createElement('td');
    if (worker !== undefined) {
        const cancel = document.createElement('button');
        cancel.textContent = 'cancel';
        cancel.dataset.worker = worker;
        last.append(cancel);
    }
    row.append(last);
    return row;
}

function show() {
    const tasks = app.tasks();
    element('count').textContent = tasks.length;
    element('tasks').replaceChildren(...tasks.slice(0, SHOWN).map(rowOf));
}

setInterval(show, 100);
show();
globalThis.eddyReady = true;
