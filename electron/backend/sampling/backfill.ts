import type { Clock } from '#backend/clock.ts';
import type { History, HistoryFailure, Source } from '#backend/sources/source.ts';
import type { CounterCheckpoint, FactBatch, Store } from '#backend/store/store.ts';
import { fail, succeed, type Result } from '#shared/lib/result.ts';
import type { Scrape } from '#shared/model/sample.ts';
import type { BackfillProgress } from '#shared/model/source-health.ts';
import type { Topology } from '#shared/model/topology.ts';
import { bucketStart } from '#shared/time/buckets.ts';
import { epochMs, plusSeconds, type EpochMs } from '#shared/time/instant.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import { lostGpuFacts } from './lost-gpu-facts.ts';
import { inOrderOfTime, mergeBatches } from './poller.ts';
import { createSampler, type FleetSpans, type Sampler } from './sampler.ts';

export type BackfillOptions = {
  /** What tells this past from others: how far reading it got is kept under it, whatever the source is called. */
  readonly past: string;
  readonly store: Store;
  readonly spans: FleetSpans;
  readonly topology: () => Topology;
  readonly clock: Clock;
  readonly range: TimeRange;
  readonly pollSeconds: number;
  /** The first live scrape of each target: where the newest stretch joins. Empty when it was joined by an earlier start. */
  readonly joining: readonly Scrape[];
  /** The sampler of the live polls: it learns of GPUs that were lost before it began. */
  readonly live: Sampler;
  readonly onFacts: (from: EpochMs, until: EpochMs) => void;
  readonly onProgress: (progress: BackfillProgress) => void;
  readonly signal: AbortSignal;
};

const STRETCH_SECONDS = 3600;
const STRETCH_SECONDS_MIN = 60;

/** Read before a stretch, so that what was running when it begins is known, and after it, to the end of its last interval. */
const LEAD_SECONDS = 360;
const LAG_SECONDS = 180;

const GROUPS_PER_TURN = 10;

const BUSY_WAIT_MS = 5000;
const BUSY_TRIES_MAX = 12;

/**
 * Reads a server's past into the store beside the live polls, newest stretch first: so what is known is always one piece
 * that ends now, and no total ever spans a hole. Each stretch is read with a margin on both sides and keeps the facts of
 * its own minutes, which no other stretch has. The newest one takes the first live scrapes as its last, so that past and
 * present join without a token missed or counted twice. How far reading got is stored with the facts.
 */
export async function backfillFrom(source: Source, options: BackfillOptions): Promise<void> {
  const { range, signal } = options;
  if (source.history === null) return;
  let to = range.to;
  let stretchSeconds = STRETCH_SECONDS;
  let failures = 0;
  const report = (state: BackfillProgress['state'], message: string): void => {
    const doneShare = (range.to - to) / Math.max(1, range.to - range.from);
    options.onProgress({ state, doneShare, message });
  };
  report('reading', 'History is being read');
  while (to > range.from && !signal.aborted) {
    const stretch = { from: stretchStart(to, range, stretchSeconds), to };
    const answer = await source.history(withMargins(stretch, range), signal);
    if (signal.aborted) return;
    const stored = answer.ok ? await keepStretch(stretch, answer.value, options) : answer;
    if (stored.ok) {
      failures = 0;
      to = stretch.from;
      const isDone = to <= range.from;
      const warning = answer.ok ? warningOf(answer.value) : '';
      report(isDone ? 'done' : 'reading', (isDone ? 'History read' : 'History is being read') + warning);
      continue;
    }
    failures += 1;
    const next = nextStep(stored.failure, stretchSeconds, failures);
    report(next === 'stop' ? 'failed' : 'reading', `History: ${stored.failure.message}`);
    if (next === 'stop') return;
    if (next === 'wait') await options.clock.sleep(BUSY_WAIT_MS, signal);
    else stretchSeconds = next;
  }
}

/** A server's own warning: the stretch may be partial. */
function warningOf(history: History): string {
  const warning = history.warnings[0];
  return warning === undefined ? '' : `; the server warns: ${warning.slice(0, 120)}`;
}

/** Stretches begin on whole minutes, where facts are divided. */
function stretchStart(to: EpochMs, range: TimeRange, seconds: number): EpochMs {
  return epochMs(Math.max(range.from, bucketStart(plusSeconds(to, -seconds), 60)));
}

function withMargins(stretch: TimeRange, range: TimeRange): TimeRange {
  return {
    from: epochMs(Math.max(range.from, plusSeconds(stretch.from, -LEAD_SECONDS))),
    to: plusSeconds(stretch.to, LAG_SECONDS),
  };
}

