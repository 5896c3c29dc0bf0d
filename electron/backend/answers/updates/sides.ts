import type { FingerprintChange } from '#shared/cost/savings/fingerprint-change.ts';
import { epochMs, type EpochMs } from '#shared/time/instant.ts';
import type { TimeRange } from '#shared/time/time-range.ts';

export const WINDOW_SECONDS = 300;
const WINDOW_MS = WINDOW_SECONDS * 1000;

/** Days that are looked at on each side, fixed before anybody looks. Source: economics reference, section 5.1. */
const SIDE_MS = 14 * 86_400_000;

/** Whole windows of a deployment on both sides of a change. */
export type Sides = {
  readonly before: TimeRange;
  readonly after: TimeRange;
  /** Nothing can be added to the time after it: 14 days have passed, or another change ended it. */
  readonly isClosed: boolean;
  /** Another change ended the time after this one. */
  readonly isCutShort: boolean;
};

/**
 * The time that is compared: 14 days before the first replica changed, and up to 14 days after the last did. Other changes of
 * the deployment end both.
 */
export function sidesOf(change: FingerprintChange, all: readonly FingerprintChange[], now: EpochMs): Sides {
  const own = all.filter((other) => other.id !== change.id && isSameDeployment(other, change));
  const ended = own.map((other) => other.lastAt).filter((at) => at <= change.firstAt);
  const next = Math.min(...own.map((other) => other.firstAt).filter((at) => at > change.firstAt), Infinity);
  const from = Math.max(change.firstAt - SIDE_MS, ...ended);
  const last = Math.min(change.lastAt + SIDE_MS, next);
  const before = wholeWindows(from, change.firstAt);
  const after = wholeWindows(change.lastAt, Math.min(last, now));
  return { before, after, isClosed: last <= now, isCutShort: next < change.lastAt + SIDE_MS };
}

export function isSameDeployment(one: FingerprintChange, other: FingerprintChange): boolean {
  return one.deployment.model === other.deployment.model && one.deployment.pool === other.deployment.pool;
}

/** The whole windows inside a span of time; empty, but never reversed. */
export function wholeWindows(from: number, to: number): TimeRange {
  const start = Math.ceil(from / WINDOW_MS) * WINDOW_MS;
  return { from: epochMs(start), to: epochMs(Math.max(start, Math.floor(to / WINDOW_MS) * WINDOW_MS)) };
}
