import { describe, expect, it } from 'vitest';
import { gapOf, type PaidWork } from '#shared/cost/reference/gap.ts';
import { tokens, usd } from '#shared/units/quantities.ts';

/** 10 GPU-h for 20 USD, 6 of them with work; 7.2 M tokens are one hour of a GPU at 2,000 tok/s. */
const WORK: PaidWork = {
  tokens: tokens(7.2e6),
  paidGpuSeconds: 36_000,
  workingGpuSeconds: 21_600,
  cost: usd(20),
};

describe('the gap to a reference', () => {
  it('is idle time, and work that took longer, at the own rate', () => {
    const gap = gapOf(WORK, 2000)!;
    // 2 USD/GPU-h; 4 h idle = 8 USD; 6 h of work where the reference takes 1 = 10 USD
    expect(gap.usdPerGpuHour).toBeCloseTo(2, 12);
    expect(gap.referenceGpuSeconds).toBeCloseTo(3600, 9);
    expect(gap.idle).toBeCloseTo(8, 12);
    expect(gap.slower).toBeCloseTo(10, 12);
    expect(gap.total).toBeCloseTo(18, 12);
    expect(gap.utilisation).toBeCloseTo(0.1, 12);
  });

  it('leaves of the cost what the reference costs, which is the share that utilisation says', () => {
    for (const perGpu of [150, 333, 2000, 90_000]) {
      const gap = gapOf(WORK, perGpu)!;
      expect(WORK.cost - gap.total).toBeCloseTo(WORK.cost * gap.utilisation, 9);
    }
  });

  it('is a lead where the fleet at work is faster', () => {
    const gap = gapOf(WORK, 200)!;
    expect(gap.slower).toBeCloseTo(-8, 12);
    expect(gap.total).toBeCloseTo(0, 12);
  });

  it('needs a reference, tokens and GPU time', () => {
    expect(gapOf(WORK, null)).toBeNull();
    expect(gapOf(WORK, 0)).toBeNull();
    expect(gapOf({ ...WORK, tokens: tokens(0) }, 2000)).toBeNull();
    expect(gapOf({ ...WORK, paidGpuSeconds: 0 }, 2000)).toBeNull();
  });
});
