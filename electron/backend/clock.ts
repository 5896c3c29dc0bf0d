import { epochMs, type EpochMs } from '#shared/time/instant.ts';

/**
 * The one way to learn the time. Stamps come from `now`, durations only from `monotonicMs`: the wall clock may step
 * at any moment, and a step must never become a negative, huge or repeated interval.
 */
export type Clock = {
  /** Wall time. */
  now(): EpochMs;
  /** Milliseconds since some fixed moment, with fractions; never goes back. */
  monotonicMs(): number;
  /** Waits; comes back early, without an error, when the signal aborts. Whoever slept looks at the signal. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
};

export const systemClock: Clock = {
  now: () => epochMs(Date.now()),
  monotonicMs: () => performance.now(),
  sleep: sleepUntilAborted,
};

function sleepUntilAborted(ms: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted === true) return Promise.resolve();
  return new Promise((resolve) => {
    const wake = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', wake);
      resolve();
    };
    const timer = setTimeout(wake, ms);
    signal?.addEventListener('abort', wake, { once: true });
  });
}
