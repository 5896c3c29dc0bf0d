import { bucketStart } from '#shared/time/buckets.ts';
import { epochMs, plusSeconds, type EpochMs } from '#shared/time/instant.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import type { PastRead } from './backfill-marks.ts';

/** The newest part of a past is read scrape by scrape, h, where a source says nothing else; all that is older at marks. */
export const FINE_HOURS = 48;

/** Marks of the older part, s: short enough that a day's swing of load and an update's hour are seen. */
export const COARSE_SECONDS = 300;

/** How a part of a past is read. */
export type PastGrain = {
  /** Null: every scrape. */
  readonly stepSeconds: number | null;
  /** Length of a stretch that is read at once, s, and what it is made shorter to at most. */
  readonly stretchSeconds: number;
  readonly stretchSecondsMin: number;
  /** Where the server tells nothing, nobody waits for it. */
  readonly stretchSecondsEmpty: number;
  /** Read before a stretch, so that what was running when it begins is known, and after it, to the end of its last interval. */
  readonly leadSeconds: number;
  readonly lagSeconds: number;
};

const FINE: PastGrain = {
  stepSeconds: null,
  stretchSeconds: 3600,
  stretchSecondsMin: 60,
  stretchSecondsEmpty: 86_400,
  leadSeconds: 360,
  lagSeconds: 180,
};

const COARSE: PastGrain = {
  stepSeconds: COARSE_SECONDS,
  stretchSeconds: 8 * 3600,
  stretchSecondsMin: 4 * COARSE_SECONDS,
  stretchSecondsEmpty: 8 * 86_400,
  leadSeconds: 4 * COARSE_SECONDS,
  lagSeconds: 2 * COARSE_SECONDS,
};

/** The grain of what is read next. */
export function grainOf({ range, reached }: PastRead, fineHours: number): PastGrain {
  return reached > fineFrom(range, fineHours) ? FINE : COARSE;
}

/** The next stretch back in time, of one grain. It begins on a whole minute, where facts are divided, or on a mark. */
export function stretchBefore({ range, reached }: PastRead, seconds: number, fineHours: number): TimeRange {
  const fine = fineFrom(range, fineHours);
  const isFine = reached > fine;
  const end = isFine ? Math.max(range.from, fine) : range.from;
  const from = bucketStart(plusSeconds(reached, -seconds), isFine ? 60 : COARSE_SECONDS);
  return { from: epochMs(Math.max(end, from)), to: reached };
}

function fineFrom({ to }: TimeRange, fineHours: number): EpochMs {
  return bucketStart(plusSeconds(to, -fineHours * 3600), COARSE_SECONDS);
}
