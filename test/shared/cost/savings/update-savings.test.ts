import { describe, expect, it } from 'vitest';
import { PRESENT, supportedStrata } from '#shared/cost/savings/support.ts';
import { standardRules, updateSavings, type SavingsRules } from '#shared/cost/savings/update-savings.ts';
import { daysOf, type BeforeAndAfter, type WorkRow } from '#shared/cost/savings/work-row.ts';
import { createRandom } from '../../../backend/store/store-facts.ts';
import { randomWork } from './random-work.ts';

const RULES = standardRules('before-after', 42);

function changeOf(seed: number, factor: number, days = 7): BeforeAndAfter {
  return {
    before: randomWork(seed, { days }),
    after: randomWork(seed + 1000, { from: days + 1, days, factor }),
  };
}

const savingsOf = (changed: BeforeAndAfter, rules: SavingsRules = RULES) =>
  updateSavings({ changed, control: null }, rules);

describe('laws of a saving', () => {
  const seeds = [1, 2, 3, 4, 5];
  const scaled = (rows: readonly WorkRow[], by: Partial<Record<'spent' | 'weightedTokens', number>>) =>
    rows.map((row) => ({
      ...row,
      spent: row.spent * (by.spent ?? 1),
      weightedTokens: row.weightedTokens * (by.weightedTokens ?? 1),
    }));

  it.each(seeds)('spending k times as much after scales A by k and leaves CF, seed %i', (seed) => {
    const change = changeOf(seed, 0.9);
    const once = savingsOf(change);
    const thrice = savingsOf({ ...change, after: scaled(change.after, { spent: 3 }) });
    expect(thrice.effect!.actual / once.effect!.actual).toBeCloseTo(3, 12);
    expect(thrice.effect!.counterfactual).toBe(once.effect!.counterfactual);
    expect(thrice.saving).toBeCloseTo(1 - 3 * (1 - once.saving!), 12);
    expect(thrice.verdict).toBe('regression');
  });

  it.each(seeds)('a unit of spending or of tokens changes nothing, seed %i', (seed) => {
    const change = changeOf(seed, 0.9);
    const { saving, interval, verdict } = savingsOf(change);
    for (const by of [{ spent: 1000 }, { weightedTokens: 1e-3 }]) {
      const other = savingsOf({ before: scaled(change.before, by), after: scaled(change.after, by) });
      expect(other.saving).toBeCloseTo(saving!, 12);
      expect(other.interval!.low).toBeCloseTo(interval!.low, 12);
      expect(other.verdict).toBe(verdict);
    }
  });

  it.each(seeds)('the order of rows does not matter, nor rows cut in two, seed %i', (seed) => {
    const change = changeOf(seed, 0.9);
    const found = savingsOf(change);
    const random = createRandom(seed);
    const shuffled = (rows: readonly WorkRow[]) =>
      rows
        .map((row) => ({ row, place: random.next() }))
        .toSorted((one, other) => one.place - other.place)
        .map(({ row }) => row);
    const cut = (rows: readonly WorkRow[]) => [
      ...scaled(rows, { spent: 0.25, weightedTokens: 0.5 }),
      ...scaled(rows, { spent: 0.75, weightedTokens: 0.5 }),
    ];
    for (const rearranged of [shuffled, cut]) {
      const other = savingsOf({ before: rearranged(change.before), after: rearranged(change.after) });
      expect(other.saving).toBeCloseTo(found.saving!, 12);
      expect(other.interval!.high).toBeCloseTo(found.interval!.high, 12);
      expect(other.placebo).toBeCloseTo(found.placebo!, 12);
    }
  });

  it.each(seeds)('load moving between strata alone is no saving, seed %i', (seed) => {
    const before = randomWork(seed, { days: 7, noise: 0 });
    const after = randomWork(seed + 1, { from: 8, days: 7, noise: 0 }).map((row) => {
      const by = row.stratum === 'high' ? 10 : 0.1;
      return { ...row, spent: row.spent * by, weightedTokens: row.weightedTokens * by };
    });
    const found = savingsOf({ before, after });
    expect(found.saving).toBeCloseTo(0, 12);
    expect(found.naive).toBeGreaterThan(0.05);
    expect(found.verdict).toBe('no material change');
  });
});

