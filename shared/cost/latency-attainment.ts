import { sumOf } from '#shared/lib/sum.ts';
import type { LatencyBin } from './reference/latency-bins.ts';

/** The share of observations within a target, as far as a histogram tells it. */
export type Attainment = {
  /** Linear within the bin that holds the target, as an even spread would give it. */
  readonly share: number;
  /** Without the bin that holds the target, and with all of it: the truth lies between. */
  readonly least: number;
  readonly most: number;
  readonly observations: number;
};

/**
 *   share within target = (observations of bins below + share of the target's bin below it) / all observations
 *
 * Bins are (lower, upper], the first begins at 0. Only bins that moved are kept, so the lower bound of a bin may be one
 * that saw nothing: `bounds` are all that the engines have. In the last bin, which has no upper bound, nothing is taken to be
 * within the target. Null without observations.
 */
export function attainmentOf(
  bins: readonly LatencyBin[],
  targetSeconds: number,
  bounds: readonly number[],
): Attainment | null {
  const observations = sumOf(bins, (bin) => bin.count);
  if (observations <= 0) return null;
  const edges = [...new Set([0, ...bounds, ...bins.map((bin) => bin.upperBoundSeconds)])].toSorted((a, b) => a - b);
  const countOf = (upper: number): number =>
    sumOf(
      bins.filter((bin) => bin.upperBoundSeconds === upper),
      (bin) => bin.count,
    );
  let below = 0;
  for (const [index, upper] of edges.entries()) {
    const lower = edges[index - 1] ?? 0;
    const count = countOf(upper);
    if (upper <= targetSeconds) {
      below += count;
      continue;
    }
    const inside = Number.isFinite(upper) ? (count * (targetSeconds - lower)) / (upper - lower) : 0;
    const most = targetSeconds > lower ? below + count : below;
    return {
      share: (below + inside) / observations,
      least: below / observations,
      most: most / observations,
      observations,
    };
  }
  return { share: 1, least: 1, most: 1, observations };
}

/** A share of which only bounds are known, with an estimate between them. */
export type ShareRange = { readonly least: number; readonly estimate: number; readonly most: number };

/**
 * The share that keeps two targets at once, of which only both shares alone are known.
 *
 *   max(0, a + b - 1) <= share <= min(a, b)        estimate = a x b, as if one had nothing to do with the other
 */
export function jointShare(one: number, other: number): ShareRange {
  return { least: Math.max(0, one + other - 1), estimate: one * other, most: Math.min(one, other) };
}
