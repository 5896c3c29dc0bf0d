import { expect, it } from 'vitest';
import { differenceOf } from '#shared/cost/difference.ts';

it('subtracts the first from the second, and gives it as a share of the first', () => {
  expect(differenceOf(80, 100)).toEqual({ absolute: 20, relative: 0.25 });
  expect(differenceOf(-80, -100)).toEqual({ absolute: -20, relative: -0.25 });
});

it('knows no difference where a side is unknown, and no share of nothing', () => {
  expect(differenceOf(null, 1)).toEqual({ absolute: null, relative: null });
  expect(differenceOf(1, null)).toEqual({ absolute: null, relative: null });
  expect(differenceOf(0, 4)).toEqual({ absolute: 4, relative: null });
});

it('takes the rounding of a sum in another order for no difference', () => {
  expect(differenceOf(0.3, 0.1 + 0.2)).toEqual({ absolute: 0, relative: 0 });
  expect(differenceOf(1e6, 1e6 + 0.01).absolute).toBeCloseTo(0.01, 6);
});
