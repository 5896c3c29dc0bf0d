import type { GpuSample } from '#shared/model/sample.ts';
import { secondsSince, type Moment } from './interval.ts';

/** What a GPU's counter of throttled time says: the share of time, 0 to 1, and when the counter last moved. */
export type Throttling = {
  readonly seconds: number | null;
  readonly share: number | null;
  readonly movedAt: Moment;
};

/** Time since driver load in which power or heat held the clocks back, s; null where nobody counts it. */
export function throttledSecondsOf({ powerHeldSeconds, heatHeldSeconds }: GpuSample): number | null {
  return powerHeldSeconds === null && heatHeldSeconds === null
    ? null
    : (powerHeldSeconds ?? 0) + (heatHeldSeconds ?? 0);
}

/**
 * The share of time in which power or heat held the clocks back. An exporter collects more slowly than it is read: its
 * counter stands still and then catches up, so that a step counts over the time since the one before, and its share holds
 * for as long as a collection may take.
 */
export function throttlingAfter(
  previous: Throttling | null,
  seconds: number | null,
  now: Moment,
  collectionSeconds: number,
): Throttling {
  const before = previous?.seconds ?? null;
  if (previous === null || before === null || seconds === null || seconds < before)
    return { seconds, share: null, movedAt: now };
  const sinceMove = secondsSince(previous.movedAt, now);
  if (seconds > before && sinceMove > 0)
    return { seconds, share: Math.min(1, (seconds - before) / sinceMove), movedAt: now };
  const share = sinceMove <= collectionSeconds ? previous.share : 0;
  return { seconds, share, movedAt: previous.movedAt };
}
