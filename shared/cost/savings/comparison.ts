import { dayTable, onceEach, totalsOf, type DayTable, type StratumTotals } from './day-table.ts';
import { lessControl, paascheEffect, type Effect } from './effect.ts';
import { supportedStrata, type SupportRule } from './support.ts';
import { daysOf, type BeforeAndAfter } from './work-row.ts';

/** A changed pool and, where there is one, a pool that did not change over the same days. */
export type ComparedPools = { readonly changed: BeforeAndAfter; readonly control: BeforeAndAfter | null };

/** Tables of one side: of the changed pool, and of the control on the same days. */
export type SideTables = { readonly changed: DayTable; readonly control: DayTable | null };

/** Two sides ready to be compared, over supported strata. */
export type Comparison = { readonly before: SideTables; readonly after: SideTables };

export function comparisonOf({ changed, control }: ComparedPools, rule: SupportRule): Comparison {
  const strata = supportedStrata(changed, rule);
  const controlStrata = control === null ? [] : supportedStrata(control, rule);
  const sideOf = (side: keyof BeforeAndAfter): SideTables => {
    const days = daysOf(changed[side]);
    return {
      changed: dayTable(changed[side], { days, strata }),
      control: control === null ? null : dayTable(control[side], { days, strata: controlStrata }),
    };
  };
  return { before: sideOf('before'), after: sideOf('after') };
}

/** Totals of one side, each of its days counted as often as `times` says. */
export type SideTotals = { readonly changed: StratumTotals; readonly control: StratumTotals | null };

export function sideTotals(side: SideTables, times: ArrayLike<number> = onceEach(side.changed)): SideTotals {
  return {
    changed: totalsOf(side.changed, times),
    control: side.control === null ? null : totalsOf(side.control, times),
  };
}

/** The whole estimator: Paasche's effect of the changed pool, less that of the control. */
export function effectBetween(before: SideTotals, after: SideTotals): Effect | null {
  const effect = paascheEffect(before.changed, after.changed);
  if (effect === null || before.control === null || after.control === null) return effect;
  const control = paascheEffect(before.control, after.control);
  return control === null ? null : lessControl(effect, control);
}
