// library.mjs: eddy's JavaScript library for Emscripten: web/emscripten.js with the texts of what the
// modules of web/ export; and what Closure must know of it.

import { readdirSync, readFileSync } from 'node:fs';

const WEB = new URL('../web/', import.meta.url);

/** name -> function or class, as text. */
function exportedTexts() {
    const texts = new Map();
    for (const file of readdirSync(WEB).filter((name) => name.endsWith('.mjs')).sort())
        for (const [, text, name] of readFileSync(new URL(file, WEB), 'utf8')
            .matchAll(/^export ((?:function|class) (\w+)[\s\S]*?^\})/gm)) texts.set(name, text);
    return texts;
}

/** `bodies` is the text of an object; without, its place stays marked for finish.mjs. */
export function libraryText(bodies) {
    const texts = exportedTexts();
    const text = readFileSync(new URL('emscripten.js', WEB), 'utf8')
        .replace(/__TEXT_(\w+?)__/g, (_, name) => texts.get(name));
    if (bodies === undefined) return text;
    // Emscripten's preprocessor reads three braces as its own.
    const quoted = JSON.stringify(`=${bodies}`).replaceAll('{{{', '{{\\u007b').replaceAll('}}}', '}}\\u007d');
    return text.replace(`'="EDDY_JS_BODIES"'`, () => quoted);
}

/** For Closure: the names that are not its to change are all that occur in that text. */
export function externsOf(text) {
    const names = new Set(text.match(/[A-Za-z_$][\w$]*/g));
    for (const name of ['constructor', 'prototype']) names.delete(name);
    return '/** @externs */\n/** @constructor */ function EddyNames() {}\n' +
        [...names].map((name) => `EddyNames.prototype.${name};\n`).join('');
}
