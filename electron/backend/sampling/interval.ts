import { epochMs, type EpochMs } from '#shared/time/instant.ts';

/** A moment as both clocks saw it. Monotonic is null for samples read from a server's history. */
export type Moment = { readonly at: EpochMs; readonly monotonicMs: number | null };

/**
 * The time between two readings of one thing. `watched`: short enough that gauges hold over it. `gap`: nobody watched;
 * only counters can bridge it. `none`: no time passed, or it ran backwards: nothing can be said.
 */
export type Interval = {
  readonly kind: 'watched' | 'gap' | 'none';
  readonly start: EpochMs;
  readonly seconds: number;
  /** Wall and monotonic clock disagree by more than two seconds: the wall clock was set, or the machine slept. */
  readonly clockStepped: boolean;
};

/** Seconds from one moment to a later one: by the monotonic clock where both have it, so that no clock step shows. */
export function secondsSince(then: Moment, now: Moment): number {
  const hasMonotonic = then.monotonicMs !== null && now.monotonicMs !== null;
  return hasMonotonic ? (now.monotonicMs - then.monotonicMs) / 1000 : (now.at - then.at) / 1000;
}

/** A longer silence than this many poll intervals is a gap (policy table of the faults reference). */
export const GAP_INTERVALS = 1.5;

/** Clocks that disagree by more than this were not slewed but set. */
export const CLOCK_STEP_SECONDS = 2;

/**
 * Durations come from the monotonic clock, stamps from the wall clock. While both agree the interval starts exactly where
 * the last one ended, so facts tile; after a step it ends now and its length is what really passed.
 */
export function intervalBetween(previous: Moment, now: Moment, pollSeconds: number): Interval {
  const wallSeconds = (now.at - previous.at) / 1000;
  const monotonicSeconds = secondsSince(previous, now);
  const clockStepped = Math.abs(wallSeconds - monotonicSeconds) > CLOCK_STEP_SECONDS;
  const seconds = clockStepped ? Math.max(0, monotonicSeconds) : wallSeconds;
  const start = clockStepped ? epochMs(now.at - seconds * 1000) : previous.at;
  if (seconds <= 0) return { kind: 'none', start, seconds: 0, clockStepped };
  const isGap = clockStepped || seconds > GAP_INTERVALS * pollSeconds;
  return { kind: isGap ? 'gap' : 'watched', start, seconds, clockStepped };
}
