import { describe, expect, it } from 'vitest';
import { attainmentOf, jointShare } from '#shared/cost/latency-attainment.ts';
import { createRandom } from '../../backend/store/store-facts.ts';

const BOUNDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, Infinity];

/** The bins of exact latencies, only those that saw something, as they are stored. */
function binned(latencies: readonly number[], bounds: readonly number[] = BOUNDS) {
  const upperOf = (seconds: number): number => bounds.find((bound) => seconds <= bound) ?? Infinity;
  return [...Map.groupBy(latencies, upperOf)].map(([upperBoundSeconds, list]) => ({
    upperBoundSeconds,
    count: list.length,
  }));
}

describe('the share of a histogram within a target', () => {
  it('is counted where the target is a bound', () => {
    const latencies = [0.02, 0.04, 0.09, 0.3, 4];
    expect(attainmentOf(binned(latencies), 0.1, BOUNDS)).toEqual({
      share: 0.6,
      least: 0.6,
      most: 0.6,
      observations: 5,
    });
  });

  it('holds the exact share between its bounds, whatever the latencies', () => {
    for (let seed = 1; seed <= 50; seed++) {
      const random = createRandom(seed);
      const latencies = Array.from({ length: 200 }, () => 0.005 * 2 ** (random.next() * 10));
      const target = 0.005 * 2 ** (random.next() * 10);
      const exact = latencies.filter((latency) => latency <= target).length / latencies.length;
      const found = attainmentOf(binned(latencies), target, BOUNDS)!;
      expect(found.least).toBeLessThanOrEqual(exact);
      expect(found.most).toBeGreaterThanOrEqual(exact);
      expect(found.share).toBeGreaterThanOrEqual(found.least);
      expect(found.share).toBeLessThanOrEqual(found.most);
    }
  });

  it('meets the exact share of latencies that are spread evenly', () => {
    const latencies = Array.from({ length: 10_000 }, (_, index) => (index + 0.5) / 10_000);
    for (const target of [0.03, 0.07, 0.33, 0.81]) {
      expect(attainmentOf(binned(latencies), target, BOUNDS)!.share).toBeCloseTo(target, 3);
    }
  });

  it('begins a bin at the bound below it, also where no observation fell under that bound', () => {
    const all = [{ upperBoundSeconds: 0.5, count: 10 }];
    expect(attainmentOf(all, 0.375, BOUNDS)!.share).toBeCloseTo(0.5, 12);
    expect(attainmentOf(all, 0.2, BOUNDS)).toMatchObject({ share: 0, most: 0 });
  });

  it('takes nothing beyond the last bound to be in time', () => {
    const bins = [
      { upperBoundSeconds: 2.5, count: 6 },
      { upperBoundSeconds: Infinity, count: 4 },
    ];
    expect(attainmentOf(bins, 60, BOUNDS)).toMatchObject({ share: 0.6, least: 0.6, most: 1 });
  });

  it('is not known without observations', () => {
    expect(attainmentOf([], 1, BOUNDS)).toBeNull();
  });
});

describe('the share that keeps two targets', () => {
  it.each([
    [0.9, 0.8, { least: 0.7, estimate: 0.72, most: 0.8 }],
    [0.3, 0.4, { least: 0, estimate: 0.12, most: 0.3 }],
    [1, 0.4, { least: 0.4, estimate: 0.4, most: 0.4 }],
  ])('of %s and %s', (one, other, expected) => {
    const found = jointShare(one, other);
    expect(found.least).toBeCloseTo(expected.least, 12);
    expect(found.estimate).toBeCloseTo(expected.estimate, 12);
    expect(found.most).toBeCloseTo(expected.most, 12);
  });

  it('lies in its range for any requests', () => {
    for (let seed = 1; seed <= 30; seed++) {
      const random = createRandom(seed);
      const requests = Array.from({ length: 100 }, () => ({ a: random.next() < 0.8, b: random.next() < 0.6 }));
      const share = (of: (request: (typeof requests)[number]) => boolean) => requests.filter(of).length / 100;
      const range = jointShare(
        share(({ a }) => a),
        share(({ b }) => b),
      );
      const exact = share(({ a, b }) => a && b);
      expect(exact).toBeGreaterThanOrEqual(range.least - 1e-12);
      expect(exact).toBeLessThanOrEqual(range.most + 1e-12);
      expect(range.estimate).toBeGreaterThanOrEqual(range.least - 1e-12);
      expect(range.estimate).toBeLessThanOrEqual(range.most + 1e-12);
    }
  });
});
