// program.mjs: programs of the model test as data and as text.
//
// A program is { objects: [{ kind, index, a, b }], tasks: [[operation…]…] }; task 0 is main. An
// operation is { name, check, args: [word…], body: [operation…] or undefined, serial }. Its serial is
// the number of its line in the text, by which both traces name it.

/** The program as text, which the C program and a person read; gives operations their serials. */
export function toText(program, number = 1) {
    const lines = [`program ${number}`];
    for (const { kind, index, a, b } of program.objects) lines.push(`object ${kind} ${index} ${a} ${b}`);
    const write = (operations, indent) => {
        for (const operation of operations) {
            const { name, check, args, body } = operation;
            operation.serial = lines.length;
            const words = [name + (check ? '!' : ''), ...args, ...(body ? ['{'] : [])];
            lines.push(indent + words.join(' '));
            if (!body) continue;
            write(body, `${indent}  `);
            lines.push(`${indent}}`);
        }
    };
    program.tasks.forEach((operations, index) => {
        if (index > 0 && !operations) return;
        lines.push(`task t${index}`);
        write(operations, '  ');
    });
    lines.push('end');
    return `${lines.join('\n')}\n`;
}

/** The programs of a text. */
export function fromText(text) {
    const programs = [];
    let program, blocks;
    text.split('\n').forEach((line) => {
        const words = line.trim().split(/\s+/);
        if (words[0] === 'program') {
            programs.push(program = { objects: [], tasks: [] });
        } else if (words[0] === 'object') {
            const [, kind, ...numbers] = words;
            const [index, a = 0, b = 0] = numbers.map(Number);
            program.objects.push({ kind, index, a, b });
        } else if (words[0] === 'task') {
            blocks = [program.tasks[Number(words[1].slice(1))] = []];
        } else if (words[0] === '}') {
            blocks.pop();
        } else if (words[0] && words[0] !== 'end') {
            const check = words[0].endsWith('!');
            const operation = { name: words[0].replace('!', ''), check, args: words.slice(1) };
            blocks.at(-1).push(operation);
            if (words.at(-1) === '{') {
                operation.args.pop();
                blocks.push(operation.body = []);
            }
        }
    });
    for (const each of programs) toText(each);
    return programs;
}

/** How many lines it has: what a shrunk program has fewer of. */
export function sizeOf(program) {
    return toText(program).split('\n').length;
}
