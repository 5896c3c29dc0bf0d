import type { Clock } from '#backend/clock.ts';

export type RateLimit = {
  /** Takes one request from the allowance; false when there is none left. */
  take(): boolean;
};

/** An allowance of `perSecond` requests that fills up to `burst`: a short burst passes, a lasting one does not. */
export function createRateLimit(clock: Clock, { perSecond, burst }: { perSecond: number; burst: number }): RateLimit {
  let allowance = burst;
  let lastMs = clock.monotonicMs();
  return {
    take() {
      const nowMs = clock.monotonicMs();
      allowance = Math.min(burst, allowance + ((nowMs - lastMs) / 1000) * perSecond);
      lastMs = nowMs;
      if (allowance < 1) return false;
      allowance -= 1;
      return true;
    },
  };
}
