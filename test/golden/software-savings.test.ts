import { describe, expect, it } from 'vitest';
import { detectableSaving } from '#shared/cost/savings/detectable-effect.ts';
import { freedGpuHours, valueOfFreed } from '#shared/cost/savings/freed-capacity.ts';
import { PRESENT } from '#shared/cost/savings/support.ts';
import { updateSavings } from '#shared/cost/savings/update-savings.ts';
import type { WorkRow } from '#shared/cost/savings/work-row.ts';
import { usdPerGpuHour } from '#shared/units/quantities.ts';

/** Source of inputs and results of the first case: economics reference, section 5.3; arithmetic beside each figure. */

const row = (day: string, stratum: string, spent: number, millions: number): WorkRow => ({
  day,
  stratum,
  spent,
  weightedTokens: millions * 1e6,
  windows: 1,
  load: null,
});

const CHANGED = {
  before: [
    row('d1', 'low', 36_000, 18),
    row('d1', 'high', 72_000, 108),
    row('d2', 'low', 37_000, 18.2),
    row('d2', 'high', 70_000, 106),
    row('d3', 'low', 35_500, 18.1),
    row('d3', 'high', 73_000, 109),
  ],
  after: [
    row('d4', 'low', 9000, 5),
    row('d4', 'high', 130_000, 216),
    row('d5', 'low', 9200, 5.1),
    row('d5', 'high', 127_000, 212),
    row('d6', 'low', 8900, 5),
    row('d6', 'high', 132_000, 218),
    row('d6', 'burst', 4000, 9),
  ],
};

const RULES = {
  support: PRESENT,
  verdict: { daysMin: 3, coverageMin: 0.6, equivalenceMargin: 0.03 },
  design: 'before-after',
  seed: 1,
} as const;

describe('three days before an update against three after it, with another mix of load', () => {
  const found = updateSavings({ changed: CHANGED, control: null }, RULES);

  it('saves 9.58 % of the work that was done', () => {
    // before: low 108,500 s / 54.3 M, high 215,000 s / 323 M
    // after, supported: low 27,100 s / 15.1 M, high 389,000 s / 646 M; A = 416,100
    // CF = 15.1 x 108,500 / 54.3 + 646 x 215,000 / 323 = 30,172.19 + 430,000 = 460,172.19
    expect(found.effect!.actual).toBe(416_100);
    expect(found.effect!.counterfactual).toBeCloseTo(460_172.1915285451, 6);
    expect(found.saving).toBeCloseTo(0.09577326127020269, 12);
    expect(found.supportedStrata).toEqual(['high', 'low']);
  });

  it('would save 9.75 % of the work that was done before, and 26.9 % as it looks', () => {
    // 54.3 x 27,100 / 15.1 + 323 x 389,000 / 646 = 97,452.5 + 194,500 = 291,952.5; before 323,500
    expect(found.laspeyres).toBeCloseTo(0.09751988290326219, 12);
    // all rows: 420,100 s / 670.1 M against 323,500 s / 377.3 M
    expect(found.naive).toBeCloseTo(0.26881784466873504, 12);
  });

  it('covers all but the burst: 661.1 of 670.1 M tokens', () => {
    expect(found.coverage).toBeCloseTo(0.9865691687807789, 12);
  });

  it('lies between 8.97 and 10.16 % over all 27 x 27 ways to draw the days', () => {
    expect(found.interval).toMatchObject({ replicates: 729, isExact: true });
    expect(found.interval!.low).toBeCloseTo(0.08973090589818389, 12);
    expect(found.interval!.high).toBeCloseTo(0.101642475725486, 12);
  });

  it('has a placebo of 0.2 %: the first day against the two after it', () => {
    // d2 + d3: low 72,500 s / 36.3 M, high 143,000 s / 215 M; A = 215,500
    // CF = 36.3 x 36,000 / 18 + 215 x 72,000 / 108 = 72,600 + 143,333.33 = 215,933.33; 1 - 215,500 / 215,933.33
    expect(found.placebo).toBeCloseTo(0.0020067922198210297, 12);
  });

  it('is a saving of grade C that frees 12.24 GPU-hours, worth 31.83 USD', () => {
    expect(found).toMatchObject({ verdict: 'saving', grade: 'C' });
    // (460,172.19 - 416,100) / 3,600
    const freed = freedGpuHours(found.effect!);
    expect(freed).toBeCloseTo(12.242275424595864, 9);
    // x 2.60
    expect(valueOfFreed(freed, usdPerGpuHour(2.6), 'released')).toEqual({
      value: expect.closeTo(31.829916103949248, 9),
      cash: expect.closeTo(31.829916103949248, 9),
      avoidedPurchase: 0,
      notYet: 0,
    });
  });

  it('saves less when a pool that did not change got better too', () => {
    // control: 10 s a token before, 9.5 after, each day: ratio 0.95; CF' = 460,172.19 x 0.95 = 437,163.58
    const control = {
      before: ['d1', 'd2', 'd3'].map((day) => row(day, 'any', 1000, 100)),
      after: ['d4', 'd5', 'd6'].map((day) => row(day, 'any', 950, 100)),
    };
    const less = updateSavings({ changed: CHANGED, control }, { ...RULES, design: 'control-pool' });
    expect(less.saving).toBeCloseTo(1 - 416_100 / (460_172.1915285451 * 0.95), 12);
    expect(less.interval!.low).toBeCloseTo(1 - (1 - found.interval!.low) / 0.95, 12);
    expect(less).toMatchObject({ verdict: 'saving', grade: 'B', placebo: found.placebo });
  });
});

it('detects 4.5 % from 7 + 7 days of 3 % noise, and 3.2 % from 14 + 14', () => {
  // 2.8 x 0.03 x sqrt(2 / 7) = 0.0449; x sqrt(2 / 14) = 0.03175
  expect(detectableSaving(0.03, { before: 7, after: 7 })).toBeCloseTo(0.0449, 4);
  expect(detectableSaving(0.03, { before: 14, after: 14 })).toBeCloseTo(0.03175, 5);
  expect(detectableSaving(0.03, { before: 0, after: 7 })).toBeNull();
});
