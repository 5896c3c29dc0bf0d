import { medianOf } from '#shared/lib/percentile.ts';
import { plusSeconds, type EpochMs } from '#shared/time/instant.ts';

/** A window after a change: when it began, and its slow first tokens; null where nothing was served. */
export type TtftWindow = { readonly from: EpochMs; readonly ttftP99Seconds: number | null };

const WASHOUT_SECONDS = 3600;

/** Settled: p99 TTFT is no more than this many times its later median. */
const SETTLED_RATIO = 2;

/**
 * When warm-up, compilation and cold caches are over: from the first window, an hour or more after the change, whose p99
 * TTFT is within twice its later median. The later median is that of all windows after the first hour. Null where no window
 * says so: then nothing after the change is comparable yet.
 * Source: economics reference, section 5.1, "warm-up, compile, cold cache".
 */
export function settledFrom(changedAt: EpochMs, windows: readonly TtftWindow[]): EpochMs | null {
  const hourLater = plusSeconds(changedAt, WASHOUT_SECONDS);
  const later = windows.filter((window) => window.from >= hourLater).toSorted((one, other) => one.from - other.from);
  const median = medianOf(later.flatMap((window) => window.ttftP99Seconds ?? []));
  if (median === null) return null;
  const isSettled = ({ ttftP99Seconds }: TtftWindow) =>
    ttftP99Seconds !== null && ttftP99Seconds <= SETTLED_RATIO * median;
  return later.find(isSettled)?.from ?? null;
}
