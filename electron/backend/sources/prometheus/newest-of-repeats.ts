import type { Exposition } from './exposition/exposition.ts';

/**
 * A body without the older values of series that stand at several times: only the newest of each speaks for the present.
 * Adding them would count the same tokens once per time.
 */
export function newestOfRepeats(exposition: Exposition): Exposition {
  const { series, values, timestamps, warnings } = exposition;
  if (timestamps === null || !warnings.some(({ kind }) => kind === 'several-timestamps')) return exposition;
  const newest = new Map<string, number>();
  const timeAt = (index: number): number => timestamps[index] ?? Number.NaN;
  series.forEach(({ name, labels }, index) => {
    const key = JSON.stringify([name, ...[...labels].toSorted(([one], [other]) => (one < other ? -1 : 1))]);
    const known = newest.get(key);
    // A line without a time is of now.
    const isNewer = known === undefined || Number.isNaN(timeAt(index)) || timeAt(index) > timeAt(known);
    if (isNewer) newest.set(key, index);
  });
  const kept = [...newest.values()].toSorted((one, other) => one - other);
  return {
    series: kept.flatMap((index) => series[index] ?? []),
    values: Float64Array.from(kept, (index) => values[index] ?? Number.NaN),
    timestamps: Float64Array.from(kept, timeAt),
    warnings,
  };
}
