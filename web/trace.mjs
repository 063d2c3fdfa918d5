// trace.mjs: app.trace(): what tasks do, recorded, as the JSON of a Chrome trace and on a track of the
// DevTools' performance panel.

import { EddyError } from './host.mjs';

/** `inspect(what, number)`: eddy__inspect of exports.c; -> [its result, the lines it has reported]. */
export function createEddyTrace(inspect) {
    const WRITE = 2, START = 3; // of exports.c
    const DEFAULT_EVENTS = 65536;
    let began = 0; // of the recording, on performance.now()'s clock
    let shows = false, shownUntil = 0; // on the track

    function check(result, what) {
        if (result >= 0) return;
        const [name, text] = {
            '-3': ['EDDY_ESTATE', 'nothing is recorded: trace({ start: true }) begins'],
            '-5': ['EDDY_ENOMEM', 'no memory for the trace'],
            '-12': ['EDDY_ENOSYS', 'the module was built without traces'],
        }[result] ?? ['EDDY_EIO', `the trace cannot be ${what}`];
        throw new EddyError(result, name, text);
    }

    /** Spans of the trace that have ended: { name, track, start, end, properties }. */
    function* spansOf({ traceEvents }) {
        const lives = new Map(); // id -> { name, waits }
        const trackOf = (id) => `${lives.get(id)?.name ?? 'task'} ${Number(id)}`;
        for (const { ph, cat, id, name, ts, dur, args } of traceEvents) {
            if (cat === 'task' && ph === 'b') {
                const life = lives.get(id);
                if (life) life.waits = { ts, args };
                else lives.set(id, { name, waits: undefined });
            } else if (cat === 'task' && ph === 'e' && lives.get(id)?.waits) {
                const { waits } = lives.get(id);
                lives.get(id).waits = undefined;
                yield { name, track: trackOf(id), color: 'secondary-light', start: waits.ts, end: ts, args: { ...waits.args, ...args } };
            } else if (cat === 'step') {
                const track = args?.task ? trackOf(`0x${args.task.toString(16)}`) : 'callbacks';
                yield { name, track, color: 'primary', start: ts, end: ts + dur, args };
            }
        }
    }

    /** What has been recorded since the last time, as measures that the DevTools draw. */
    function show(trace) {
        let last = shownUntil;
        for (const { name, track, color, start, end, args } of spansOf(trace)) {
            if (end <= shownUntil) continue;
            last = Math.max(last, end);
            const properties = Object.entries(args ?? {}).map(([key, value]) => [key, String(value)]);
            const devtools = { dataType: 'track-entry', trackGroup: 'eddy', track, color, properties };
            performance.measure?.(name, {
                start: began + Math.max(start, 0) / 1000, end: began + end / 1000, detail: { devtools },
            });
        }
        shownUntil = last;
    }

    function begin(events, devtools) {
        check(inspect(START, events)[0], 'started');
        began = performance.now();
        shows = devtools;
        shownUntil = 0;
    }

    /** See the declarations in tools/finish.mjs. */
    return function trace({ start = false, stop = false, devtools = false } = {}) {
        if (start !== false) {
            const events = start === true ? DEFAULT_EVENTS : Number(start);
            if (!(Number.isInteger(events) && events > 0 && events < 2 ** 31))
                throw new EddyError(-4, 'EDDY_EINVAL', 'trace: start must be true or a number of events');
            return begin(events, !!devtools);
        }
        const [result, lines] = inspect(WRITE, 0);
        check(result, 'written');
        const text = lines.join('\n');
        if (shows || devtools) show(JSON.parse(text));
        if (stop) inspect(START, 0);
        return text;
    };
}
