// reference.mjs: the page of all that the headers declare.

import { codeHtml, escape, linkNames, page } from './page.mjs';
import { declarations } from './headers.mjs';

/** Where a name is documented, below `base`: name -> URL or null. */
export function linker(model, base = '') {
    const known = new Set([...declarations(model)].map(({ name }) => name));
    return (name) => (known.has(name) ? `${base}#${name}` : null);
}

// A call or initialiser written out in a comment: a known name with its parentheses, whatever is in
// them, or what stands in backticks.
const WRITTEN = /`([^`]+)`|\b(eddy_\w+|EDDY_[A-Z_]+|fn)(\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\))?/g;

/** A comment's sentence as HTML. Backticks, names and calls are code; rules lead to the guide. */
function sentence(text, urlOf) {
    let html = '', end = 0;
    for (const match of text.matchAll(WRITTEN)) {
        const [all, quoted, name, call] = match;
        html += rules(escape(text.slice(end, match.index)));
        end = match.index + all.length;
        if (quoted) html += `<code>${codeHtml(quoted, 'c', urlOf)}</code>`;
        else if (call || urlOf(name)) html += `<code>${linkNames(escape(name + (call ?? '')), urlOf)}</code>`;
        else html += escape(all);
    }
    return html + rules(escape(text.slice(end)));
}

const rules = (html) => html.replace(/\bR(\d+)\b/g, '<a href="from-asyncio.html#r$1">R$1</a>');

/** Parted by empty lines, and where lines begin or cease to be indented: those stand as they are. */
function paragraphs(text) {
    const parts = [];
    let isCode = false;
    for (const line of text.split('\n')) {
        const indented = line.startsWith('    ') || (isCode && line === '');
        if (parts.length === 0 || indented !== isCode || (line === '' && !indented)) parts.push([]);
        isCode = indented;
        parts.at(-1).push(line);
    }
    return parts.map((lines) => lines.join('\n').trimEnd()).filter((part) => part.trim());
}

function codeBlock(lines, urlOf) {
    const code = linkNames(escape(lines.replace(/^ {4}/gm, '')), urlOf);
    return `<div class="program"><pre><code>${code}</code></pre></div>`;
}

/** A comment as HTML: prose, then what is returned, then whom it follows. */
function commentHtml(comment, urlOf) {
    return paragraphs(comment.replace(/ ?\[blocks\]/g, '')).map((paragraph) => {
        if (/^ {4}/.test(paragraph)) return codeBlock(paragraph, urlOf);
        let rest = paragraph.replace(/\s+/g, ' ').trim();
        let follows = '';
        rest = rest.replace(/(^|\s)Follows (.+?)\.(?=\s|$)/, (all) => {
            follows = `<p class="follows">${sentence(all.trim(), urlOf)}</p>`;
            return '';
        });
        const at = rest.search(/(?<=^|[.)] )(Returns|Results as) /);
        const [before, returns] = at < 0 ? [rest, ''] : [rest.slice(0, at).trim(), rest.slice(at)];
        return (before && `<p>${sentence(before, urlOf)}</p>\n`) +
            (returns && `<p class="returns">${sentence(returns, urlOf)}</p>\n`) + follows;
    }).join('\n');
}

/** The beginning of a macro's comment if it shows how it is written: [all, the code]. */
function writtenAs({ name }, { comment }) {
    const [first] = comment.replace(/\s+/g, ' ').matchAll(WRITTEN);
    if (!first || first.index || first[2] !== name || !first[3]) return null;
    const [all, body = ''] = /^( \{ body \})?[;:]? ?/.exec(comment.replace(/\s+/g, ' ').slice(first[0].length));
    return [first[0] + all, first[0] + body];
}

/** How a program writes it. */
function signature(item, entry) {
    if (item.kind === 'macro') {
        return writtenAs(item, entry)?.[1] ?? item.code;
    }
    if (item.kind === 'function') return item.code;
    if (item.constants.length) return `enum ${item.name}`;
    if (!/\{/.test(item.code)) return item.code;
    if (!item.fields) return `typedef struct ${item.name} ${item.name};`;
    const width = Math.max(...item.fields.map(({ code }) => code.length));
    const lines = item.fields.map(({ code, comment }) =>
        `    ${code.padEnd(comment ? width : 0)}${comment ? ` /* ${comment.replace(/\s+/g, ' ')} */` : ''}`);
    return `typedef struct ${item.name} {\n${lines.join('\n')}\n} ${item.name};`;
}

function constantsHtml({ constants = [] }, urlOf) {
    if (!constants.length) return '';
    return `<dl>${constants.map(({ name, comment }) =>
        `<div id="${name}"><dt><code>${name}</code></dt><dd>${sentence(comment, urlOf)}</dd></div>`).join('\n')}</dl>`;
}

/** The name that is declared stands out: the last one of a typedef, the first of anything else. */
function strong(html, name) {
    const places = [...html.matchAll(new RegExp(`\\b${name}\\b(?![^<]*>)`, 'g'))];
    const { index } = (/typedef/.test(html) ? places.at(-1) : places[0]) ?? {};
    if (index === undefined) return html;
    return `${html.slice(0, index)}<b>${name}</b>${html.slice(index + name.length)}`;
}

function entryHtml(entry, urlOf) {
    const items = entry.items.map((item) => {
        const others = (name) => (name === item.name ? null : urlOf(name));
        const written = signature(item, entry);
        const code = item.kind === 'macro' ? linkNames(escape(written), others) : codeHtml(written, 'c', others);
        const badge = item.kind !== 'type' && entry.comment.includes('[blocks]') ? '<a class="blocks" href="#blocks">blocks</a>' : '';
        return `<div class="signature${written.includes('\n') ? '' : ' line'}" id="${item.name}">` +
            `<pre><code>${strong(code, item.name)}</code></pre>${badge}` +
            `<a class="anchor" href="#${item.name}" aria-label="Link to ${item.name}">#</a></div>`;
    });
    // The way a macro is written stands above already.
    const written = entry.items[0].kind === 'macro' && writtenAs(entry.items[0], entry);
    let comment = written ? entry.comment.replace(/\s+/g, ' ').slice(written[0].length) : entry.comment;
    comment = comment.replace(/^(?!eddy_)[a-z]/, (letter) => letter.toUpperCase());
    const constants = entry.items.map((item) => constantsHtml(item, urlOf)).join('');
    return `<section class="entry">\n${items.join('\n')}\n${commentHtml(comment, urlOf)}${constants}</section>`;
}

