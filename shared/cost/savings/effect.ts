import { sumOf } from '#shared/lib/sum.ts';
import type { StratumTotals } from './day-table.ts';
import type { WorkRow } from './work-row.ts';

/*
 * How much less the same work takes. T weighted tokens, s stratum, and intensity
 *
 *   h [spent/token] = sum of spent / sum of T, per stratum and side
 *
 * Source: economics reference, section 5.2, steps 3 to 5.
 */

/** What was spent on some work, and what the same work would have taken at the other side's intensity. */
export type Effect = { readonly actual: number; readonly counterfactual: number };

/**
 * Effect on the work actually done (Paasche's form): weights from after the change.
 *
 *   CF = sum over s of T_after,s x h_before,s        A = sum over s of spent_after,s
 *
 * Over strata that have tokens on both sides; null where none has.
 */
export function paascheEffect(before: StratumTotals, after: StratumTotals): Effect | null {
  let actual = 0;
  let counterfactual = 0;
  for (let stratum = 0; stratum < before.tokens.length; stratum++) {
    const done = after.tokens[stratum] ?? 0;
    const base = before.tokens[stratum] ?? 0;
    if (done <= 0 || base <= 0) continue;
    actual += after.spent[stratum] ?? 0;
    counterfactual += (done * (before.spent[stratum] ?? 0)) / base;
  }
  return counterfactual > 0 ? { actual, counterfactual } : null;
}

/**
 * Effect on the work that was done before (Laspeyres' form): weights from before the change. A sensitivity: both forms
 * agree when the change helps all strata alike.
 *
 *   actual = sum over s of T_before,s x h_after,s        counterfactual = sum over s of spent_before,s
 */
export function laspeyresEffect(before: StratumTotals, after: StratumTotals): Effect | null {
  const swapped = paascheEffect(after, before);
  if (swapped === null || swapped.actual <= 0) return null;
  return { actual: swapped.counterfactual, counterfactual: swapped.actual };
}

/**
 * Takes out what happened to a pool that did not change (difference in differences).
 *
 *   ln(A / CF) - ln(A_control / CF_control)    that is    CF' = CF x A_control / CF_control
 *
 * Null where the control spent nothing: its ratio has no logarithm.
 */
export function lessControl(effect: Effect, control: Effect): Effect | null {
  const ratio = control.actual / control.counterfactual;
  return ratio > 0 ? { actual: effect.actual, counterfactual: effect.counterfactual * ratio } : null;
}

/** saving = 1 - A / CF; below zero when the change costs more. */
export function savingOf(effect: Effect | null): number | null {
  return effect === null ? null : 1 - effect.actual / effect.counterfactual;
}

/**
 * Raw change of the intensity over all rows, whatever the work: 1 - h_after / h_before. Load and mix are in it, so it is
 * always labelled "not adjusted".
 */
export function naiveSaving(before: readonly WorkRow[], after: readonly WorkRow[]): number | null {
  const [was, is] = [before, after].map((rows) => ({
    spent: sumOf(rows, (row) => row.spent),
    tokens: sumOf(rows, (row) => row.weightedTokens),
  }));
  if (was === undefined || is === undefined || is.tokens <= 0 || was.tokens <= 0 || was.spent <= 0) return null;
  return 1 - is.spent / is.tokens / (was.spent / was.tokens);
}
