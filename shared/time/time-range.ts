import { epochMs, secondsBetween, type EpochMs } from './instant.ts';

/** A half-open span of time `[from, to)` in UTC: neighbours tile without gap or overlap. */
export type TimeRange = { readonly from: EpochMs; readonly to: EpochMs };

export function secondsOf(range: TimeRange): number {
  return Math.max(0, secondsBetween(range.from, range.to));
}

/** The part of one range that lies within another, or null where they do not meet. */
export function overlapOf(one: TimeRange, other: TimeRange): TimeRange | null {
  const from = Math.max(one.from, other.from);
  const to = Math.min(one.to, other.to);
  return from < to ? { from: epochMs(from), to: epochMs(to) } : null;
}

export function overlapSeconds(one: TimeRange, other: TimeRange): number {
  const overlap = overlapOf(one, other);
  return overlap === null ? 0 : secondsOf(overlap);
}
