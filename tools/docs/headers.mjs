// headers.mjs: reads the public headers: what they declare, and the comment that documents it.
//
// The rules, which tests/docs.test.mjs checks: a comment right above a declaration, or behind it on
// its line, documents it and those that follow without an empty line. A "---- banner ----" begins a
// section. Names with eddy__ or EDDY__ and names that end in _ are the runtime's own. A macro with
// the name of a function is that function.

import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Language, Parser } from 'web-tree-sitter';

// As somebody learns them, not as the alphabet has them.
const ORDER = ['base', 'task', 'scope', 'group', 'combine', 'sync', 'queue', 'channel', 'generator',
    'local', 'io', 'js', 'error', 'run', 'inspect'];

const isPrivate = (name) => /^eddy__|^EDDY__|_$|_H$/.test(name);

let cParser;
async function parser() {
    if (cParser) return cParser;
    await Parser.init();
    const require = createRequire(import.meta.url);
    cParser = new Parser();
    cParser.setLanguage(await Language.load(require.resolve('tree-sitter-c/tree-sitter-c.wasm')));
    return cParser;
}

/** Blanks out, column by column, what is no C before the preprocessor has run. */
function plainC(text) {
    const ours = /EDDY__(BLOCKS|BEGIN_C|END_C)|EDDY__PRINTF\(\d+, \d+\)|EDDY_ERRORS\(EDDY__\w+\)/g;
    return text.replace(/^[^#\n].*$/gm, (line) => line.replace(ours, (word) => ' '.repeat(word.length)));
}

/** The text of a comment without its stars; paragraphs are kept, and lines that are indented. */
function prose(comment) {
    const lines = comment.replace(/^\/\*\s?/, '').replace(/\s*\*\/$/, '').split('\n');
    return lines.map((line, i) => (i ? line.replace(/^\s*\* ?/, '') : line).trimEnd()).join('\n').trim();
}

const banner = (comment) => /^\/\* -{4,} (.*?) -{4,} \*\/$/.exec(comment)?.[1];
const firstRow = (node) => node.startPosition.row;
const lastRow = ({ endPosition: { row, column } }) => (column === 0 ? row - 1 : row);

/** The identifier that a declarator declares: of `(*name)(…)`, `*name`, `name[]`, `name(…)`. */
function declared(node) {
    while (node && !/identifier$/.test(node.type))
        node = node.childForFieldName('declarator') ?? node.namedChildren.at(0);
    return node?.text;
}

/** Pairs the parts of a list (fields, constants) with the comments behind or above them. */
function members(list, kinds) {
    const parts = [];
    let above = null;
    for (const node of list.namedChildren) {
        const last = parts.at(-1);
        if (node.type === 'comment') {
            if (last && lastRow(last.node) === firstRow(node)) last.comment = prose(node.text);
            else above = node;
        } else if (kinds.includes(node.type)) {
            const own = above && lastRow(above) + 1 === firstRow(node) ? prose(above.text) : '';
            parts.push({ node, comment: own });
        }
    }
    return parts;
}

function constantsOf(list) {
    return members(list, ['enumerator']).map(({ node, comment }) => (
        { name: node.childForFieldName('name').text, comment, line: firstRow(node) + 1 }));
}

// Fields from the first on whose comment says that it is the runtime's are not public.
function fieldsOf(list) {
    const fields = [];
    for (const { node, comment } of members(list, ['field_declaration'])) {
        if (/the runtime's/.test(comment)) break;
        const names = node.childrenForFieldName('declarator').map(declared);
        if (names.every((name) => !isPrivate(name)))
            fields.push({ name: names.join(', '), comment, code: node.text, line: firstRow(node) + 1 });
    }
    return fields;
}

/** What one declaration declares, or null if it is nothing for programs. */
function declarationOf(node, source) {
    const code = node.text.replace(/\s+;$/, ';').trim();
    const line = firstRow(node) + 1;
    if (node.type === 'preproc_def' || node.type === 'preproc_function_def') {
        const name = node.childForFieldName('name').text;
        const parameters = node.childForFieldName('parameters')?.text;
        const value = node.childForFieldName('value')?.text;
        const written = parameters ? name + parameters.replace(/(\w)_\b/g, '$1') : `${name} ${value ?? ''}`;
        return { kind: 'macro', name, code: written.trim(), line, variadic: /\.\.\./.test(parameters ?? '') };
    }
    const type = node.childForFieldName('type');
    const body = type?.childForFieldName('body');
    if (node.type === 'type_definition') {
        const name = declared(node.childForFieldName('declarator'));
        const constants = type.type === 'enum_specifier' && body ? constantsOf(body) : [];
        const fields = type.type === 'struct_specifier' && body ? fieldsOf(body) : null;
        return { kind: 'type', name, code, line, constants, fields };
    }
    if (node.type !== 'declaration') return null;
    const blocks = /EDDY__BLOCKS/.test(source.slice(node.startIndex, node.endIndex));
    const name = declared(node.childForFieldName('declarator'));
    return { kind: 'function', name, code: code.replace(/\s*\n\s*/g, ' '), line, blocks };
}

/** The declarations and comments of a file in order; the lines of an #if come first. */
const isCondition = ({ type }) => /^preproc_(if|ifdef|else|elif)$/.test(type);

function* walk(node) {
    for (const child of node.namedChildren) {
        yield child;
        if (isCondition(child)) yield* walk(child);
    }
}

function errorsOf(text) {
    return [...text.matchAll(/\bX\((E\w+), (-\d+), "(.*)"\)/g)]
        .map(([, name, code, about]) => ({ name: `EDDY_${name}`, code: Number(code), comment: about }));
}

function readHeader(c, name, source) {
    const tree = c.parse(plainC(source));
    const header = { name, intro: '', sections: [{ title: '', entries: [] }], errors: errorsOf(source) };
    let commentRow = -2, text = '', entry = null, previousRow = -2;
    const named = new Set();
    for (const node of walk(tree.rootNode)) {
        if (node.type === 'comment') {
            const title = banner(node.text);
            if (title) header.sections.push({ title, entries: [] });
            else if (!header.intro) header.intro = prose(node.text).replace(/^\S+\.h: /, '');
            else if (entry && firstRow(node) === previousRow) entry.comment ||= prose(node.text);
            else [text, commentRow] = [prose(node.text), lastRow(node)];
            continue;
        }
        if (isCondition(node)) {
            if (commentRow + 1 === firstRow(node)) commentRow++;
            continue;
        }
        const declaration = declarationOf(node, source);
        if (!declaration?.name || isPrivate(declaration.name)) continue;
        if (named.has(declaration.name)) continue;
        named.add(declaration.name);
        const row = firstRow(node);
        const above = commentRow + 1 === row;
        if (above || !entry || previousRow + 1 !== row) {
            entry = { comment: above ? text : '', items: [] };
            header.sections.at(-1).entries.push(entry);
        }
        entry.items.push(declaration);
        previousRow = lastRow(node);
    }
    const belongs = /fields belong to the runtime/;
    for (const { entries } of header.sections) {
        for (const { comment, items } of entries) {
            for (const item of items.filter(({ fields }) => fields)) {
                if (belongs.test(comment.replace(/\s+/g, ' ')) || belongs.test(header.intro)) item.fields = null;
            }
        }
    }
    header.sections = header.sections.filter(({ entries }) => entries.length);
    return header;
}

/**
 * Reads include/eddy.h and include/eddy/*.h below `folder`.
 * -> { intro, headers: [{ name, intro, errors, sections: [{ title, entries: [{ comment, items }] }] }] }
 */
export async function readHeaders(folder) {
    const c = await parser();
    const rank = (file) => (ORDER.indexOf(file.slice(0, -2)) + ORDER.length + 1) % (ORDER.length + 1);
    const files = readdirSync(join(folder, 'eddy')).filter((file) => file.endsWith('.h'))
        .sort((a, b) => rank(a) - rank(b) || a.localeCompare(b));
    const read = (path) => readHeader(c, path, readFileSync(join(folder, path), 'utf8'));
    const headers = files.map((file) => read(`eddy/${file}`));
    return { intro: read('eddy.h').intro, headers: headers.filter(({ sections }) => sections.length) };
}

/** Everything that is declared: { name, header, entry, item }. */
export function* declarations({ headers }) {
    for (const header of headers) {
        for (const entry of header.sections.flatMap(({ entries }) => entries)) {
            for (const item of entry.items) {
                yield { name: item.name, header, entry, item };
                for (const { name } of item.constants ?? []) yield { name, header, entry, item };
            }
        }
        for (const { name } of header.errors) yield { name, header };
    }
}

/** What the comments leave out, a line for each. */
export function gaps(model) {
    const found = [];
    const seen = new Set();
    for (const { header, entry, item } of declarations(model)) {
        if (!item || seen.has(item)) continue;
        seen.add(item);
        const miss = (what, { name, line } = item) => found.push(`include/${header.name}:${line}: ${name} ${what}`);
        const text = entry.comment.replace(/\s+/g, ' ');
        if (!text) miss('has no comment');
        for (const part of [...(item.constants ?? []), ...(item.fields ?? [])])
            if (!part.comment) miss('has no comment', part);
        if (item.kind === 'macro' && item.variadic && !text.includes(`${item.name}(`))
            miss('does not show how it is written');
        if (/^\w+\(.*\)$/.test(text)) miss('does not say what it does');
        if (item.kind !== 'function') continue;
        const blocks = text.includes('[blocks]');
        if (item.blocks && !blocks) miss('blocks, but does not say [blocks]');
        // The attribute makes the compiler warn of an unused result.
        if (blocks && !item.blocks && !text.includes('result may be ignored'))
            miss('says [blocks], but is not EDDY__BLOCKS');
        if (!blocks) continue;
        if (!/\b(Returns|Results as)\b/.test(text)) miss('does not say what it returns');
        if (!/\bEDDY_E|\b[Aa]s (eddy_\w+|above)|s? result\b/.test(text)) miss('names no errors');
    }
    return found;
}
