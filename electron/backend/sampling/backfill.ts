import type { History, HistoryFailure, PastStretch, Source } from '#backend/sources/source.ts';
import { fail, succeed, type Result } from '#shared/lib/result.ts';
import type { BackfillProgress } from '#shared/model/source-health.ts';
import { epochMs, plusSeconds, type EpochMs } from '#shared/time/instant.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import { formatInstant } from '#shared/units/format-time.ts';
import { markOf, pastInWords, type PastRead } from './backfill-marks.ts';
import { keepStretch, type KeepOptions } from './keep-stretch.ts';
import { grainOf, stretchBefore, type PastGrain } from './past-grain.ts';

export type BackfillOptions = KeepOptions & {
  /** What tells this past from others: how far reading it got is kept under it, whatever the source is called. */
  readonly past: string;
  /** What is to be read, and how far it is. */
  readonly toRead: PastRead;
  /** The server is on this machine: it is asked without a rest, and ahead of what is being stored. */
  readonly isNear: boolean;
  /** How much of it is read scrape by scrape, h: its newest part. */
  readonly fineHours: number;
  readonly onFacts: (from: EpochMs, until: EpochMs) => void;
  readonly onProgress: (progress: BackfillProgress) => void;
};

/** Answers in a row after which a stretch that was made shorter is tried longer again. */
const ANSWERS_BEFORE_LONGER = 4;

const BUSY_WAIT_SECONDS = 5;
const BUSY_WAIT_SECONDS_MAX = 60;

/** A partial answer is asked for again so often before it is kept as what there is. */
const PARTIAL_TRIES = 3;

/** A server is busy with us for half of its time at most; a rest after an answer takes as long as the answer did. */
const REST_MS_MAX = 10_000;

/** Where the past shares its processors with the screen, the first figures of now come first. */
const FIRST_FIGURES_MS = 6000;

/**
 * Reads a server's past into the store beside the live polls, newest stretch first: so what is known is always one piece
 * that ends now, and no total ever spans a hole. How far reading got is stored with the facts of each stretch, so that it
 * goes on there after a restart. A busy server is waited for, as long as it takes.
 */
