import { epochMs, plusSeconds, type EpochMs } from '#shared/time/instant.ts';
import { secondsOf, type TimeRange } from '#shared/time/time-range.ts';

/** Read again at each poll, s: a server scrapes at most this slowly, as a rule, and samples may reach it late. */
const OVERLAP_SECONDS = 180;

/** The stretch of one question, s: shorter after each failure for want of room or time, longer after each answer. */
const STRETCH_SECONDS_MIN = 60;
const STRETCH_SECONDS_FIRST = 240;
const STRETCH_SECONDS_MAX = 900;

/** What was missed for longer is left to counters: a day of a large fleet is minutes of reading. */
const CATCH_UP_SECONDS_MAX = 86_400;

/** How far the present of a server is read, and which stretch comes next: after a break, all that was missed. */
export type LiveReading = {
  /** The next stretch up to an instant; null when it is read. */
  readonly next: (until: EpochMs) => TimeRange | null;
  readonly read: (stretch: TimeRange) => void;
  /** The next stretch is half as long: the server is busy, or the answer was too much. */
  readonly failed: (stretch: TimeRange) => void;
};

/** `resumeAt`: where an earlier run has stopped; null begins at the present. */
export function createLiveReading(resumeAt: EpochMs | null): LiveReading {
  let readTo = resumeAt;
  let stretchSeconds = STRETCH_SECONDS_FIRST;
  return {
    next: (until) => {
      if (readTo !== null && readTo >= until && readTo - until < OVERLAP_SECONDS * 1000) return null;
      // A server whose clock was set back tells of instants that are read already: the overlap alone is asked for.
      const known = Math.min(readTo ?? until, until);
      const overlap = Math.max(
        STRETCH_SECONDS_MIN / 2,
        Math.min(OVERLAP_SECONDS, stretchSeconds - STRETCH_SECONDS_MIN),
      );
      const from = Math.max(known - overlap * 1000, plusSeconds(until, -CATCH_UP_SECONDS_MAX));
      return { from: epochMs(from), to: epochMs(Math.min(until, from + stretchSeconds * 1000)) };
    },
    read: ({ to }) => {
      readTo = to;
      stretchSeconds = Math.min(STRETCH_SECONDS_MAX, stretchSeconds * 2);
    },
    failed: (stretch) => {
      stretchSeconds = Math.max(STRETCH_SECONDS_MIN, Math.min(stretchSeconds, secondsOf(stretch)) / 2);
    },
  };
}
