import type { SampleProblem } from '#shared/model/sample.ts';
import type { EpochMs } from '#shared/time/instant.ts';

/** A stamp older than Prometheus looks back is of a value that nobody measures any more; source: faults M14. */
const STAMP_AGE_MAX_MS = 5 * 60_000;
const STAMP_AHEAD_MAX_MS = 60_000;

/** Values that carry their own time (federation) count only while that time is near the answer's. */
export function judgeStamps(
  stamps: Float64Array | null,
  at: EpochMs,
): { readonly isCurrent: (index: number) => boolean; readonly problems: readonly SampleProblem[] } {
  const isCurrent = (index: number): boolean => {
    const stamp = stamps?.[index] ?? Number.NaN;
    return Number.isNaN(stamp) || (stamp >= at - STAMP_AGE_MAX_MS && stamp <= at + STAMP_AHEAD_MAX_MS);
  };
  const first = stamps === null ? -1 : stamps.findIndex((_, index) => !isCurrent(index));
  if (stamps === null || first === -1) return { isCurrent, problems: [] };
  const seconds = Math.round(((stamps[first] ?? at) - at) / 1000);
  const message = `values are stamped ${Math.abs(seconds)} s ${seconds < 0 ? 'before' : 'after'} the answer: held out`;
  return { isCurrent, problems: [{ kind: 'implausible', message }] };
}