describe('the interval', () => {
  it('is the same for the same seed, and nearly so for another', () => {
    const change = changeOf(3, 0.9);
    const [one, same, other] = [42, 42, 43].map((seed) => savingsOf(change, { ...RULES, seed }).interval!);
    expect(one).toEqual(same);
    expect(one).toMatchObject({ replicates: 2000, isExact: false, seed: 42 });
    expect(other!.low).not.toBe(one!.low);
    expect(Math.abs(other!.low - one!.low)).toBeLessThan(0.001);
  });

  it('holds the true saving about as often as it says: 19 of 20 times', () => {
    const held = Array.from({ length: 60 }, (_, seed) => {
      const change = {
        before: randomWork(seed + 1, { days: 14, noise: 0.1 }),
        after: randomWork(seed + 1001, { from: 15, days: 14, factor: 0.9, noise: 0.1 }),
      };
      const { low, high } = savingsOf(change, { ...RULES, draws: 400 }).interval!;
      return low <= 0.1 && 0.1 <= high;
    }).filter(Boolean).length;
    expect(held).toBeGreaterThanOrEqual(50);
  });

  it('is a point with a day on each side, and enumerated up to four', () => {
    const one = savingsOf(changeOf(1, 0.9, 1)).interval;
    expect(one).toBeNull();
    const present = { ...RULES, support: PRESENT };
    const day = savingsOf(changeOf(1, 0.9, 1), present);
    expect(day.interval).toMatchObject({ low: day.saving, high: day.saving, replicates: 1 });
    expect(savingsOf(changeOf(1, 0.9, 4), present).interval).toMatchObject({ replicates: 65_536, isExact: true });
    expect(savingsOf(changeOf(1, 0.9, 5), present).interval).toMatchObject({ replicates: 2000, isExact: false });
  });

  it('is from the 2.5th to the 97.5th percentile of the estimator over every way to draw the days', () => {
    const rules = { ...RULES, support: PRESENT };
    const change = {
      before: randomWork(8, { days: 2, noise: 0.02 }),
      after: randomWork(9, { from: 3, days: 3, noise: 0.4 }),
    };
    const drawn = (rows: readonly WorkRow[], days: readonly string[]) =>
      days.flatMap((day, draw) =>
        rows.filter((row) => row.day === day).map((row) => Object.assign({}, row, { day: `draw ${draw}` })),
      );
    const pairs = ['d1', 'd2'].flatMap((one) => ['d1', 'd2'].map((other) => [one, other]));
    const days = ['d3', 'd4', 'd5'];
    const triples = days.flatMap((one) => days.flatMap((two) => days.map((three) => [one, two, three])));
    const savings = pairs.flatMap((before) =>
      triples.map((after) => {
        const resample = { before: drawn(change.before, before), after: drawn(change.after, after) };
        return savingsOf(resample, rules).saving!;
      }),
    );
    const ascending = savings.toSorted((one, other) => one - other);
    const interval = savingsOf(change, rules).interval!;
    expect(interval.replicates).toBe(4 * 27);
    // 107 x 0.025 = 2.675 and 107 x 0.975 = 104.325
    expect(interval.low).toBeCloseTo(ascending[2]! + 0.675 * (ascending[3]! - ascending[2]!), 12);
    expect(interval.high).toBeCloseTo(ascending[104]! + 0.325 * (ascending[105]! - ascending[104]!), 12);
    expect(ascending[3]! - ascending[2]!).toBeGreaterThan(1e-6);
  });

  it('leaves out draws in which no stratum is on both sides', () => {
    const row = (day: string, stratum: string) => ({
      day,
      stratum,
      spent: 1,
      weightedTokens: 1,
      windows: 1,
      load: null,
    });
    const changed = { before: [row('d1', 'a'), row('d2', 'b')], after: [row('d3', 'a')] };
    // Of d1 d1, d1 d2, d2 d1, d2 d2 the last has no `a`.
    expect(savingsOf(changed, { ...RULES, support: PRESENT }).interval).toMatchObject({ replicates: 3 });
  });
});

describe('a stratum is supported', () => {
  const rows = (days: number, windows: number, weightedTokens = 1) =>
    Array.from({ length: days }, (_, day) => ({
      day: `d${day}`,
      stratum: 'a',
      spent: 1,
      weightedTokens,
      windows,
      load: null,
    }));
  const isSupported = (before: readonly WorkRow[], after: readonly WorkRow[]) =>
    supportedStrata({ before, after }, RULES.support).length === 1;

  it.each([
    ['by six windows on two days of each side', rows(2, 3), rows(2, 3), true],
    ['not by five windows', rows(2, 3), rows(2, 2.5), false],
    ['not by one day', rows(1, 12), rows(2, 6), false],
    ['not by one side', rows(2, 6), [], false],
    ['not without tokens', rows(2, 6, 0), rows(2, 6), false],
  ])('%s', (_, before, after, expected) => {
    expect(isSupported(before, after)).toBe(expected);
  });
});

it('has no effect, no interval and no coverage where nothing can be compared', () => {
  const before = randomWork(1, { days: 7 });
  const after = randomWork(2, { from: 8, days: 7 }).map((row) => ({ ...row, stratum: `new ${row.stratum}` }));
  expect(savingsOf({ before, after })).toMatchObject({
    saving: null,
    interval: null,
    coverage: 0,
    verdict: 'insufficient overlap',
    grade: 'D',
  });
  expect(savingsOf({ before: [], after: [] })).toMatchObject({
    saving: null,
    naive: null,
    placebo: null,
    verdict: 'insufficient days',
  });
});

it('has no effect beside a control that cannot be compared itself', () => {
  const changed = changeOf(1, 0.9);
  const control = { before: randomWork(5, { days: 7 }), after: [] };
  expect(updateSavings({ changed, control }, RULES).saving).toBeNull();
});

it('orders days as numbers and as dates', () => {
  const rows = (days: readonly string[]) =>
    days.map((day) => ({ day, stratum: 'a', spent: 1, weightedTokens: 1, windows: 1, load: null }));
  expect(daysOf(rows(['d10', 'd9', 'd10', 'd1']))).toEqual(['d1', 'd9', 'd10']);
  expect(daysOf(rows(['2026-10-02', '2026-09-30', '2025-12-31']))).toEqual(['2025-12-31', '2026-09-30', '2026-10-02']);
});
