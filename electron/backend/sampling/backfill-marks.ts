import type { CounterCheckpoint } from '#backend/store/store.ts';
import { epochMs, type EpochMs } from '#shared/time/instant.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import { formatInstant } from '#shared/units/format-time.ts';

/** How far the reading of a past has come. It is kept with the facts of each stretch, so that a break loses nothing. */
export type PastRead = {
  /** What was asked for. */
  readonly range: TimeRange;
  /** Read from the end of the range back to here. */
  readonly reached: EpochMs;
  /** The first instant of which the server told anything; null while it told nothing. */
  readonly oldest: EpochMs | null;
  /** Stretches that were kept though the server warned that data was missing. */
  readonly partialStretches: number;
};

const MARK = 'backfill:';

/** A past that begins so much later than asked was not kept longer, s; less is the pace of scrapes. */
const LATE_SECONDS = 3600;

/** A later mark has a smaller `at`, so the smallest counts. */
export function markOf(past: string, { range, reached, oldest, partialStretches }: PastRead): CounterCheckpoint {
  const counters = { until: range.to, partialStretches, ...(oldest === null ? {} : { oldest }) };
  return { thing: `${MARK}${past}:${reached}`, at: reached, startedAt: range.from, counters };
}

/** What is known of a past; null where its reading never began. */
export function pastRead(past: string, checkpoints: readonly CounterCheckpoint[]): PastRead | null {
  const marks = checkpoints.filter(({ thing }) => thing.slice(0, thing.lastIndexOf(':')) === MARK + past);
  const furthest = marks.toSorted((one, other) => one.at - other.at)[0];
  if (furthest === undefined) return null;
  const { at, startedAt, counters } = furthest;
  const instantOf = (value: number | undefined): EpochMs | null => (value === undefined ? null : epochMs(value));
  return {
    range: { from: startedAt ?? at, to: instantOf(counters['until']) ?? at },
    reached: at,
    oldest: instantOf(counters['oldest']),
    partialStretches: counters['partialStretches'] ?? 0,
  };
}

/** A past whose reading begins now, or goes on, to so many hours ago; null where nothing is to be read. */
export function pastToRead(known: PastRead | null, now: EpochMs, hours: number): PastRead | null {
  const wanted = epochMs(now - hours * 3_600_000);
  if (known === null) {
    return hours > 0 ? { range: { from: wanted, to: now }, reached: now, oldest: null, partialStretches: 0 } : null;
  }
  const { range, reached } = known;
  // More hours are asked for than at first.
  const isLonger = hours > 0 && range.from - wanted > LATE_SECONDS * 1000;
  const isRead = reached <= range.from;
  if (isRead && (!isLonger || isAtItsStart(known))) return null;
  return { ...known, range: { from: isLonger ? wanted : range.from, to: range.to } };
}

/** Whether the server has told that it holds nothing older. */
function isAtItsStart({ range, oldest }: PastRead): boolean {
  return oldest === null || oldest - range.from > LATE_SECONDS * 1000;
}

/** What a past that was read to its end comes to, as a sentence. Source: faults P03, P07. */
export function pastInWords({ range, oldest, partialStretches }: PastRead): string {
  const isLate = oldest !== null && oldest - range.from > LATE_SECONDS * 1000;
  const since = isLate ? `, only since ${formatInstant(oldest, 'UTC')}: the server keeps nothing older` : '';
  const nothing = oldest === null ? ': the server holds none of these metrics' : '';
  const partial =
    partialStretches === 0
      ? ''
      : `. Partial in ${partialStretches} stretches, where the server warned that data was missing`;
  return `History read${since}${nothing}${partial}`;
}
