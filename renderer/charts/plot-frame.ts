import { epochMs, type EpochMs } from '#shared/time/instant.ts';
import type { TimeRange } from '#shared/time/time-range.ts';

/** Where things stand in the cost chart, px from its box. One table for what is drawn and what lies over it. */
export const PLOT = {
  left: 52,
  right: 16,
  laneHeight: 22,
  top: 28,
  stripGap: 34,
  stripHeight: 36,
  bottom: 24,
} as const;

/** Horizontal place of an instant, as a share of the plot's width, 0 to 1 within the range. */
export function shareOf(at: EpochMs, range: TimeRange): number {
  return (at - range.from) / (range.to - range.from);
}

export function instantAt(share: number, range: TimeRange): EpochMs {
  const at = range.from + Math.min(1, Math.max(0, share)) * (range.to - range.from);
  // Whole seconds: a hand does not point at milliseconds, and an address with them is hard to read.
  return epochMs(Math.round(at / 1000) * 1000);
}

/** The bucket that holds an instant, or null before the first and after the last. */
export function bucketIndexAt(at: EpochMs, starts: readonly EpochMs[], stepSeconds: number): number | null {
  const first = starts[0];
  if (first === undefined) return null;
  const index = Math.floor((at - first) / (stepSeconds * 1000));
  return index >= 0 && index < starts.length ? index : null;
}

export type Gap = { readonly from: EpochMs; readonly to: EpochMs; readonly reason: 'not-heard' | 'no-tokens' };

type GapInput = {
  readonly starts: readonly EpochMs[];
  readonly stepSeconds: number;
  readonly values: readonly (number | null)[];
  readonly coverage: readonly number[];
};

/** Runs of buckets without a value. A first or newest bucket alone is left out: the one began before anything was known, the other may not be full yet. */
export function gapsOf({ starts, stepSeconds, values, coverage }: GapInput): readonly Gap[] {
  const gaps: Gap[] = [];
  starts.forEach((start, index) => {
    if (values[index] !== null && values[index] !== undefined) return;
    const reason = (coverage[index] ?? 0) > 0 ? 'no-tokens' : 'not-heard';
    const to = epochMs(start + stepSeconds * 1000);
    const last = gaps.at(-1);
    if (last?.to === start && last.reason === reason) gaps[gaps.length - 1] = { ...last, to };
    else gaps.push({ from: start, to, reason });
  });
  const edges = new Set<number | undefined>([starts[0], starts.at(-1)]);
  return gaps.filter((gap) => gap.to - gap.from > stepSeconds * 1000 || !edges.has(gap.from));
}

export type Marked = { readonly at: EpochMs };

/** Marks nearer to each other than `leastShare` of the plot become one, so that they never lie over each other. */
export function clustersOf<Mark extends Marked>(
  marks: readonly Mark[],
  range: TimeRange,
  leastShare: number,
): readonly (readonly Mark[])[] {
  const clusters: Mark[][] = [];
  const shown = marks.filter((mark) => mark.at >= range.from && mark.at < range.to);
  for (const mark of shown.toSorted((one, other) => one.at - other.at)) {
    const last = clusters.at(-1);
    const head = last?.[0];
    if (last !== undefined && head !== undefined && shareOf(mark.at, range) - shareOf(head.at, range) < leastShare) {
      last.push(mark);
    } else clusters.push([mark]);
  }
  return clusters;
}

const TICK_SECONDS = [
  5, 10, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800, 432_000, 604_800,
  864_000, 2_592_000,
];

/**
 * Instants for axis labels, on round times of the wall clock whose offset is given, at most about `countMax` of them.
 */
export function timeTicks(range: TimeRange, offsetMs: number, countMax: number): readonly EpochMs[] {
  const least = (range.to - range.from) / 1000 / Math.max(1, countMax);
  const stepMs = (TICK_SECONDS.find((seconds) => seconds >= least) ?? 7_776_000) * 1000;
  const ticks: EpochMs[] = [];
  for (let at = Math.ceil((range.from + offsetMs) / stepMs) * stepMs - offsetMs; at < range.to; at += stepMs) {
    ticks.push(epochMs(at));
  }
  return ticks;
}
