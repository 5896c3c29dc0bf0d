import { describe, expect, it } from 'vitest';
import { assert, assertNever } from '#shared/lib/assert.ts';
import { sum, sumOf } from '#shared/lib/sum.ts';
import { createRandom } from '../../backend/store/store-facts.ts';

describe('sum', () => {
  it('keeps small amounts beside large ones', () => {
    expect(sum([1e16, 1, -1e16])).toBe(1);
    expect(sum([1, 1e100, 1, -1e100])).toBe(2);
  });

  it('does not drift over a month of amounts, whatever their order', () => {
    const random = createRandom(7);
    const amounts = Array.from({ length: 40_000 }, () => random.next() * 10 ** (random.below(12) - 9));
    const exact = sum(amounts);
    expect(sum(amounts.toReversed())).toBe(exact);
    expect(sum(amounts.toSorted((one, other) => one - other))).toBe(exact);
  });

  it('is zero over nothing', () => {
    expect(sum([])).toBe(0);
  });

  it('keeps whole numbers exact up to 2^53 (fault R04)', () => {
    expect(sum([2 ** 53 - 2, 1])).toBe(2 ** 53 - 1);
    expect(sumOf([{ tokens: 2 ** 52 }, { tokens: 2 ** 52 }], (item) => item.tokens)).toBe(2 ** 53);
  });
});

describe('assert', () => {
  it('throws the claim that does not hold, and nothing otherwise', () => {
    expect(() => assert(false, 'facts have a length')).toThrow('facts have a length');
    expect(() => assert(true, 'anything')).not.toThrow();
  });

  it('throws where a closed union has grown', () => {
    expect(() => assertNever('new member' as never)).toThrow('new member');
  });
});