function errorTable(errors, users, urlOf) {
    if (!errors.length) return '';
    const rows = errors.map(({ name, code, comment }) => {
        const by = users.get(name) ?? [];
        const list = by.length ? `<details><summary>${by.length} ${by.length === 1 ? 'call' : 'calls'}</summary>${
            by.map((each) => `<code><a href="${urlOf(each)}">${each}</a></code>`).join(' ')}</details>` : '';
        return `<tr id="${name}"><td><code>${name}</code></td><td>${String(code).replace('-', '−')}</td>` +
            `<td>${escape(comment)}${list}</td></tr>`;
    });
    return '<h3 id="error-table">All codes</h3>\n<table class="errors"><thead><tr><th>Name<th>Code<th>Text, and whose ' +
        `description names it</thead>\n${rows.join('\n')}</table>`;
}

/** eddy.h's own comment: its first line, then terms with their meaning. */
function conventions(intro, urlOf) {
    const terms = [];
    for (const line of intro.split('\n').slice(1)) {
        const [, term, text] = /^\s{2}(\S.*?)\s{2,}(\S.*)$/.exec(line) ?? [];
        if (term) terms.push([term, text]);
        else if (line.trim()) terms.at(-1)[1] += ` ${line.trim()}`;
    }
    return `<h2 id="conventions">Conventions</h2>\n<dl class="terms">${terms.map(([term, text]) =>
        `<div${term === '[blocks]' ? ' id="blocks"' : ''}><dt>${escape(term.replace(/[[\]]/g, ''))}</dt>` +
        `<dd>${sentence(text, urlOf)}</dd></div>`).join('\n')}</dl>`;
}

const idOf = ({ name }) => name.replace(/^eddy\/|\.h$/g, '');

export function referencePage(model) {
    const urlOf = linker(model);
    const users = new Map();
    for (const { name, entry, item } of declarations(model)) {
        if (item?.kind !== 'function') continue;
        for (const [error] of entry.comment.matchAll(/\bEDDY_E[A-Z]+\b/g))
            users.set(error, [...new Set([...(users.get(error) ?? []), name])]);
    }
    const menu = ['<p class="home"><b>eddy</b> API<br><a href="from-asyncio.html">From asyncio to eddy</a></p>',
        '<input id="find" type="search" placeholder="Find a name ( / )" aria-label="Find a name">'];
    const main = ['<h1>eddy: API reference</h1>',
        '<p>asyncio for C on WebAssembly: <code>#include &lt;eddy.h&gt;</code> declares everything ' +
        'below. The page is made from the headers. Who knows Python’s asyncio may begin with ' +
        '<a href="from-asyncio.html">From asyncio to eddy</a>.</p>', conventions(model.intro, urlOf)];
    for (const header of model.headers) {
        const id = idOf(header);
        const entries = header.sections.flatMap((section) => section.entries);
        const names = entries.flatMap(({ items }) => items.map(({ name }) => name));
        menu.push(`<section><h2><a href="#${id}">${id}</a></h2><ul>${names.map((name) =>
            `<li><a href="#${name}">${name}</a>`).join('')}</ul></section>`);
        main.push(`<h2 id="${id}">${id} <small>#include &lt;${header.name}&gt;</small></h2>`);
        const intro = header.intro.replace(/^./, (letter) => letter.toUpperCase());
        main.push(`<div class="about">${commentHtml(intro, urlOf)}</div>`);
        for (const { title, entries: own } of header.sections) {
            if (title && title !== id) main.push(`<h3>${title.replace(/^./, (letter) => letter.toUpperCase())}</h3>`);
            main.push(...own.map((entry) => entryHtml(entry, urlOf)));
        }
        main.push(errorTable(header.errors, users, urlOf));
    }
    return page({ title: 'eddy: API reference', menu: menu.join('\n'), main: main.join('\n') });
}
