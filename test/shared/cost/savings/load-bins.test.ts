import { describe, expect, it } from 'vitest';
import { assessChange } from '#shared/cost/savings/assess-change.ts';
import { savingOf, type Effect } from '#shared/cost/savings/effect.ts';
import { randomWindows } from './random-windows.ts';

/*
 * Why load bins are quarter octaves. The same software before and after; only the load rises by half. Throughput per GPU
 * rises with the 0.7th power of concurrency, whose logarithm is spread by half around its middle, as over a day. What bins of
 * a width credit to the software is worked out by summing over fine steps of load.
 */
function creditedToLoad(binsPerOctave: number): number {
  const sides = new Map<number, { before: [number, number]; after: [number, number] }>();
  const density = (ln: number, middle: number) => Math.exp(-(((ln - middle) / 0.5) ** 2) / 2);
  for (let ln = Math.log(0.5); ln < Math.log(128); ln += 0.0005) {
    const load = Math.exp(ln);
    const tokens = load ** 0.7;
    const bin = Math.floor(binsPerOctave * Math.log2(load));
    const cell = sides.get(bin) ?? { before: [0, 0], after: [0, 0] };
    for (const [side, middle] of [
      ['before', Math.log(8)],
      ['after', Math.log(12)],
    ] as const) {
      cell[side][0] += density(ln, middle);
      cell[side][1] += density(ln, middle) * tokens;
    }
    sides.set(bin, cell);
  }
  const cells = [...sides.values()];
  const effect: Effect = {
    actual: cells.reduce((sum, { after }) => sum + after[0], 0),
    counterfactual: cells.reduce((sum, { before, after }) => sum + (after[1] * before[0]) / before[1], 0),
  };
  return savingOf(effect)!;
}

describe('a load that rises by half with the same software', () => {
  it('is credited with 3.8 % by bins of an octave, with 0.28 % by quarters, with 0.07 % by eighths', () => {
    const [octaves, quarters, eighths] = [1, 4, 8].map(creditedToLoad);
    expect(octaves).toBeCloseTo(0.0381, 4);
    expect(quarters).toBeCloseTo(0.0028, 4);
    expect(eighths).toBeCloseTo(0.0007, 4);
  });

  it('is no material change, though it looks like a quarter less GPU time per token', () => {
    const changed = {
      before: randomWindows(1, { days: 14 }),
      after: randomWindows(2, { fromDay: 15, days: 14, load: 12 }),
    };
    const { gpuTime, regression } = assessChange({ changed, control: null }, 7);
    expect(gpuTime.naive).toBeGreaterThan(0.2);
    expect(Math.abs(gpuTime.saving!)).toBeLessThan(0.01);
    expect(gpuTime).toMatchObject({ verdict: 'no material change', grade: 'C' });
    expect(Math.abs(regression!.saving)).toBeLessThan(0.01);
  });
});
