import { expect, it } from 'vitest';
import { medianOf, percentileOf } from '#shared/lib/percentile.ts';
import { seededRandom } from '#shared/lib/seeded-random.ts';

it.each([
  // h = (4 - 1) x 0.5 = 1.5: between 20 and 30
  [[10, 20, 30, 40], 0.5, 25],
  // h = 3 x 0.025 = 0.075: 10 + 0.075 x 10
  [[10, 20, 30, 40], 0.025, 10.75],
  [[10, 20, 30, 40], 0, 10],
  [[10, 20, 30, 40], 1, 40],
  [[7], 0.3, 7],
])('of %j at %f is %f', (values, share, expected) => {
  expect(percentileOf(values, share)).toBeCloseTo(expected, 12);
});

it('is absent where there are no values', () => {
  expect(percentileOf([], 0.5)).toBeNull();
  expect(medianOf([])).toBeNull();
});

it('has the median of values in any order', () => {
  expect(medianOf([9, 1, 5])).toBe(5);
  expect(medianOf([4, 1, 3, 2])).toBe(2.5);
});

it('draws the same numbers again from the same seed, in [0, 1) and evenly', () => {
  const [one, same, other] = [1, 1, 2].map((seed) => {
    const random = seededRandom(seed);
    return Array.from({ length: 20_000 }, random);
  });
  expect(one).toEqual(same);
  expect(other).not.toEqual(one);
  expect(one!.every((number) => number >= 0 && number < 1)).toBe(true);
  const tenths = Map.groupBy(one!, (number) => Math.floor(number * 10));
  for (const numbers of tenths.values()) expect(Math.abs(numbers.length - 2000)).toBeLessThan(200);
});
