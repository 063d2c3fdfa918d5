// guide.mjs: the page "from asyncio to eddy", made from examples/from-asyncio/README.md.
//
// A code fence there, and in the project's README, may name a file behind its language, from the
// README's own folder: the fence shows that whole file. `./build.sh docs` brings such fences up to
// date; a test compares them.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Marked } from 'marked';
import { ROOT } from '../build.mjs';
import { codeHtml, escape, page } from './page.mjs';

const GUIDE = 'examples/from-asyncio/README.md';
export const PAGES = [GUIDE, 'README.md'];
const FENCE = /^```(\w+) (\S+\.(?:c|py))\n([\s\S]*?)^```$/gm;

/** The programs that a page shows: { path, shown, actual }. */
export function snippets(file) {
    const folder = dirname(join(ROOT, file));
    return [...readFileSync(join(ROOT, file), 'utf8').matchAll(FENCE)].map(([, , name, shown]) => {
        const path = join(folder, name);
        return { path, shown, actual: existsSync(path) ? readFileSync(path, 'utf8') : null };
    });
}

/** Writes the programs' text into the pages that show them. -> the pages that changed */
export function updateSnippets() {
    return PAGES.filter((file) => {
        const before = readFileSync(join(ROOT, file), 'utf8');
        const after = before.replace(FENCE, (_, language, name) =>
            `\`\`\`${language} ${name}\n${readFileSync(join(dirname(join(ROOT, file)), name), 'utf8')}\`\`\``);
        if (after !== before) writeFileSync(join(ROOT, file), after);
        return after !== before;
    });
}

const idOf = (text) => text.toLowerCase().replace(/<[^>]*>|[^\w -]/g, '').trim().replace(/ /g, '-');

/** Two programs, one right after the other, stand side by side where the window is wide. */
function sideBySide(html) {
    return html.replace(/(<figure class="program">(?:(?!<figure)[\s\S])*?<\/figure>\s*){2}/g,
        (both) => `<div class="pair">\n${both}</div>\n`);
}

/** `urlOf` leads from a C name to its place in the API reference. */
export function guidePage(urlOf) {
    const headings = [];
    const marked = new Marked({
        renderer: {
            code({ text, lang = '' }) {
                const [language, name] = lang.split(' ');
                const known = ['c', 'python'].includes(language);
                const code = known ? codeHtml(text, language, language === 'c' ? urlOf : undefined) : escape(text);
                const caption = name ? `<figcaption>${escape(name.replace('../', ''))}</figcaption>` : '';
                return `<figure class="program">${caption}<pre><code>${code}</code></pre></figure>\n`;
            },
            codespan({ text }) {
                return `<code>${/\b(eddy_|EDDY_)/.test(text) ? codeHtml(text, 'c', urlOf) : escape(text)}</code>`;
            },
            // The pages stand by themselves: no links into the source tree.
            link({ href, tokens }) {
                const html = this.parser.parseInline(tokens);
                return /^(https:|#)/.test(href) ? `<a href="${href}">${html}</a>` : `<code>${html}</code>`;
            },
            heading({ tokens, depth }) {
                const html = this.parser.parseInline(tokens);
                const id = idOf(html);
                if (depth === 2) headings.push({ id, html });
                return `<h${depth} id="${id}">${html}</h${depth}>\n`;
            },
            strong({ text }) {
                const rule = /^R\d+$/.test(text) ? ` id="${text.toLowerCase()}"` : '';
                return `<strong${rule}>${escape(text)}</strong>`;
            },
        },
    });
    const main = sideBySide(marked.parse(readFileSync(join(ROOT, GUIDE), 'utf8')));
    const menu = `<p class="home"><b>eddy</b><br><a href="index.html">API reference</a></p>\n<ul class="titles">${
        headings.map(({ id, html }) => `<li><a href="#${id}">${html}</a>`).join('\n')}</ul>`;
    return page({ title: 'From asyncio to eddy', menu, main, wide: true });
}
