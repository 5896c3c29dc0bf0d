import type { Clock } from '#backend/clock.ts';
import type { History } from '#backend/sources/source.ts';
import type { CounterCheckpoint, FactBatch, Store, StoreFailure } from '#backend/store/store.ts';
import { fail, succeed, type Result } from '#shared/lib/result.ts';
import type { Scrape } from '#shared/model/sample.ts';
import type { Topology } from '#shared/model/topology.ts';
import { epochMs, plusSeconds, type EpochMs } from '#shared/time/instant.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import { factsNotStored } from './facts-not-stored.ts';
import { lostGpuFacts } from './lost-gpu-facts.ts';
import { inOrderOfTime, mergeBatches } from './poller.ts';
import { createSampler, type FleetSpans, type Sampler } from './sampler.ts';

/** Where the facts of a past go, and what they join. */
export type KeepOptions = {
  readonly store: Store;
  readonly spans: FleetSpans;
  readonly topology: () => Topology;
  readonly clock: Clock;
  readonly pollSeconds: number;
  /** The first live scrape of each target: where the newest stretch joins. Empty when it was joined by an earlier start. */
  readonly joining: readonly Scrape[];
  /** The sampler of the live polls: it learns of GPUs that were lost before it began. */
  readonly live: Sampler;
  readonly signal: AbortSignal;
};

const GROUPS_PER_TURN = 10;

/**
 * Stores the facts of one stretch of the past, and the mark that it is read. The history has a margin on both sides: only
 * facts of the stretch's own minutes are kept. The newest stretch takes the first live scrapes as its last, so that past
 * and present join without a token missed or counted twice.
 */
export async function keepStretch(
  stretch: TimeRange & { readonly isNewest: boolean },
  history: History,
  mark: CounterCheckpoint,
  options: KeepOptions,
): Promise<Result<void, StoreFailure>> {
  const { store, pollSeconds, spans } = options;
  const joining = stretch.isNewest ? options.joining : [];
  const scrapes = joining.length > 0 ? joined(history.scrapes, joining, pollSeconds) : history.scrapes;
  const read = await batchOf(scrapes, options);
  if (!read.ok) return read;
  const { batch, sampler } = read.value;
  const own = factsWithin(batch, stretch.from, joining.length > 0 ? Infinity : stretch.to);
  const liveFrom = Math.min(stretch.to, ...joining.map(({ at }) => at));
  const added = await factsNotStored(own, { from: stretch.from, to: epochMs(liveFrom) }, { store, spans });
  const lost = await lostSince(stretch.to, sampler, options);
  const stored = await store.append({ ...added, gpuFacts: [...added.gpuFacts, ...lost], checkpoints: [mark] });
  if (!stored.ok) return stored;
  await store.rollUp(plusSeconds(options.clock.now(), -60));
  return stored;
}

/** All of a stretch by a sampler of its own. Seats and spans are stored as they are found. */
async function batchOf(
  scrapes: readonly Scrape[],
  { store, spans, topology, clock, pollSeconds, signal }: KeepOptions,
): Promise<Result<{ readonly batch: FactBatch; readonly sampler: Sampler }, StoreFailure>> {
  const sampler = createSampler(spans, topology);
  const batches: FactBatch[] = [];
  for (const group of inOrderOfTime(scrapes, pollSeconds)) {
    const batch = sampler.take(group, pollSeconds);
    // Live polls share the seats and spans, and may refer to one or change it before this stretch is read.
    const known = hasDimensions(batch) ? await store.append(withoutFacts(batch)) : succeed(undefined);
    if (!known.ok) return fail(known.failure);
    batches.push(batch);
    // An hour of a fleet is a second of work: polls and questions get their turn in between.
    if (batches.length % GROUPS_PER_TURN === 0) await clock.sleep(0, signal);
  }
  return succeed({ batch: mergeBatches(batches), sampler });
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
async function lostSince(from: EpochMs, sampler: Sampler, options: KeepOptions): Promise<FactBatch['gpuFacts']> {
  const now = options.clock.now();
  const lists = sampler.lost().map((lost) => {
    const until = options.live.adoptLost(lost) ?? now;
    return lostGpuFacts(options.store, lost.seat, { from, to: epochMs(Math.max(from, until)) });
  });
  return (await Promise.all(lists)).flat();
}
