import { describe, expect, it } from 'vitest';
import { assessChange, type ChangeAssessment } from '#shared/cost/savings/assess-change.ts';
import { creditedEffect, creditedTime } from '#shared/cost/savings/credited-effect.ts';
import { solved } from '#shared/cost/savings/linear-equations.ts';
import { loadRegression } from '#shared/cost/savings/load-regression.ts';
import type { WorkWindow } from '#shared/cost/savings/work-window.ts';
import { sum } from '#shared/lib/sum.ts';
import { epochMs } from '#shared/time/instant.ts';
import { createRandom } from '../../../backend/store/store-facts.ts';
import { randomWindows, type WindowOptions } from './random-windows.ts';

const sides = (after: Partial<WindowOptions>, before: Partial<WindowOptions> = {}) => ({
  before: randomWindows(1, { days: 14, ...before }),
  after: randomWindows(2, { fromDay: 15, days: 14, ...after }),
});

const assessed = (after: Partial<WindowOptions>): ChangeAssessment =>
  assessChange({ changed: sides(after), control: null }, 7);

describe('a change whose truth is known', () => {
  it.each<[string, Partial<WindowOptions>, number, string]>([
    ['takes 12 % less GPU time', { factor: 0.88 }, 0.12, 'saving'],
    ['takes 12 % less while the load rises by half', { factor: 0.88, load: 12 }, 0.12, 'saving'],
    ['takes 5 % more', { factor: 1.05 }, -0.05, 'regression'],
    ['does nothing', {}, 0, 'no material change'],
  ])('%s', (_, after, truth, verdict) => {
    const { gpuTime, regression, detectable } = assessed(after);
    expect(Math.abs(gpuTime.saving! - truth)).toBeLessThan(0.01);
    expect(Math.abs(regression!.saving - truth)).toBeLessThan(0.01);
    expect(gpuTime).toMatchObject({ verdict, grade: 'C' });
    expect(detectable).toBeLessThan(0.03);
  });

  it('saves energy apart from GPU time: the same power for more tokens', () => {
    const { energy } = assessed({ factor: 0.88 });
    expect(energy.saving).toBeCloseTo(0.12, 1);
    const unmetered = sides({}).before.map((window) => ({ ...window, joules: null }));
    expect(
      assessChange({ changed: { before: unmetered, after: unmetered }, control: null }, 7).energy.saving,
    ).toBeNull();
  });

  it('says what is missing after four days', () => {
    const { gpuTime, missing } = assessed({ days: 4, factor: 0.8 });
    expect(gpuTime).toMatchObject({ verdict: 'insufficient days', grade: 'D' });
    expect(missing).toMatchObject({ after: { has: 4, needs: 7 }, readyInDays: 3 });
  });

  it('cannot be compared at quite another load', () => {
    expect(assessed({ load: 200 }).gpuTime).toMatchObject({ verdict: 'insufficient overlap', grade: 'D' });
  });
});

describe('a control', () => {
  it('that got better too takes its part off', () => {
    const control = sides({ factor: 0.95 });
    const { gpuTime } = assessChange({ changed: sides({ factor: 0.88 }), control }, 7);
    expect(gpuTime.saving).toBeCloseTo(1 - 0.88 / 0.95, 2);
    expect(gpuTime.controlRatio).toBeCloseTo(0.95, 2);
    expect(gpuTime.grade).toBe('B');
  });

  it('that has nothing to compare is left out', () => {
    const { gpuTime } = assessChange({ changed: sides({ factor: 0.88 }), control: { before: [], after: [] } }, 7);
    expect(gpuTime).toMatchObject({ verdict: 'saving', grade: 'C', controlRatio: null });
  });
});

