import type { History, HistoryFailure, Source } from '#backend/sources/source.ts';
import { fail, succeed, type Result } from '#shared/lib/result.ts';
import type { BackfillProgress } from '#shared/model/source-health.ts';
import { bucketStart } from '#shared/time/buckets.ts';
import { epochMs, plusSeconds, type EpochMs } from '#shared/time/instant.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import { formatInstant } from '#shared/units/format-time.ts';
import { markOf, pastInWords, type PastRead } from './backfill-marks.ts';
import { keepStretch, type KeepOptions } from './keep-stretch.ts';

export type BackfillOptions = KeepOptions & {
  /** What tells this past from others: how far reading it got is kept under it, whatever the source is called. */
  readonly past: string;
  /** What is to be read, and how far it is. */
  readonly toRead: PastRead;
  readonly onFacts: (from: EpochMs, until: EpochMs) => void;
  readonly onProgress: (progress: BackfillProgress) => void;
};

const STRETCH_SECONDS = 3600;
const STRETCH_SECONDS_MIN = 60;
/** Where the server tells nothing, nobody waits for it. */
const STRETCH_SECONDS_EMPTY = 86_400;
/** Answers in a row after which a stretch that was made shorter is tried longer again. */
const ANSWERS_BEFORE_LONGER = 4;

/** Read before a stretch, so that what was running when it begins is known, and after it, to the end of its last interval. */
const LEAD_SECONDS = 360;
const LAG_SECONDS = 180;

const BUSY_WAIT_SECONDS = 5;
const BUSY_WAIT_SECONDS_MAX = 60;

/** A partial answer is asked for again so often before it is kept as what there is. */
const PARTIAL_TRIES = 3;

/** A server is busy with us for half of its time at most; a rest after an answer takes as long as the answer did. */
const REST_MS_MAX = 10_000;

/**
 * Reads a server's past into the store beside the live polls, newest stretch first: so what is known is always one piece
 * that ends now, and no total ever spans a hole. How far reading got is stored with the facts of each stretch, so that it
 * goes on there after a restart. A busy server is waited for, as long as it takes.
 */
export async function backfillFrom(source: Source, options: BackfillOptions): Promise<void> {
  const { signal, clock } = options;
  let read = options.toRead;
  let pace = FIRST_PACE;
  const report = (state: BackfillProgress['state'], message: string): void =>
    options.onProgress({ state, doneShare: shareOf(read), message });
  report('reading', 'History is being read');
  while (read.reached > read.range.from && !signal.aborted) {
    const stretch = stretchBefore(read, pace.seconds);
    const answer = await askPast(source, withMargins(stretch, read.range), pace, options);
    if (signal.aborted) return;
    const kept = answer.ok ? await keep(stretch, answer.value.history, read, options) : answer;
    if (!kept.ok) {
      const next = paceAfterFailure(pace, kept.failure);
      report(next === null ? 'failed' : 'reading', `History: ${kept.failure.message}`);
      if (next === null) return;
      pace = next.pace;
      await clock.sleep(next.waitMs, signal);
      continue;
    }
    read = kept.value;
    options.onFacts(stretch.from, stretch.to);
    pace = paceAfterAnswer(pace, answer.ok && answer.value.history.scrapes.length === 0);
    if (read.reached <= read.range.from) break;
    report('reading', `History is being read, back to ${formatInstant(read.reached, 'UTC')} so far`);
    await clock.sleep(Math.min(REST_MS_MAX, answer.ok ? answer.value.tookMs : 0), signal);
  }
  if (read.reached <= read.range.from) report('done', pastInWords(read));
}

/** How long stretches are, how many answers came in a row, and what is waited for. */
type Pace = {
  readonly seconds: number;
  readonly answers: number;
  readonly busyTries: number;
  readonly partialTries: number;
};

const FIRST_PACE: Pace = { seconds: STRETCH_SECONDS, answers: 0, busyTries: 0, partialTries: 0 };

