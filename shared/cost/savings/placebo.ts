import { comparisonOf, effectBetween, sideTotals, type ComparedPools } from './comparison.ts';
import { savingOf } from './effect.ts';
import type { SupportRule } from './support.ts';
import { daysOf, type WorkRow } from './work-row.ts';

/** Rows before the change, of the changed pool and of the control where there is one. */
export type Baseline = { readonly changed: readonly WorkRow[]; readonly control: readonly WorkRow[] | null };

/**
 * The saving that a change which never was would show: the same estimator on the first against the second half of the
 * baseline's days. Of an odd number of days the second half has one more. With a control pool this is also the check that
 * both went the same way before the change. Null with one day, or without comparable strata.
 * Source: economics reference, section 5.2, step 7.
 */
export function placeboSaving(baseline: Baseline, rule: SupportRule): number | null {
  const days = daysOf(baseline.changed);
  const middle = Math.floor(days.length / 2);
  return savingBetween(baseline, { before: days.slice(0, middle), after: days.slice(middle) }, rule);
}

/** Fake dates that the rolling placebo tries. */
const FAKE_DATES = 20;

/**
 * Savings at 20 fake dates, one a day, up to the end of the history: `sideDays` days before each against as many after.
 * Null where the history is too short for all of them.
 */
export function rollingPlacebos(
  history: Baseline,
  { sideDays, rule }: { readonly sideDays: number; readonly rule: SupportRule },
): readonly number[] | null {
  const days = daysOf(history.changed);
  const last = days.length - sideDays;
  const first = last - FAKE_DATES + 1;
  if (sideDays < 1 || first < sideDays) return null;
  const savings = Array.from({ length: FAKE_DATES }, (_, index) => {
    const at = first + index;
    const sides = { before: days.slice(at - sideDays, at), after: days.slice(at, at + sideDays) };
    return savingBetween(history, sides, rule);
  });
  const known = savings.filter((saving) => saving !== null);
  return known.length === FAKE_DATES ? known : null;
}

/** p = share of placebos at least as large as the effect, either way. */
export function placeboShare(placebos: readonly number[], effect: number): number {
  return placebos.filter((placebo) => Math.abs(placebo) >= Math.abs(effect)).length / placebos.length;
}

type Sides = { readonly before: readonly string[]; readonly after: readonly string[] };

function savingBetween({ changed, control }: Baseline, sides: Sides, rule: SupportRule): number | null {
  const [before, after] = [new Set(sides.before), new Set(sides.after)];
  const split = (rows: readonly WorkRow[]) => ({
    before: rows.filter((row) => before.has(row.day)),
    after: rows.filter((row) => after.has(row.day)),
  });
  const pools: ComparedPools = { changed: split(changed), control: control === null ? null : split(control) };
  const comparison = comparisonOf(pools, rule);
  return savingOf(effectBetween(sideTotals(comparison.before), sideTotals(comparison.after)));
}
