import { medianOf } from '#shared/lib/percentile.ts';
import type { RuleTest } from '#shared/model/alert.ts';
import type { EpochMs } from '#shared/time/instant.ts';
import { hourOfWeek } from '#shared/time/zone-clock.ts';
import type { Finding } from './condition.ts';

/** Weeks that a norm looks back, and the least of them that must have been heard. */
export const NORM_WEEKS = 8;
export const NORM_WEEKS_LEAST = 3;

/** A normal spread has 1.4826 median absolute deviations to its standard deviation; beyond four of those is unusual. */
const DEVIATIONS = 4;
const MAD_TO_DEVIATION = 1.4826;

/** A figure over one hour. */
export type HourValue = { readonly start: EpochMs; readonly value: number | null };

/** What is usual at one hour of the week: the middle of earlier weeks, and how far they lie about it. */
export type Norm =
  | { readonly kind: 'norm'; readonly middle: number; readonly spread: number; readonly weeks: number }
  | { readonly kind: 'not-enough-history'; readonly weeks: number };

/** The norm at an instant, from whole hours before it: those of the same hour of the week in a named zone. */
export function normAt(at: EpochMs, hours: readonly HourValue[], zone: string): Norm {
  const wanted = hourOfWeek(at, zone);
  const first = at - (NORM_WEEKS * 7 + 1) * 86_400_000;
  const values = hours.flatMap(({ start, value }) =>
    value !== null && start >= first && start < at - 3_600_000 && hourOfWeek(start, zone) === wanted ? [value] : [],
  );
  return normOf(values);
}

/** Median and median absolute deviation: neither one bad week nor one outage moves them far. */
export function normOf(values: readonly number[]): Norm {
  const middle = medianOf(values);
  if (middle === null || values.length < NORM_WEEKS_LEAST) return { kind: 'not-enough-history', weeks: values.length };
  const spread = medianOf(values.map((value) => Math.abs(value - middle))) ?? 0;
  return { kind: 'norm', middle, spread, weeks: values.length };
}

/**
 * Whether a value is unusual: further from the middle than four deviations, and at least `effectLeast` of the middle. The
 * second keeps a figure that hardly ever moves from alarming about nothing.
 */
export function unusualFinding(
  value: number | null,
  norm: Norm,
  test: Extract<RuleTest, { readonly kind: 'unusual' }>,
): Finding {
  if (value === null || norm.kind !== 'norm') return 'unknown';
  const away = value - norm.middle;
  const isAskedFor = test.direction === 'either' || (test.direction === 'above' ? away > 0 : away < 0);
  const isFar = Math.abs(away) > DEVIATIONS * MAD_TO_DEVIATION * norm.spread;
  const isLarge = Math.abs(away) >= test.effectLeast * Math.abs(norm.middle) && away !== 0;
  return isAskedFor && isFar && isLarge ? 'wrong' : 'fine';
}
