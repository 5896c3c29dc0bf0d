import { shown, type WarningList } from './warning-list.ts';
import type { Series } from '../series.ts';

/**
 * Which samples of a layout must have which values. Worked out once per layout, applied to each body: positions into
 * the sample lines, so that a poll costs one comparison per counter.
 */
export type ValueChecks = {
  /** Must be numbers and not below zero: counters, counts, buckets, sums of histograms and summaries. */
  readonly counts: readonly number[];
  /** Must be numbers of any sign: sums of gauge histograms. */
  readonly numbers: readonly number[];
  /** May be NaN (nothing was observed), but not below zero: quantiles. */
  readonly quantiles: readonly number[];
  /** Must be 1. */
  readonly infos: readonly number[];
  /** Must be 0 or 1. */
  readonly states: readonly number[];
  /** The second must not be below the first: buckets of one histogram. */
  readonly risingPairs: readonly (readonly [number, number])[];
  /** Must be equal: a histogram's count and its last bucket. */
  readonly equalPairs: readonly (readonly [number, number])[];
};

/** The lists of ValueChecks while they are filled. */
export type ChecksDraft = { readonly [List in keyof ValueChecks]: ValueChecks[List][number][] };

export type CheckedSamples = {
  readonly series: readonly Series[];
  readonly lines: ArrayLike<number>;
  readonly values: Float64Array;
};

/** Warns of each value that cannot be, in a fixed order. */
export function checkValues(checks: ValueChecks, samples: CheckedSamples, warnings: WarningList): void {
  const { values } = samples;
  const warn = (index: number, must: string) => {
    const message = () => `${shown(samples.series[index]?.name ?? '')} is ${values[index]}: ${must}`;
    warnings.add('impossible-value', samples.lines[index] ?? 0, message);
  };
  for (const index of checks.counts) if (!(valueAt(values, index) >= 0)) warn(index, 'it cannot be NaN or below zero');
  for (const index of checks.numbers) if (Number.isNaN(valueAt(values, index))) warn(index, 'it cannot be NaN');
  for (const index of checks.quantiles) if (valueAt(values, index) < 0) warn(index, 'it cannot be below zero');
  for (const index of checks.infos) if (valueAt(values, index) !== 1) warn(index, 'an info is always 1');
  for (const index of checks.states) if (!isState(valueAt(values, index))) warn(index, 'a state is 0 or 1');
  for (const [lower, upper] of checks.risingPairs) {
    if (valueAt(values, upper) < valueAt(values, lower)) warn(upper, 'it cannot be below the bucket before it');
  }
  for (const [last, count] of checks.equalPairs) {
    if (valueAt(values, last) !== valueAt(values, count)) warn(count, 'it must be equal to the +Inf bucket');
  }
}

function valueAt(values: Float64Array, index: number): number {
  return values[index] ?? Number.NaN;
}

function isState(value: number): boolean {
  return value === 0 || value === 1;
}
