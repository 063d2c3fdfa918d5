// page.mjs: what the pages of the documentation have in common: frame, style, C code with links.

import { readFileSync } from 'node:fs';
import highlight from 'highlight.js';

const here = (file) => readFileSync(new URL(file, import.meta.url), 'utf8');

export const escape = (text) => text.replace(/[&<>"]/g,
    (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[sign]);

/** Links the names that `urlOf` knows in HTML, outside of its tags. */
export function linkNames(html, urlOf) {
    return html.replace(/<[^>]*>|&\w+;|\b[A-Za-z_]\w*\b/g, (part) => {
        const url = /^[<&]/.test(part) ? null : urlOf(part);
        return url ? `<a href="${url}">${part}</a>` : part;
    });
}

/** Code in colours, its names linked. */
export function codeHtml(code, language, urlOf = () => null) {
    return linkNames(highlight.highlight(code, { language }).value, urlOf);
}

/** A whole page, which needs nothing from elsewhere. */
export function page({ title, menu, main, wide = false }) {
    return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>${escape(title)}</title>
<style>
${here('style.css')}</style>
<nav>
<details id="menu" open>
<summary>Contents</summary>
${menu}
</details>
</nav>
<main${wide ? ' class="wide"' : ''}>
${main}
</main>
<script>
${here('menu.js')}</script>
</html>
`;
}
