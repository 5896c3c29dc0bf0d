import type { Clock } from '#backend/clock.ts';
import type { Source } from '#backend/sources/source.ts';
import type { FactBatch, Store } from '#backend/store/store.ts';
import type { Scrape } from '#shared/model/sample.ts';
import { epochMs, type EpochMs } from '#shared/time/instant.ts';
import type { Sampler } from './sampler.ts';

export type PollerOptions = {
  /** Asked at each round: sources come and go. */
  readonly sources: () => readonly Source[];
  readonly sampler: Sampler;
  readonly store: Store;
  readonly clock: Clock;
  readonly pollSeconds: number;
  /** Called when facts were stored; from `wholeFrom` on, everything that is in them was watched. */
  readonly onFacts: (from: EpochMs, until: EpochMs, wholeFrom: EpochMs) => void;
  /** Called after every round of polls. */
  readonly onRound: () => void;
  readonly log: (line: string) => void;
};

export type Poller = {
  /** The first scrape of each target of these sources since they were added: where history has to join. */
  firstScrapesOf(sources: readonly Source[]): readonly Scrape[];
  /** Settles when each of these sources was asked once, or is late, and what came in is stored. */
  polledOnce(sources: readonly Source[]): Promise<void>;
  /** Asks these sources now, between two rounds: what comes in is stored with the next one. */
  pollNow(sources: readonly Source[]): Promise<void>;
  /** Why the last batch could not be stored, or null. */
  readonly storeTrouble: () => string | null;
  stop(): Promise<void>;
};

/** An answer that comes later than this is stored with the next round, so that one slow target holds up no other. */
const ROUND_WAIT_MS = 1500;

/** Batches kept while the store cannot take them; beyond it the oldest are given up, and the log says so. */
const WAITING_BATCHES_MAX = 360;

/**
 * Asks every source at our own pace, all in one burst, on whole multiples of the interval; each source has one poll in
 * flight at most. What has come in is turned into facts and stored once a round, in one commit.
 */
export function startPoller(options: PollerOptions): Poller {
  const { clock, pollSeconds } = options;
  const ending = new AbortController();
  const firstScrapes = new Map<Source, Map<string, Scrape>>();
  const polled = new Map<Source, PromiseWithResolvers<void>>();
  const busy = new Set<Source>();
  let arrived: Scrape[] = [];
  let waiting: FactBatch[] = [];
  let trouble: string | null = null;

  function pollOne(source: Source): Promise<void> {
    if (busy.has(source)) return Promise.resolve();
    busy.add(source);
    const first = firstScrapes.get(source) ?? new Map<string, Scrape>();
    firstScrapes.set(source, first);
    const deliver = (scrape: Scrape): void => {
      if (!first.has(scrape.target)) first.set(scrape.target, scrape);
      arrived.push(scrape);
    };
    return source
      .poll(deliver, ending.signal)
      .catch((error: unknown) => options.log(`source ${source.name} failed: ${String(error)}`))
      .finally(() => busy.delete(source));
  }

  async function round(): Promise<void> {
    const sources = options.sources();
    forgetOthers(sources);
    const polls = Promise.all(sources.map(pollOne));
    await Promise.race([polls, clock.sleep(Math.min(ROUND_WAIT_MS, pollSeconds * 500), ending.signal)]);
    await store();
    for (const source of sources) polledOnce(source).resolve();
    options.onRound();
  }

  function polledOnce(source: Source): PromiseWithResolvers<void> {
    const known = polled.get(source) ?? Promise.withResolvers<void>();
    polled.set(source, known);
    return known;
  }

  /** A source that was taken away is never asked again. */
  function forgetOthers(sources: readonly Source[]): void {
    for (const source of [...firstScrapes.keys(), ...polled.keys()]) {
      if (sources.includes(source)) continue;
      firstScrapes.delete(source);
      polled.get(source)?.resolve();
      polled.delete(source);
    }
  }

  async function store(): Promise<void> {
    const scrapes = arrived;
    arrived = [];
    for (const group of inOrderOfTime(scrapes, pollSeconds)) waiting.push(options.sampler.take(group, pollSeconds));
    if (waiting.length > WAITING_BATCHES_MAX) {
      options.log(`gave up ${waiting.length - WAITING_BATCHES_MAX} rounds of facts: the store takes none (${trouble})`);
      waiting = givenUp(waiting, WAITING_BATCHES_MAX - 1);
    }
    const batch = mergeBatches(waiting);
    const stored = await options.store.append(batch);
    trouble = stored.ok ? null : stored.failure.message;
    if (!stored.ok) {
      options.log(`facts were not stored: ${stored.failure.message}`);
      return;
    }
    waiting = [];
    const span = spanOfFacts(batch);
    if (span !== null) options.onFacts(span.from, span.until, span.wholeFrom);
  }

  async function run(): Promise<void> {
    while (!ending.signal.aborted) {
      await round();
      const interval = pollSeconds * 1000;
      await clock.sleep(interval - (clock.now() % interval), ending.signal);
    }
  }

  const running = run();
  return {
    firstScrapesOf: (sources) => sources.flatMap((source) => [...(firstScrapes.get(source)?.values() ?? [])]),
    polledOnce: async (sources) => {
      await Promise.all(sources.map((source) => polledOnce(source).promise));
    },
    pollNow: async (sources) => {
      await Promise.all(sources.map(pollOne));
    },
    storeTrouble: () => trouble,
    stop: async () => {
      ending.abort();
      await running;
      for (const { resolve } of polled.values()) resolve();
    },
  };
}