export async function backfillFrom(source: Source, options: BackfillOptions): Promise<void> {
  const { signal, clock, fineHours } = options;
  let read = options.toRead;
  let pace = firstPace(grainOf(read, fineHours));
  let ahead: Promise<PastAnswer> | null = null;
  const report = (state: BackfillProgress['state'], message: string): void =>
    options.onProgress({ state, doneShare: shareOf(read), message });
  report('reading', 'History is being read');
  if (options.isNear) await clock.sleep(FIRST_FIGURES_MS, signal);
  while (read.reached > read.range.from && !signal.aborted) {
    const stretch = stretchBefore(read, pace.seconds, fineHours);
    const answer = await (ahead ?? askPast(source, read, pace, options));
    ahead = null;
    if (signal.aborted) return;
    const answeredMs = clock.monotonicMs();
    const next = { ...read, reached: stretch.from };
    const nextPace = answer.ok
      ? paceAfterAnswer(pace, grainOf(read, fineHours), grainOf(next, fineHours), isEmpty(answer.value))
      : pace;
    if (answer.ok && options.isNear) ahead = askAhead(source, next, nextPace, options);
    const kept = answer.ok ? await keep(stretch, answer.value.history, read, options) : answer;
    if (!kept.ok) {
      const slower = paceAfterFailure(pace, grainOf(read, fineHours), kept.failure);
      report(slower === null ? 'failed' : 'reading', `History: ${kept.failure.message}`);
      if (slower === null) return;
      pace = slower.pace;
      ahead = null;
      await clock.sleep(slower.waitMs, signal);
      continue;
    }
    read = kept.value;
    pace = nextPace;
    options.onFacts(stretch.from, stretch.to);
    if (read.reached <= read.range.from) break;
    report('reading', `History is being read, back to ${formatInstant(read.reached, 'UTC')} so far`);
    const tookMs = answer.ok ? answer.value.tookMs : 0;
    // A server on this machine takes its answers from the same processors: who looks at the screen comes first.
    const restMs = options.isNear ? tookMs / 2 : tookMs - (clock.monotonicMs() - answeredMs);
    await clock.sleep(Math.min(REST_MS_MAX, Math.max(0, restMs)), signal);
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

function firstPace({ stretchSeconds }: PastGrain): Pace {
  return { seconds: stretchSeconds, answers: 0, busyTries: 0, partialTries: 0 };
}

/** Another grain begins at its own pace. */
function paceAfterAnswer({ seconds, answers }: Pace, grain: PastGrain, next: PastGrain, tellsNothing: boolean): Pace {
  if (next !== grain) return firstPace(next);
  const max = tellsNothing ? grain.stretchSecondsEmpty : grain.stretchSeconds;
  const isLonger = tellsNothing || answers + 1 >= ANSWERS_BEFORE_LONGER;
  return {
    seconds: Math.min(max, isLonger ? seconds * 2 : seconds),
    answers: isLonger ? 0 : answers + 1,
    busyTries: 0,
    partialTries: 0,
  };
}

/** What comes after a failure; null where asking again is no use. */
function paceAfterFailure(
  pace: Pace,
  { stretchSecondsMin }: PastGrain,
  { kind }: PastFailure,
): { readonly pace: Pace; readonly waitMs: number } | null {
  switch (kind) {
    case 'refused':
      return null;
    case 'too-much': {
      const seconds = Math.max(stretchSecondsMin, pace.seconds / 2);
      return pace.seconds > stretchSecondsMin ? { pace: { ...pace, seconds, answers: 0 }, waitMs: 0 } : null;
    }
    case 'partial':
      return { pace: { ...pace, partialTries: pace.partialTries + 1 }, waitMs: BUSY_WAIT_SECONDS * 1000 };
    case 'busy': {
      const waitSeconds = Math.min(BUSY_WAIT_SECONDS_MAX, BUSY_WAIT_SECONDS * 2 ** pace.busyTries);
      // Half the stretch may be what it can do: a busy server that times out is asked for less.
      const seconds = Math.max(stretchSecondsMin, pace.busyTries > 0 ? pace.seconds / 2 : pace.seconds);
      return { pace: { ...pace, seconds, answers: 0, busyTries: pace.busyTries + 1 }, waitMs: waitSeconds * 1000 };
    }
  }
}

type PastFailure = { readonly kind: HistoryFailure['kind'] | 'partial'; readonly message: string };

type PastAnswer = Result<{ readonly history: History; readonly tookMs: number }, PastFailure>;

function isEmpty({ history }: { readonly history: History }): boolean {
  return history.scrapes.length === 0;
}

/** The answer for the next stretch, asked while another is being stored; null where nothing is left to ask. */
function askAhead(source: Source, read: PastRead, pace: Pace, options: BackfillOptions): Promise<PastAnswer> | null {
  if (read.reached <= read.range.from) return null;
  const answer = askPast(source, read, pace, options);
  // Whoever waits for it hears of the failure; where the stretch before could not be kept, nobody does.
  answer.catch(() => undefined);
  return answer;
}

/** The answer for the next stretch, and how long it took. A partial one counts as a failure until it has come often enough. */
async function askPast(
  source: Source,
  read: PastRead,
  { seconds, partialTries }: Pace,
  { clock, signal, fineHours }: BackfillOptions,
): Promise<PastAnswer> {
  if (source.history === null) return fail({ kind: 'refused', message: 'this source has no past' });
  const startedMs = clock.monotonicMs();
  const answer = await source.history(withMargins(stretchBefore(read, seconds, fineHours), read, fineHours), signal);
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

function withMargins(stretch: TimeRange, read: PastRead, fineHours: number): PastStretch {
  const { leadSeconds, lagSeconds, stepSeconds } = grainOf(read, fineHours);
  return {
    from: epochMs(Math.max(read.range.from, plusSeconds(stretch.from, -leadSeconds))),
    to: plusSeconds(stretch.to, lagSeconds),
    stepSeconds,
  };
}