async function keepStretch(
  stretch: TimeRange,
  history: History,
  options: BackfillOptions,
): Promise<Result<void, HistoryFailure>> {
  const { store, pollSeconds, range } = options;
  const sampler = createSampler(options.spans, options.topology);
  const isNewest = stretch.to === range.to && options.joining.length > 0;
  const scrapes = isNewest ? joined(history.scrapes, options.joining, pollSeconds) : history.scrapes;
  const batches: FactBatch[] = [];
  for (const group of inOrderOfTime(scrapes, pollSeconds)) {
    const batch = sampler.take(group, pollSeconds);
    // Live polls share the seats and spans, and may refer to one or change it before this stretch is read.
    const known = hasDimensions(batch) ? await store.append(withoutFacts(batch)) : succeed(undefined);
    if (!known.ok) return fail({ kind: 'refused', message: known.failure.message });
    batches.push(batch);
    // An hour of a fleet is a second of work: polls and questions get their turn in between.
    if (batches.length % GROUPS_PER_TURN === 0) await options.clock.sleep(0, options.signal);
  }
  const own = factsWithin(mergeBatches(batches), stretch.from, isNewest ? Infinity : stretch.to);
  const lost = await lostSince(stretch.to, sampler, options);
  const batch = {
    ...own,
    gpuFacts: [...own.gpuFacts, ...lost],
    checkpoints: [markOf(options.past, stretch.from, range)],
  };
  const stored = await store.append(batch);
  if (!stored.ok) return fail({ kind: 'refused', message: stored.failure.message });
  await store.rollUp(plusSeconds(options.clock.now(), -60));
  options.onFacts(stretch.from, stretch.to);
  return stored;
}

/** The past of each target up to its first live scrape, and that one as its end, at the pace of the past. */
function joined(past: readonly Scrape[], live: readonly Scrape[], pollSeconds: number): Scrape[] {
  const firstAt = new Map(live.map((scrape) => [scrape.target, scrape.at]));
  const earliest = Math.min(...live.map((scrape) => scrape.at));
  const before = past.filter((scrape) => scrape.at < (firstAt.get(scrape.target) ?? earliest));
  const pace = before.reduce((slowest, scrape) => Math.max(slowest, scrape.intervalSeconds ?? 0), pollSeconds);
  return [...before, ...live.map((scrape) => ({ ...scrape, monotonicMs: null, intervalSeconds: pace }))];
}

/**
 * The facts of a batch that lie in its own minutes. Its seats and spans are stored already, and may have changed since.
 * Checkpoints of the past are of no use: the live sampler has newer ones.
 */
function factsWithin(batch: FactBatch, from: EpochMs, to: number): FactBatch {
  const isOwn = (at: EpochMs): boolean => at >= from && at < to;
  return {
    ...batch,
    gpuFacts: batch.gpuFacts.filter((fact) => isOwn(fact.start)),
    engineFacts: batch.engineFacts.filter((fact) => isOwn(fact.start)),
    latencyFacts: batch.latencyFacts.filter((fact) => isOwn(fact.start)),
    meterFacts: batch.meterFacts.filter((fact) => isOwn(fact.start)),
    events: batch.events.filter((event) => isOwn(event.at)),
    seats: [],
    engineSpans: [],
    placements: [],
    meters: [],
    checkpoints: [],
  };
}

function hasDimensions({ seats, engineSpans, placements, meters }: FactBatch): boolean {
  return seats.length + engineSpans.length + placements.length + meters.length > 0;
}

/** Seats, spans, placements and meters alone. */
function withoutFacts(batch: FactBatch): FactBatch {
  return { ...batch, gpuFacts: [], engineFacts: [], latencyFacts: [], meterFacts: [], events: [], checkpoints: [] };
}

/** A GPU lost in this stretch was unknown to the newer ones that are stored already: its time there is added now. */
async function lostSince(from: EpochMs, sampler: Sampler, options: BackfillOptions): Promise<FactBatch['gpuFacts']> {
  const now = options.clock.now();
  const lists = sampler.lost().map((lost) => {
    const until = options.live.adoptLost(lost) ?? now;
    return lostGpuFacts(options.store, lost.seat, { from, to: epochMs(Math.max(from, until)) });
  });
  return (await Promise.all(lists)).flat();
}

function nextStep(failure: HistoryFailure, stretchSeconds: number, failures: number): 'stop' | 'wait' | number {
  if (failures > BUSY_TRIES_MAX || failure.kind === 'refused') return 'stop';
  if (failure.kind === 'busy') return 'wait';
  return stretchSeconds > STRETCH_SECONDS_MIN ? Math.max(STRETCH_SECONDS_MIN, stretchSeconds / 2) : 'stop';
}

const MARK = 'backfill:';

/** What is still to be read: from `startedAt` on, up to `at`. A later mark has a smaller `at`, so the smallest counts. */
function markOf(past: string, reached: EpochMs, range: TimeRange): CounterCheckpoint {
  return { thing: `${MARK}${past}:${reached}`, at: reached, startedAt: range.from, counters: {} };
}

/** The part of a past that is still to be read: all of it at first, the rest after a break, null when done. */
export function backfillRange(
  past: string,
  checkpoints: readonly CounterCheckpoint[],
  now: EpochMs,
  hours: number,
): TimeRange | null {
  const marks = checkpoints.filter((checkpoint) => checkpoint.thing.startsWith(`${MARK}${past}:`));
  const [first, ...rest] = marks;
  if (first === undefined) return hours > 0 ? { from: epochMs(now - hours * 3_600_000), to: now } : null;
  const furthest = rest.reduce((least, mark) => (mark.at < least.at ? mark : least), first);
  const from = furthest.startedAt ?? furthest.at;
  return furthest.at <= from ? null : { from, to: furthest.at };
}