/**
 * Groups scrapes so that each group holds a target about once, earlier groups first. A server hands over several instants
 * of a target at once; direct scrapes of one round are one group.
 */
export function inOrderOfTime(scrapes: readonly Scrape[], pollSeconds: number): Scrape[][] {
  const sorted = scrapes.toSorted((one, other) => one.at - other.at);
  const groups = Map.groupBy(sorted, (scrape) => groupStart(scrape, pollSeconds));
  return [...groups].toSorted(([one], [other]) => one - other).map(([, group]) => group);
}

function groupStart(scrape: Scrape, pollSeconds: number): number {
  const interval = (scrape.intervalSeconds ?? pollSeconds) * 1000;
  return Math.floor(scrape.at / interval) * interval;
}

/** The newest batches, and of older ones all but the facts: later facts refer to their seats, spans and placements. */
export function givenUp(batches: readonly FactBatch[], kept: number): FactBatch[] {
  const given = mergeBatches(batches.slice(0, -kept));
  return [{ ...given, gpuFacts: [], engineFacts: [], latencyFacts: [], meterFacts: [] }, ...batches.slice(-kept)];
}

/** Batches in order become one: later dimensions and checkpoints follow earlier ones. */
export function mergeBatches(batches: readonly FactBatch[]): FactBatch {
  const all = <Key extends keyof FactBatch>(key: Key): FactBatch[Key][number][] =>
    batches.flatMap((batch) => batch[key] as readonly FactBatch[Key][number][]);
  return {
    gpuFacts: all('gpuFacts'),
    engineFacts: all('engineFacts'),
    latencyFacts: all('latencyFacts'),
    meterFacts: all('meterFacts'),
    seats: lastOfEachKey(all('seats')),
    engineSpans: lastOfEachKey(all('engineSpans')),
    placements: lastOfEachKey(all('placements')),
    meters: lastOfEachKey(all('meters')),
    events: all('events'),
    checkpoints: all('checkpoints'),
  };
}

function lastOfEachKey<Value extends { readonly key: string }>(values: readonly Value[]): Value[] {
  return [...new Map(values.map((value) => [value.key, value])).values()];
}

export type FactSpan = { readonly from: EpochMs; readonly until: EpochMs; readonly wholeFrom: EpochMs };

export function spanOfFacts(batch: FactBatch): FactSpan | null {
  let from = Infinity;
  let until = -Infinity;
  const firstStarts = new Map<string, number>();
  for (const list of [batch.gpuFacts, batch.engineFacts]) {
    for (const fact of list) {
      const thing = 'seat' in fact ? fact.seat : fact.engineSpan;
      firstStarts.set(thing, Math.min(firstStarts.get(thing) ?? Infinity, fact.start));
      from = Math.min(from, fact.start);
      until = Math.max(until, fact.start + fact.seconds * 1000);
    }
  }
  if (from === Infinity) return null;
  return { from: epochMs(from), until: epochMs(until), wholeFrom: epochMs(Math.max(...firstStarts.values())) };
}
