import type { GpuSeat } from '#shared/model/gpu.ts';
import { bucketStarts } from '#shared/time/buckets.ts';
import { epochMs, type EpochMs } from '#shared/time/instant.ts';
import { overlapSeconds, type TimeRange } from '#shared/time/time-range.ts';

/** Dimensions of the physical tree: the ones that a GPU has whether it is heard or not. */
export const PHYSICAL_DIMENSIONS = ['site', 'rack', 'pool', 'node', 'gpu', 'sku'] as const;

export type PhysicalDimension = (typeof PHYSICAL_DIMENSIONS)[number];
export type PhysicalScope = { readonly [Dimension in PhysicalDimension]?: string | null };

export function isPhysical(dimension: string): dimension is PhysicalDimension {
  return (PHYSICAL_DIMENSIONS as readonly string[]).includes(dimension);
}

/** Owned GPU time of one group: what should have been observed. */
export type Presence = {
  readonly by: readonly (string | null)[];
  readonly start: EpochMs;
  readonly gpuSeconds: number;
};

/** GPU-seconds owned in a window, by dimensions and buckets: a GPU counts from its first sight on, heard or not. */
export function presenceOf(
  seats: readonly GpuSeat[],
  ask: {
    readonly window: TimeRange;
    readonly scope: PhysicalScope;
    readonly by: readonly PhysicalDimension[];
    readonly stepSeconds: number | null;
  },
): Presence[] {
  const inScope = seats.filter((seat) =>
    PHYSICAL_DIMENSIONS.every((name) => ask.scope[name] === undefined || seat[name] === ask.scope[name]),
  );
  const groups = Map.groupBy(inScope, (seat) => JSON.stringify(ask.by.map((name) => seat[name])));
  return bucketsOf(ask.window, ask.stepSeconds).flatMap(({ start, window }) =>
    [...groups].map(([key, members]) => ({
      by: JSON.parse(key) as (string | null)[],
      start,
      gpuSeconds: members.reduce((total, seat) => total + overlapSeconds(spanOf(seat), window), 0),
    })),
  );
}

/** The buckets of a window, each with the part of it that lies inside; without a step the window itself. */
export function bucketsOf(window: TimeRange, stepSeconds: number | null): { start: EpochMs; window: TimeRange }[] {
  if (stepSeconds === null) return [{ start: window.from, window }];
  return bucketStarts(window, stepSeconds).map((start) => {
    const end = start + stepSeconds * 1000;
    return {
      start,
      window: { from: epochMs(Math.max(start, window.from)), to: epochMs(Math.min(end, window.to)) },
    };
  });
}

function spanOf(seat: GpuSeat): TimeRange {
  return { from: seat.since, to: seat.until ?? epochMs(Number.MAX_SAFE_INTEGER) };
}