function paceAfterAnswer({ seconds, answers }: Pace, isEmpty: boolean): Pace {
  const max = isEmpty ? STRETCH_SECONDS_EMPTY : STRETCH_SECONDS;
  const isLonger = isEmpty || answers + 1 >= ANSWERS_BEFORE_LONGER;
  return {
    seconds: Math.min(max, isLonger ? seconds * 2 : seconds),
    answers: isLonger ? 0 : answers + 1,
    busyTries: 0,
    partialTries: 0,
  };
}

/** What comes after a failure; null where asking again is no use. */
function paceAfterFailure(pace: Pace, { kind }: PastFailure): { readonly pace: Pace; readonly waitMs: number } | null {
  switch (kind) {
    case 'refused':
      return null;
    case 'too-much': {
      const seconds = Math.max(STRETCH_SECONDS_MIN, pace.seconds / 2);
      return pace.seconds > STRETCH_SECONDS_MIN ? { pace: { ...pace, seconds, answers: 0 }, waitMs: 0 } : null;
    }
    case 'partial':
      return { pace: { ...pace, partialTries: pace.partialTries + 1 }, waitMs: BUSY_WAIT_SECONDS * 1000 };
    case 'busy': {
      const waitSeconds = Math.min(BUSY_WAIT_SECONDS_MAX, BUSY_WAIT_SECONDS * 2 ** pace.busyTries);
      // Half the stretch may be what it can do: a busy server that times out is asked for less.
      const seconds = Math.max(STRETCH_SECONDS_MIN, pace.busyTries > 0 ? pace.seconds / 2 : pace.seconds);
      return { pace: { ...pace, seconds, answers: 0, busyTries: pace.busyTries + 1 }, waitMs: waitSeconds * 1000 };
    }
  }
}

type PastFailure = { readonly kind: HistoryFailure['kind'] | 'partial'; readonly message: string };

/** The answer for a stretch, and how long it took. A partial one counts as a failure until it has come often enough. */
async function askPast(
  source: Source,
  range: TimeRange,
  { partialTries }: Pace,
  { clock, signal }: BackfillOptions,
): Promise<Result<{ readonly history: History; readonly tookMs: number }, PastFailure>> {
  if (source.history === null) return fail({ kind: 'refused', message: 'this source has no past' });
  const startedMs = clock.monotonicMs();
  const answer = await source.history(range, signal);
  if (!answer.ok) return answer;
  const [warning] = answer.value.warnings;
  if (warning !== undefined && partialTries < PARTIAL_TRIES) {
    return fail({ kind: 'partial', message: `the server warns that data may be missing: ${warning}` });
  }
  return succeed({ history: answer.value, tookMs: clock.monotonicMs() - startedMs });
}

async function keep(
  stretch: TimeRange,
  history: History,
  read: PastRead,
  options: BackfillOptions,
): Promise<Result<PastRead, PastFailure>> {
  const own = history.scrapes.filter(({ at }) => at >= stretch.from && at < stretch.to);
  const oldest = own.reduce((least, { at }) => Math.min(least, at), read.oldest ?? Infinity);
  const next: PastRead = {
    ...read,
    reached: stretch.from,
    oldest: oldest === Infinity ? null : epochMs(oldest),
    partialStretches: read.partialStretches + (history.warnings.length > 0 ? 1 : 0),
  };
  const isNewest = stretch.to === read.range.to;
  const stored = await keepStretch({ ...stretch, isNewest }, history, markOf(options.past, next), options);
  // A store that takes nothing now may do so later: a disk that was full, say.
  return stored.ok ? succeed(next) : fail({ kind: 'busy', message: stored.failure.message });
}

function shareOf({ range, reached }: PastRead): number {
  return (range.to - reached) / Math.max(1, range.to - range.from);
}

/** Stretches begin on whole minutes, where facts are divided. */
function stretchBefore({ range, reached }: PastRead, seconds: number): TimeRange {
  return { from: epochMs(Math.max(range.from, bucketStart(plusSeconds(reached, -seconds), 60))), to: reached };
}

function withMargins(stretch: TimeRange, range: TimeRange): TimeRange {
  return {
    from: epochMs(Math.max(range.from, plusSeconds(stretch.from, -LEAD_SECONDS))),
    to: plusSeconds(stretch.to, LAG_SECONDS),
  };
}
