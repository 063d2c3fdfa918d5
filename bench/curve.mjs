// curve.mjs: how a cost grows with a number, against the number's logarithm.

/**
 * points: [{ n, samples }], the first one of the least n. -> { value, baseline, curve }: the samples
 * of the point that is worst, those of the first one times log n / log first n, and all medians.
 */
export function againstLog(points, median) {
    const [first, ...others] = points;
    const curve = points.map(({ n, samples }) => ({ n, value: median(samples) }));
    const scale = ({ n }) => Math.log(n) / Math.log(first.n);
    const excess = (point) => median(point.samples) / scale(point);
    const worst = others.reduce((a, b) => (excess(b) > excess(a) ? b : a));
    return {
        value: worst.samples, baseline: first.samples.map((sample) => sample * scale(worst)), curve,
    };
}

/** "100: 81 ns, 1,000: 85 ns" */
export function curveText(curve, unit) {
    return curve
        .map(({ n, value }) => `${n.toLocaleString('en')}: ${value.toFixed(0)} ${unit}`).join(', ');
}
