import { percentileOf } from '#shared/lib/percentile.ts';
import { sumOf } from '#shared/lib/sum.ts';
import { loadBinOf } from './stratum.ts';
import type { StratumSummary } from './strata-table.ts';
import type { WindowsOfSides, WorkWindow } from './work-window.ts';

/** How GPU time per token was spread over windows of like load, before and after a change. */
export type LoadGroup = {
  /** Requests in flight per GPU, from the lower edge of its first bin to that of the bin after its last. */
  readonly loadFrom: number | null;
  readonly loadTo: number | null;
  /** Share of the compared tokens after the change, 0 to 1. */
  readonly share: number;
  /** GPU-seconds per million weighted tokens at equal strata, before and after. */
  readonly before: number;
  readonly after: number;
  /** Shares of the work by bin of the distribution; each adds to 1. */
  readonly beforeShares: readonly number[];
  readonly afterShares: readonly number[];
};

/** Groups on one common axis of equal bins, from `axis.from` to `axis.to` GPU-seconds per million tokens. */
export type IntensityDistribution = {
  readonly axis: { readonly from: number; readonly to: number };
  readonly groups: readonly LoadGroup[];
};

const BINS = 48;
const GROUPS = 3;
const TRIMMED = 0.005;

/**
 * Compared windows in up to three groups of load with about as much work each. Windows before the change are weighted so
 * that each stratum has as much work as after it: what differs between the two curves is no difference of mix.
 */
export function intensityDistribution(
  { before, after }: WindowsOfSides,
  strata: readonly StratumSummary[],
): IntensityDistribution | null {
  const compared = strata.filter((one) => one.isSupported);
  const matched = new Map(compared.map((one) => [one.stratum, one.after.weightedTokens / one.before.weightedTokens]));
  const points = {
    before: before.flatMap((window) => pointOf(window, matched.get(window.stratum))),
    after: after.flatMap((window) => pointOf(window, matched.has(window.stratum) ? 1 : undefined)),
  };
  const axis = axisOf([...points.before, ...points.after]);
  if (axis === null) return null;
  const groups = groupsOf(compared).map((members): LoadGroup => {
    const names = new Set(members.map((one) => one.stratum));
    const tokens = sumOf(members, (one) => one.after.weightedTokens);
    const loads = members.map((one) => loadBinOf(one.stratum)).filter((load) => load !== null);
    const inGroup = (list: readonly Point[]) => list.filter((point) => names.has(point.stratum));
    return {
      loadFrom: loads.length === 0 ? null : Math.min(...loads.map((load) => load.from)),
      loadTo: loads.length === 0 ? null : Math.max(...loads.map((load) => load.to)),
      share: tokens / sumOf(compared, (one) => one.after.weightedTokens),
      before: (sumOf(members, (one) => one.counterfactual ?? 0) / tokens) * 1e6,
      after: (sumOf(members, (one) => one.after.spent) / tokens) * 1e6,
      beforeShares: sharesOf(inGroup(points.before), axis),
      afterShares: sharesOf(inGroup(points.after), axis),
    };
  });
  return { axis, groups };
}

type Point = { readonly stratum: string; readonly intensity: number; readonly weight: number };
type Axis = IntensityDistribution['axis'];

function pointOf({ stratum, gpuSeconds, weightedTokens }: WorkWindow, factor: number | undefined): Point[] {
  if (factor === undefined || weightedTokens <= 0) return [];
  return [{ stratum, intensity: (gpuSeconds / weightedTokens) * 1e6, weight: weightedTokens * factor }];
}

/** From the lowest to the highest window, a few stragglers left out; the outer bins hold them. */
function axisOf(points: readonly Point[]): Axis | null {
  const ascending = Float64Array.from(points, (point) => point.intensity).toSorted();
  const from = percentileOf(ascending, TRIMMED);
  const to = percentileOf(ascending, 1 - TRIMMED);
  if (from === null || to === null) return null;
  const margin = Math.max((to - from) * 0.08, to * 0.01);
  return { from: Math.max(0, from - margin), to: to + margin };
}

/** Strata by load, cut where a third and two thirds of the work are passed. Unknown load stands first. */
function groupsOf(strata: readonly StratumSummary[]): (readonly StratumSummary[])[] {
  const all = sumOf(strata, (one) => one.after.weightedTokens);
  const byLoad = Map.groupBy(strata, (one) => loadBinOf(one.stratum)?.from ?? 0);
  const groups: StratumSummary[][] = [];
  let done = 0;
  for (const [, members] of [...byLoad].toSorted(([one], [other]) => one - other)) {
    const tokens = sumOf(members, (one) => one.after.weightedTokens);
    // A bin belongs to the third that its middle lies in.
    const place = Math.min(GROUPS - 1, Math.floor(((done + tokens / 2) / all) * GROUPS));
    groups[place] = [...(groups[place] ?? []), ...members];
    done += tokens;
  }
  return groups.filter((group) => group !== undefined);
}

function sharesOf(points: readonly Point[], axis: Axis): number[] {
  const shares = Array.from({ length: BINS }, () => 0);
  const all = sumOf(points, (point) => point.weight);
  for (const { intensity, weight } of points) {
    const place = Math.floor(((intensity - axis.from) / (axis.to - axis.from)) * BINS);
    const bin = Math.min(BINS - 1, Math.max(0, place));
    shares[bin] = (shares[bin] ?? 0) + weight / all;
  }
  return shares;
}
