// rounds.mjs: both sides of a row in turns.

/** `sides`: { value(), baseline() }, a sample each. -> { row, value: [samples], baseline: [samples] } */
export async function measureSides(row, rounds, settle, sides) {
    const samples = { row, value: [], baseline: [] };
    // The first round compiles and is thrown away. Who begins alternates, so that neither side
    // always runs on the other's garbage.
    for (let round = -1; round < rounds; round++) {
        const order = round % 2 ? ['value', 'baseline'] : ['baseline', 'value'];
        for (const side of order) {
            await settle();
            const sample = await sides[side]();
            if (round >= 0) samples[side].push(sample);
        }
    }
    return samples;
}
