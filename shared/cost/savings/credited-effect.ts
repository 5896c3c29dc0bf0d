import { overlapOf, type TimeRange } from '#shared/time/time-range.ts';
import { epochMs } from '#shared/time/instant.ts';
import type { Effect } from './effect.ts';
import type { StratumSummary } from './strata-table.ts';
import type { WorkWindow } from './work-window.ts';

const WINDOW_SECONDS = 300;

/**
 * The part of an effect that falls into a stretch of time, such as a month: each compared window after the change against
 * what its work took before it, in GPU-seconds.
 *
 *   A = sum of GPU-seconds        CF = control ratio x sum of T x h_before of its stratum
 *
 * Parts of stretches that tile the time after the change add to the whole effect. A window belongs to the stretch that its
 * start lies in. Work that could not be compared is in neither sum: nothing is credited to it.
 */
export function creditedEffect(after: readonly WorkWindow[], { strata, controlRatio, stretch }: CreditRule): Effect {
  const intensities = new Map(
    strata
      .filter((one) => one.isSupported)
      .map(({ stratum, before }) => [stratum, before.spent / before.weightedTokens]),
  );
  let [actual, counterfactual] = [0, 0];
  for (const { start, stratum, gpuSeconds, weightedTokens } of after) {
    const intensity = intensities.get(stratum);
    if (intensity === undefined || start < stretch.from || start >= stretch.to) continue;
    actual += gpuSeconds;
    counterfactual += weightedTokens * intensity * controlRatio;
  }
  return { actual, counterfactual };
}

export type CreditRule = {
  readonly strata: readonly StratumSummary[];
  /** What happened to a control pool meanwhile, A / CF of it; 1 without one. */
  readonly controlRatio: number;
  readonly stretch: TimeRange;
};

/** Where the compared windows that are credited to a stretch lie; null where none is. */
export function creditedTime(after: readonly WorkWindow[], stretch: TimeRange): TimeRange | null {
  const inside = after.filter(({ start }) => start >= stretch.from && start < stretch.to).map(({ start }) => start);
  if (inside.length === 0) return null;
  const first = inside.reduce((least, start) => Math.min(least, start), Infinity);
  const last = inside.reduce((most, start) => Math.max(most, start), -Infinity);
  return overlapOf(stretch, { from: epochMs(first), to: epochMs(last + WINDOW_SECONDS * 1000) });
}
