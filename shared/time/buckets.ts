import { epochMs, type EpochMs } from './instant.ts';
import type { TimeRange } from './time-range.ts';

/** Steps that charts and tables may use, in seconds; each divides a day, so UTC-aligned buckets tile it. */
export const STEPS_SECONDS = [10, 30, 60, 300, 900, 1800, 3600, 10_800, 21_600, 86_400] as const;

/** The start of the UTC-aligned bucket that holds an instant. */
export function bucketStart(at: EpochMs, stepSeconds: number): EpochMs {
  const stepMs = stepSeconds * 1000;
  return epochMs(Math.floor(at / stepMs) * stepMs);
}

/** Starts of all UTC-aligned buckets that a range touches, in order. */
export function bucketStarts(range: TimeRange, stepSeconds: number): EpochMs[] {
  const starts: EpochMs[] = [];
  for (
    let start = bucketStart(range.from, stepSeconds);
    start < range.to;
    start = epochMs(start + stepSeconds * 1000)
  ) {
    starts.push(start);
  }
  return starts;
}

/** Longest step: a day. */
const STEP_MAX_SECONDS = 86_400;

/**
 * The smallest listed step, no shorter than `secondsMin`, by which a range touches at most `bucketsMax` aligned buckets.
 * A day where none does: then there are more buckets than asked for, one a day.
 */
export function stepFor(
  range: TimeRange,
  { bucketsMax, secondsMin }: { readonly bucketsMax: number; readonly secondsMin: number },
): number {
  const fits = (step: number): boolean => step >= secondsMin && bucketsTouched(range, step) <= bucketsMax;
  return STEPS_SECONDS.find(fits) ?? STEP_MAX_SECONDS;
}

function bucketsTouched(range: TimeRange, stepSeconds: number): number {
  const stepMs = stepSeconds * 1000;
  return Math.ceil(range.to / stepMs) - Math.floor(range.from / stepMs);
}
