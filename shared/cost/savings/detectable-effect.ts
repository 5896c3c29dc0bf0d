import { comparisonOf, effectBetween, sideTotals } from './comparison.ts';
import { savingOf } from './effect.ts';
import type { SupportRule } from './support.ts';
import { daysOf, type WorkRow } from './work-row.ts';

/** z of 97.5 % plus z of 80 %: 1.96 + 0.84. */
const Z_SUM = 2.8;

/**
 * Smallest saving that is found with 80 % probability: about 2.8 x sigma_day x sqrt(1 / n_before + 1 / n_after).
 * Null without days. Source: economics reference, section 5.2: 3 % day noise and 7 + 7 days detect 4.5 %.
 */
export function detectableSaving(
  dayNoise: number,
  days: { readonly before: number; readonly after: number },
): number | null {
  if (days.before <= 0 || days.after <= 0) return null;
  return Z_SUM * dayNoise * Math.sqrt(1 / days.before + 1 / days.after);
}

/**
 * sigma_day: how far single days of the baseline stray from all of it at equal strata, as the standard deviation of their
 * log ratios. Null with fewer than two days that can be compared.
 */
export function dayNoise(baseline: readonly WorkRow[], rule: SupportRule): number | null {
  const ratios = daysOf(baseline).flatMap((day) => {
    const after = baseline.filter((row) => row.day === day);
    const comparison = comparisonOf(
      { changed: { before: baseline, after }, control: null },
      // One day cannot have the days that support asks for; the windows are asked of the baseline as a whole.
      { ...rule, daysMin: 1, windowsMin: 0 },
    );
    const saving = savingOf(effectBetween(sideTotals(comparison.before), sideTotals(comparison.after)));
    return saving === null || saving >= 1 ? [] : [Math.log(1 - saving)];
  });
  return ratios.length < 2 ? null : deviationOf(ratios);
}

function deviationOf(values: readonly number[]): number {
  const mean = values.reduce((total, value) => total + value, 0) / values.length;
  const squares = values.reduce((total, value) => total + (value - mean) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1));
}
