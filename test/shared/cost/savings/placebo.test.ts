import { describe, expect, it } from 'vitest';
import { dayNoise } from '#shared/cost/savings/detectable-effect.ts';
import { placeboSaving, placeboShare, rollingPlacebos } from '#shared/cost/savings/placebo.ts';
import { PRESENT, SUPPORT_RULE } from '#shared/cost/savings/support.ts';
import type { WorkRow } from '#shared/cost/savings/work-row.ts';
import { randomWork } from './random-work.ts';

/** One stratum; each day spends what is given on the same work. */
function spending(...amounts: readonly number[]): WorkRow[] {
  return amounts.map((spent, index) => ({
    day: `d${index + 1}`,
    stratum: 'a',
    spent,
    weightedTokens: 1000,
    windows: 288,
    load: null,
  }));
}

describe('the placebo', () => {
  it('compares the first half with the second, which has the odd day', () => {
    // d1, d2: 200 for 2,000 tokens; d3, d4, d5: 240 for 3,000, which 300 would have taken
    expect(placeboSaving({ changed: spending(100, 100, 80, 80, 80), control: null }, PRESENT)).toBeCloseTo(0.2, 12);
  });

  it('is quiet where a control went the same way', () => {
    const rows = spending(100, 100, 80, 80);
    expect(placeboSaving({ changed: rows, control: rows }, PRESENT)).toBeCloseTo(0, 12);
  });

  it('is absent with one day, or with halves too thin for support', () => {
    expect(placeboSaving({ changed: spending(100), control: null }, PRESENT)).toBeNull();
    expect(placeboSaving({ changed: spending(100, 90, 80), control: null }, SUPPORT_RULE)).toBeNull();
  });
});

describe('rolling placebos', () => {
  const history = {
    changed: spending(...Array.from({ length: 33 }, (_, day) => (day < 26 ? 100 : 80))),
    control: null,
  };

  it('are twenty fake dates up to the end of the history', () => {
    const placebos = rollingPlacebos(history, { sideDays: 7, rule: SUPPORT_RULE })!;
    expect(placebos).toHaveLength(20);
    // d1..d7 against d8..d14 first, d20..d26 against d27..d33 last: all of the last week is at 80
    expect(placebos[0]).toBe(0);
    expect(placebos.at(-1)).toBeCloseTo(0.2, 12);
    // one day of seven at 80: 20 / 700
    expect(placebos.at(-7)).toBeCloseTo(0.02857142857, 10);
  });

  it('say how often chance alone is as large as the effect', () => {
    expect(placeboShare([0.01, -0.03, 0.02, 0], 0.02)).toBe(0.5);
    expect(placeboShare([0.01, -0.03, 0.02, 0], -0.05)).toBe(0);
  });

  it('are absent where the history is a day too short', () => {
    const short = { ...history, changed: history.changed.slice(1) };
    expect(rollingPlacebos(short, { sideDays: 7, rule: SUPPORT_RULE })).toBeNull();
    expect(rollingPlacebos(history, { sideDays: 0, rule: SUPPORT_RULE })).toBeNull();
  });
});

describe('the noise of days', () => {
  it('is the spread of their log ratios', () => {
    // 90 and 110 against 100 on average: ln 0.9 = -0.10536, ln 1.1 = 0.09531; spread of two = difference / sqrt 2
    expect(dayNoise(spending(90, 110), PRESENT)).toBeCloseTo((0.0953102 + 0.1053605) / Math.SQRT2, 6);
    expect(dayNoise(spending(100, 100, 100), PRESENT)).toBe(0);
  });

  it('is not that of the mix: strata that come and go make none', () => {
    expect(dayNoise(randomWork(3, { days: 10, noise: 0 }), SUPPORT_RULE)).toBeCloseTo(0, 12);
  });

  it('is not known from one day', () => {
    expect(dayNoise(spending(100), PRESENT)).toBeNull();
  });
});
