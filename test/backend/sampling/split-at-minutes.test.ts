import { describe, expect, test } from 'vitest';

import { splitAtMinutes } from '#backend/sampling/split-at-minutes.ts';
import { epochMs } from '#shared/time/instant.ts';
import { START } from './readings.ts';

const columns = { outputTokens: 'sum', energyJoules: 'sum', powerWattsMax: 'max' } as const;
const fact = (startSeconds: number, seconds: number, outputTokens = 101, energyJoules: number | null = 1234.567) => ({
  start: epochMs(START + startSeconds * 1000),
  seconds,
  outputTokens,
  energyJoules,
  powerWattsMax: 700,
});
const pieces = (whole: ReturnType<typeof fact>) =>
  splitAtMinutes(whole, columns).map((part) => ({ ...part, start: (part.start - START) / 1000 }));

describe('a fact divided at minutes', () => {
  test.each([
    ['within a minute', 10, 20, [[10, 20]]],
    ['up to a minute', 50, 10, [[50, 10]]],
    [
      'over one edge',
      55,
      10,
      [
        [55, 5],
        [60, 5],
      ],
    ],
    [
      'over three minutes',
      55,
      130,
      [
        [55, 5],
        [60, 60],
        [120, 60],
        [180, 5],
      ],
    ],
  ])('%s tiles its interval', (_, start, seconds, parts) => {
    expect(pieces(fact(start, seconds)).map((part) => [part.start, part.seconds])).toEqual(parts);
  });

  test('counts stay whole, and the parts add to the fact', () => {
    expect(pieces(fact(57, 10)).map((part) => part.outputTokens)).toEqual([30, 71]);
    for (const seconds of [7, 61.003, 100, 3601]) {
      const parts = pieces(fact(12.345, seconds, 99_999_999, 98_765.4321));
      expect(parts.reduce((total, part) => total + part.outputTokens, 0)).toBe(99_999_999);
      expect(parts.every((part) => Number.isInteger(part.outputTokens) && part.outputTokens >= 0)).toBe(true);
      expect(parts.reduce((total, part) => total + (part.energyJoules ?? 0), 0)).toBeCloseTo(98_765.4321, 8);
      expect(parts.reduce((total, part) => total + part.seconds, 0)).toBeCloseTo(seconds, 9);
    }
  });

  test('extremes hold for each part, and what was not measured stays unmeasured', () => {
    expect(pieces(fact(55, 10, 1, null)).map((part) => [part.powerWattsMax, part.energyJoules])).toEqual([
      [700, null],
      [700, null],
    ]);
  });
});
