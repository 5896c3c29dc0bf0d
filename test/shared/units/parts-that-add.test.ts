import { describe, expect, it } from 'vitest';
import { formatPartsOfPrice, partsThatAdd } from '#shared/units/parts-that-add.ts';

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

describe('partsThatAdd', () => {
  it('gives the missing unit to the part that lost most', () => {
    expect(partsThatAdd([1 / 3, 1 / 3, 1 / 3], 2)).toEqual([0.34, 0.33, 0.33]);
    expect(partsThatAdd([0.335, 0.3301, 0.3349], 2)).toEqual([0.34, 0.33, 0.33]);
  });

  it('adds to the rounded whole and moves no part by a unit, over many splits', () => {
    for (let seed = 1; seed < 200; seed += 1) {
      const parts = [1, 2, 3, 4, 5, 6].map((place) => Math.abs(Math.sin(seed * place)) * 0.05);
      const rounded = partsThatAdd(parts, 4);
      expect(Math.round(total(rounded) * 1e4)).toBe(Math.round(total(parts) * 1e4));
      rounded.forEach((value, index) => expect(Math.abs(value - (parts[index] ?? 0))).toBeLessThan(1e-4));
    }
  });

  it('keeps a part that is already exact', () => {
    expect(partsThatAdd([0.29, 0.71], 2)).toEqual([0.29, 0.71]);
  });

  it('rounds each on its own where the whole is not the sum of the parts', () => {
    expect(partsThatAdd([0.126, 0.126], 2, 5)).toEqual([0.13, 0.13]);
  });
});

describe('formatPartsOfPrice', () => {
  it('prints parts with one more decimal than the whole, adding to it', () => {
    expect(formatPartsOfPrice([0.061_24, 0.014_46, 0.0403], 0.116)).toEqual(['0.0612', '0.0145', '0.0403']);
  });
});
