import { describe, expect, it } from 'vitest';
import { classCostPerMillionTokens, splitByClass, splitByPool } from '#shared/cost/token-split.ts';
import { sum } from '#shared/lib/sum.ts';
import { usd } from '#shared/units/quantities.ts';
import { createRandom } from '../../backend/store/store-facts.ts';

const NOTHING = { output: 0, uncachedInput: 0, cachedInput: 0 };

/** Counts as fleets have them, from nothing to 10^13, a class missing now and then. */
function randomCase(seed: number) {
  const random = createRandom(seed);
  const count = () => (random.below(5) === 0 ? 0 : random.next() * 10 ** random.below(14));
  return {
    bill: usd(random.next() * 10 ** random.below(8)),
    other: usd(random.next() * 10 ** random.below(8)),
    weighted: { output: count() + 1, uncachedInput: count(), cachedInput: count() },
  };
}

const SEEDS = Array.from({ length: 500 }, (_, seed) => seed + 1);

describe('a bill split between classes', () => {
  it('adds back to the bill, to the last binary digit', () => {
    for (const { bill, weighted } of SEEDS.map(randomCase)) {
      const left = sum([...Object.values(splitByClass(bill, weighted)!), bill * -1]);
      expect(Math.abs(left)).toBeLessThanOrEqual(bill * Number.EPSILON);
    }
  });

  it('gives each class its share, and twice the bill twice of it', () => {
    for (const { bill, weighted } of SEEDS.map(randomCase)) {
      const [once, twice] = [splitByClass(bill, weighted)!, splitByClass(usd(2 * bill), weighted)!];
      const share = weighted.output / sum(Object.values(weighted));
      expect(Math.abs(once.output - bill * share)).toBeLessThanOrEqual(bill * 1e-15);
      expect(twice.output).toBe(2 * once.output);
    }
  });

  it('has no classes without tokens', () => {
    expect(splitByClass(usd(10), NOTHING)).toBeNull();
    expect(classCostPerMillionTokens(usd(10), NOTHING, { input: 1, cached: 0.1, output: 5 })).toBeNull();
  });

  it('costs nothing where a class has no tokens, though its unit cost stands', () => {
    const weighted = { output: 50, uncachedInput: 50, cachedInput: 0 };
    expect(splitByClass(usd(10), weighted)!.cachedInput).toBe(0);
    // 10 USD / 100 weighted tokens x 1e6 x 0.1
    expect(classCostPerMillionTokens(usd(10), weighted, { input: 1, cached: 0.1, output: 5 })!.cachedInput).toBe(1e4);
  });
});

describe('bills of a prefill and a decode pool', () => {
  it('go to input and to output, and add back to both', () => {
    for (const { bill, other, weighted } of SEEDS.map(randomCase)) {
      const split = splitByPool({ prefill: bill, decode: other }, weighted);
      expect(split.output).toBe(other);
      expect(sum(Object.values(split)) / (bill + other)).toBeCloseTo(1, 14);
    }
  });

  it('stay unattributed where a pool did none of its work', () => {
    const bills = { prefill: usd(3), decode: usd(5) };
    expect(splitByPool(bills, NOTHING).unattributed).toBe(8);
    expect(splitByPool(bills, { ...NOTHING, output: 1 })).toEqual({
      output: 5,
      uncachedInput: 0,
      cachedInput: 0,
      unattributed: 3,
    });
    expect(splitByPool(bills, { ...NOTHING, cachedInput: 1 })).toMatchObject({ cachedInput: 3, unattributed: 5 });
  });
});
