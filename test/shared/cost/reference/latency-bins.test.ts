import { describe, expect, it } from 'vitest';
import { medianOfBins } from '#shared/cost/reference/latency-bins.ts';

const bin = (upperBoundSeconds: number, count: number) => ({ upperBoundSeconds, count });

describe('the median of a histogram', () => {
  it('lies in the bin that holds it, at the place of an even spread', () => {
    // 100 observations: 30 to 0.01 s, 40 to 0.02 s, the rest to 0.05 s; the 50th is the middle of the second bin
    const found = medianOfBins([bin(0.02, 40), bin(0.01, 30), bin(0.05, 30)]);
    expect(found).toEqual({ seconds: 0.015, from: 0.01, to: 0.02, observations: 100 });
  });

  it('adds the bins of several engines', () => {
    expect(medianOfBins([bin(0.01, 1), bin(0.02, 3), bin(0.02, 3), bin(0.01, 1)])!.seconds).toBeCloseTo(
      0.01 + 0.01 / 3,
    );
  });

  it('begins at nothing', () => {
    expect(medianOfBins([bin(0.01, 4)])).toMatchObject({ seconds: 0.005, from: 0 });
  });

  it('is not known without observations, or beyond the last bound', () => {
    expect(medianOfBins([])).toBeNull();
    expect(medianOfBins([bin(0.01, 0)])).toBeNull();
    expect(medianOfBins([bin(0.01, 1), bin(Number.POSITIVE_INFINITY, 2)])).toBeNull();
  });
});
