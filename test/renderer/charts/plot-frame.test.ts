import { describe, expect, it } from 'vitest';
import { bucketIndexAt, clustersOf, gapsOf, instantAt, shareOf, timeTicks } from '#renderer/charts/plot-frame.ts';
import { niceCeiling, splitsOf } from '#shared/charts/axis-ends.ts';
import { epochMs } from '#shared/time/instant.ts';

const minute = 60_000;
const starts = [0, 1, 2, 3, 4, 5].map((index) => epochMs(index * minute));
const range = { from: epochMs(0), to: epochMs(6 * minute) };

describe('places in the plot', () => {
  it('maps an instant to its share of the width and back', () => {
    expect(shareOf(epochMs(3 * minute), range)).toBe(0.5);
    expect(instantAt(0.5, range)).toBe(3 * minute);
    expect(instantAt(7, range)).toBe(range.to);
  });

  it('finds the bucket under an instant, none outside', () => {
    expect(bucketIndexAt(epochMs(2.9 * minute), starts, 60)).toBe(2);
    expect(bucketIndexAt(epochMs(6 * minute), starts, 60)).toBeNull();
    expect(bucketIndexAt(epochMs(-1), starts, 60)).toBeNull();
    expect(bucketIndexAt(epochMs(0), [], 60)).toBeNull();
  });
});

describe('gapsOf', () => {
  it('joins neighbouring buckets without a value and says why they have none', () => {
    const gaps = gapsOf({
      starts,
      stepSeconds: 60,
      values: [1, null, null, null, 1, 1],
      coverage: [1, 0, 0, 0.5, 1, 1],
    });
    expect(gaps).toEqual([
      { from: minute, to: 3 * minute, reason: 'not-heard' },
      { from: 3 * minute, to: 4 * minute, reason: 'no-tokens' },
    ]);
  });

  it('leaves out a newest or first bucket alone, which is only not full', () => {
    expect(gapsOf({ starts, stepSeconds: 60, values: [null, 1, 1, 1, 1, null], coverage: [0, 1, 1, 1, 1, 0] })).toEqual(
      [],
    );
  });

  it('keeps a long gap that reaches the end', () => {
    const gaps = gapsOf({
      starts,
      stepSeconds: 60,
      values: [1, 1, null, null, null, null],
      coverage: [1, 1, 0, 0, 0, 0],
    });
    expect(gaps).toHaveLength(1);
  });
});

describe('clustersOf', () => {
  it('joins marks that would lie over each other and leaves out those beyond the range', () => {
    const marks = [50, 1, 2, 3 * minute, 7 * minute].map((at) => ({ at: epochMs(at) }));
    expect(clustersOf(marks, range, 0.05).map((cluster) => cluster.map((mark) => mark.at))).toEqual([
      [1, 2, 50],
      [3 * minute],
    ]);
  });
});

describe('niceCeiling', () => {
  it.each([
    [0.219, 0.25],
    [0.25, 0.25],
    [1_890_000, 2_000_000],
    [0.0203, 0.025],
    [9.1, 10],
    [0, 1],
  ])('holds %s under %s', (value, ceiling) => {
    expect(niceCeiling(value)).toBeCloseTo(ceiling, 12);
    expect(niceCeiling(value)).toBeGreaterThanOrEqual(value);
  });
});

describe('splitsOf', () => {
  it.each([
    [0.25, 0.05],
    [0.4, 0.1],
    [0.15, 0.05],
    [0.125, 0.025],
    [2_000_000, 500_000],
    [10, 2],
  ])('cuts %s into round steps of %s', (ceiling, step) => {
    expect(ceiling / splitsOf(ceiling)).toBeCloseTo(step, 12);
  });
});

describe('timeTicks', () => {
  it('stands on round times of the wall clock', () => {
    const day = { from: epochMs(Date.UTC(2026, 10, 23, 4, 5)), to: epochMs(Date.UTC(2026, 10, 24, 4, 5)) };
    expect(timeTicks(day, 0, 8).map((at) => new Date(at).getUTCHours())).toEqual([6, 9, 12, 15, 18, 21, 0, 3]);
    const half = 5.5 * 3_600_000;
    expect(timeTicks(day, half, 8).every((at) => (at + half) % (3 * 3_600_000) === 0)).toBe(true);
  });

  it('never asks for more labels than fit', () => {
    for (const days of [0.01, 0.2, 1, 9, 40, 400]) {
      expect(timeTicks({ from: epochMs(0), to: epochMs(days * 86_400_000) }, 0, 6).length).toBeLessThanOrEqual(7);
    }
  });
});
