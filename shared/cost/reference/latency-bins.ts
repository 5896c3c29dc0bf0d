import { sumOf } from '#shared/lib/sum.ts';

/** Observations of one latency bin; bins are not cumulative. The upper bound of the last may be Infinity. */
export type LatencyBin = { readonly upperBoundSeconds: number; readonly count: number };

/** A median as far as a histogram tells it: somewhere in its bin, at the place that an even spread would give it. */
export type BinnedMedian = {
  readonly seconds: number;
  /** Bounds of the bin that holds it. */
  readonly from: number;
  readonly to: number;
  readonly observations: number;
};

/**
 * The median of a histogram, linear within the bin that holds it. Null without observations, and where half of them lie
 * beyond the last bound: then nothing says how long they took.
 */
export function medianOfBins(bins: readonly LatencyBin[]): BinnedMedian | null {
  return percentileOfBins(bins, 0.5);
}

/** Any percentile of a histogram, as `medianOfBins` finds the middle one. */
export function percentileOfBins(bins: readonly LatencyBin[], share: number): BinnedMedian | null {
  const byBound = Map.groupBy(bins, (bin) => bin.upperBoundSeconds);
  const counts = [...byBound]
    .map(([bound, list]) => ({ bound, count: sumOf(list, (bin) => bin.count) }))
    .toSorted((one, other) => one.bound - other.bound);
  const observations = sumOf(counts, (bin) => bin.count);
  if (observations <= 0) return null;
  let before = 0;
  let from = 0;
  for (const { bound, count } of counts) {
    if (before + count >= observations * share && count > 0) {
      if (!Number.isFinite(bound)) return null;
      const seconds = from + (bound - from) * ((observations * share - before) / count);
      return { seconds, from, to: bound, observations };
    }
    before += count;
    from = bound;
  }
  return null;
}
