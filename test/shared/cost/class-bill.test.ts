import { describe, expect, it } from 'vitest';
import { classBill } from '#shared/cost/class-bill.ts';
import { usd } from '#shared/units/quantities.ts';

const WEIGHTED = { output: 50, uncachedInput: 40, cachedInput: 10 };
const NOTHING = { output: 0, uncachedInput: 0, cachedInput: 0 };

describe('a bill of blocks by class', () => {
  it('divides pools by their side, and the rest by weighted tokens', () => {
    const bill = classBill([
      { kind: 'pools', prefill: usd(30), decode: usd(70), weighted: WEIGHTED },
      { kind: 'together', bill: usd(200), weighted: WEIGHTED },
    ]);
    expect(bill.output).toBeCloseTo(70 + 100, 12);
    expect(bill.uncachedInput).toBeCloseTo(24 + 80, 12);
    expect(bill.cachedInput).toBeCloseTo(6 + 20, 12);
    expect(bill.unattributed).toBe(0);
  });

  it('leaves the bill of a pool without work, and of time without tokens, to no class', () => {
    const bill = classBill([
      { kind: 'pools', prefill: usd(30), decode: usd(70), weighted: { ...WEIGHTED, output: 0 } },
      { kind: 'together', bill: usd(5), weighted: NOTHING },
    ]);
    expect(bill).toMatchObject({ output: 0, unattributed: 75 });
    expect(bill.uncachedInput + bill.cachedInput).toBeCloseTo(30, 12);
  });
});