describe('laws of an assessment', () => {
  const changed = sides({ factor: 0.9, load: 10 });
  const whole = assessChange({ changed, control: null }, 7);

  it('the order of windows does not matter', () => {
    const random = createRandom(5);
    const shuffled = (windows: readonly WorkWindow[]) =>
      windows
        .map((window) => ({ window, place: random.next() }))
        .toSorted((one, other) => one.place - other.place)
        .map(({ window }) => window);
    const other = assessChange(
      { changed: { before: shuffled(changed.before), after: shuffled(changed.after) }, control: null },
      7,
    );
    expect(other.gpuTime.saving).toBeCloseTo(whole.gpuTime.saving!, 12);
    expect(other.gpuTime.interval!.low).toBeCloseTo(whole.gpuTime.interval!.low, 12);
    expect(other.regression!.saving).toBeCloseTo(whole.regression!.saving, 9);
    expect(other.strata.map((one) => one.stratum)).toEqual(whole.strata.map((one) => one.stratum));
  });

  it('the table of strata alone gives the saving again', () => {
    const compared = whole.strata.filter((one) => one.isSupported);
    const actual = sum(compared.map((one) => one.after.spent));
    const counterfactual = sum(compared.map((one) => one.counterfactual!));
    expect(1 - actual / counterfactual).toBeCloseTo(whole.gpuTime.saving!, 12);
  });

  it('the distribution shows all compared work on both sides, and its groups the change', () => {
    const { groups } = whole.distribution!;
    expect(groups).toHaveLength(3);
    expect(sum(groups.map((group) => group.share))).toBeCloseTo(1, 12);
    for (const group of groups) {
      expect(sum(group.beforeShares)).toBeCloseTo(1, 9);
      expect(sum(group.afterShares)).toBeCloseTo(1, 9);
      expect(group.after / group.before).toBeCloseTo(0.9, 1);
    }
  });

  it('what is credited to stretches of time adds to the whole effect', () => {
    const day = (count: number) => epochMs(Date.UTC(2026, 0, count));
    const rule = { strata: whole.strata, controlRatio: 1 };
    const parts = [1, 15, 18, 22, 40].map(day);
    const effects = parts
      .slice(1)
      .map((to, index) => creditedEffect(changed.after, { ...rule, stretch: { from: parts[index]!, to } }));
    expect(sum(effects.map((one) => one.actual))).toBeCloseTo(whole.gpuTime.effect!.actual, 6);
    expect(sum(effects.map((one) => one.counterfactual))).toBeCloseTo(whole.gpuTime.effect!.counterfactual, 4);
    expect(effects[0]).toEqual({ actual: 0, counterfactual: 0 });
    expect(creditedTime(changed.after, { from: day(1), to: day(15) })).toBeNull();
    expect(creditedTime(changed.after, { from: day(1), to: day(16) })).toEqual({
      from: day(15),
      to: day(16) - 600_000,
    });
  });
});

describe('regression to load', () => {
  it('leaves out covariates that are the same everywhere or seldom known', () => {
    expect(loadRegression(sides({}))!.covariates).toEqual(['load']);
    const blind = (windows: readonly WorkWindow[]) =>
      windows.map((window, index) => (index % 3 === 0 ? window : Object.assign({}, window, { requestSeconds: null })));
    const { before, after } = sides({});
    expect(loadRegression({ before: blind(before), after: blind(after) })!.covariates).toEqual([]);
  });

  it('says nothing of one side, or of a handful of windows', () => {
    const { before, after } = sides({});
    expect(loadRegression({ before, after: [] })).toBeNull();
    expect(loadRegression({ before: before.slice(0, 10), after: after.slice(0, 10) })).toBeNull();
  });
});

describe('linear equations', () => {
  it('are solved, also where a first pivot is nothing', () => {
    const matrix = [
      [0, 2, 1],
      [1, 1, 0],
      [3, 0, -1],
    ];
    // x = 1, y = 2, z = 3
    expect(solved(matrix, [7, 3, 0])!.map((value) => Number(value.toFixed(9)))).toEqual([1, 2, 3]);
  });

  it('have no solution where two say the same', () => {
    expect(
      solved(
        [
          [1, 2],
          [2, 4],
        ],
        [1, 2],
      ),
    ).toBeNull();
  });
});
