import { costBookSchema } from '#shared/contract/cost-book-schema.ts';
import type { CostBook } from '#shared/model/cost-book.ts';
import { DEFAULT_COST_BOOK } from '#shared/cost/default-cost-book.ts';
import { SAMPLE_COST_BOOK } from '#shared/cost/sample-cost-book.ts';
import { fail, succeed, type Result } from '#shared/lib/result.ts';
import { epochMs, plusSeconds, type EpochMs } from '#shared/time/instant.ts';
import type { SnapshotAbout } from '#shared/contract/snapshot-schema.ts';
import type { DeploymentReport } from '#shared/model/deployment.ts';
import type { Topology } from '#shared/model/topology.ts';
import type { BackfillProgress, SourceHealth } from '#shared/model/source-health.ts';
import type { Clock } from './clock.ts';
import type { Config, SourceConfig } from './config.ts';
import type { BackendFailure } from './create-backend.ts';
import { createSource } from './create-source.ts';
import type { EventHub } from './event-hub.ts';
import { backfillFrom } from './sampling/backfill.ts';
import { pastInWords, pastRead, pastToRead } from './sampling/backfill-marks.ts';
import { tracksFromStore } from './sampling/checkpoints.ts';
import { createEngineSpans } from './sampling/engine-spans.ts';
import type { GpuSourceNotes } from './sampling/gpu-sources.ts';
import { FINE_HOURS } from './sampling/past-grain.ts';
import { startPoller, type Poller } from './sampling/poller.ts';
import { createMeters } from './sampling/known-meters.ts';
import { createSampler, type FleetSpans } from './sampling/sampler.ts';
import { createSeats } from './sampling/seats.ts';
import type { Secrets } from './secrets/secrets.ts';
import { isLoopback } from './sources/http/address-rules.ts';
import { createHttpClient } from './sources/http/http-client.ts';
import type { Source } from './sources/source.ts';
import { createSourcesAtWork } from './sources-at-work.ts';
import { openDuckdbStore } from './store/duckdb/duckdb-store.ts';
import { EMPTY_BATCH, type Store } from './store/store.ts';

/** One open fleet: its store, its sources at work, and the prices in force. */
export type Fleet = {
  readonly store: Store;
  readonly config: () => Config;
  readonly isSample: boolean;
  /** What the snapshot says of itself; null for a fleet that is live. */
  readonly snapshot: SnapshotAbout | null;
  /** Time as the answers take it: a snapshot's stands still. */
  readonly clock: Clock;
  readonly costBook: () => CostBook;
  readonly saveCostBook: (book: CostBook) => Promise<Result<void, string>>;
  readonly sourceHealth: () => readonly SourceHealth[];
  /** The engines of each model as they were last read. */
  readonly deployments: () => readonly DeploymentReport[];
  readonly topology: () => Topology;
  /** Takes the operator's word from the next poll on. */
  readonly useTopology: (topology: Topology) => void;
  /** While a server's past is still being read: since when facts are whole, and how far it got; null when it is read. */
  readonly history: () => { readonly wholeSince: EpochMs | null; readonly message: string } | null;
  /** Takes another list of sources while it goes on: those that are in both are not touched. */
  readonly takeSources: (config: Config) => void;
  close(): Promise<void>;
};

type FleetOptions = {
  readonly config: Config;
  readonly storePath: string;
  readonly isSample: boolean;
  readonly polls: boolean;
  readonly clock: Clock;
  readonly secrets: Secrets;
  readonly events: EventHub;
  readonly log: (line: string) => void;
};

const ALL_TIME = { from: epochMs(0), to: epochMs(8.64e15) };
const ROLL_UP_MS = 60_000;
const FORGET_MS = 3_600_000;

export async function openFleet(options: FleetOptions): Promise<Result<Fleet, BackendFailure>> {
  const opened = await openStore(options);
  if (!opened.ok) return opened;
  const store = opened.value;
  let book = await bookInForce(store, options.isSample);
  let { config } = options;
  let topology: Topology = config.topology;
  const work = options.polls ? await startWork(store, options, () => topology) : null;
  return succeed({
    store,
    config: () => config,
    isSample: options.isSample,
    snapshot: null,
    clock: options.clock,
    costBook: () => book,
    saveCostBook: async (next) => {
      const saved = await store.saveCostBook(next);
      if (!saved.ok) return fail(saved.failure.message);
      book = next;
      await markPriceChange(store, options.clock.now());
      options.events.emit('cost-book-changed', { at: options.clock.now() });
      return succeed(undefined);
    },
    sourceHealth: () => work?.health() ?? [],
    deployments: () => work?.deployments() ?? [],
    topology: () => topology,
    useTopology: (next) => {
      topology = next;
    },
    history: () => work?.history() ?? null,
    takeSources: (next) => {
      config = next;
      work?.take(next.sources);
    },
    close: async () => {
      await work?.stop();
      await store.close();
    },
  });
}

/** The saved book, with what an older program did not write as it then was; the assumed one where none is saved. */
async function bookInForce(store: Store, isSample: boolean): Promise<CostBook> {
  const saved = await store.costBook();
  if (saved !== null) return costBookSchema.parse(saved);
  return isSample ? SAMPLE_COST_BOOK : DEFAULT_COST_BOOK;
}

/** A changed price is a mark on the time axis: it changes every unit cost after it. */
async function markPriceChange(store: Store, at: EpochMs): Promise<void> {
  const event = {
    at,
    kind: 'price-changed',
    subject: 'cost book',
    model: null,
    node: null,
    message: 'prices were saved',
  } as const;
  await store.append({ ...EMPTY_BATCH, events: [event] });
}

/** A damaged log is set aside by the first try, and the store opened without it by the second; the log line says so. */
async function openStore(options: FleetOptions): Promise<Result<Store, BackendFailure>> {
  const open = () => openDuckdbStore({ path: options.storePath });
  const first = await open();
  if (first.ok) return first;
  if (first.failure.kind !== 'damaged' || first.failure.setAside === null) return fail(backendFailure(first.failure));
  options.log(first.failure.message);
  const second = await open();
  return second.ok ? second : fail(backendFailure(second.failure));
}

function backendFailure(failure: { readonly kind: string; readonly message: string }): BackendFailure {
  const { kind, message } = failure;
  return { kind: kind === 'locked' || kind === 'damaged' || kind === 'newer-version' ? kind : 'failed', message };
}

type Work = {
  readonly health: () => readonly SourceHealth[];
  readonly history: Fleet['history'];
  readonly deployments: Fleet['deployments'];
  take(sources: readonly SourceConfig[]): void;
  stop(): Promise<void>;
};

async function startWork(store: Store, options: FleetOptions, topology: () => Topology): Promise<Work> {
  const { clock, config, events, log } = options;
  const http = createHttpClient(clock);
  let resumeAt = await resumeInstants(store);
  const sources = createSourcesAtWork((source) => {
    const at = source.kind === 'prometheus' ? resumeAt(pastOf(source)) : null;
    return createSource(source, { ...options, http, resumeAt: at });
  });
  const [seats, engineSpans, meters] = await Promise.all([
    store.seats(ALL_TIME),
    store.engineSpans(ALL_TIME),
    store.meters(ALL_TIME),
  ]);
  const spans: FleetSpans = {
    seats: createSeats(seats),
    engines: createEngineSpans(engineSpans),
    meters: createMeters(meters),
  };
  const sampler = createSampler(spans, topology);
  const tracks = await tracksFromStore(store, { engines: engineSpans, seats }, clock.now());
  sampler.resume(tracks.engines, tracks.gpus);
  let liveSince: EpochMs | null = null;
  const onFacts = (from: EpochMs, until: EpochMs): void => events.emit('facts-arrived', { from, until });
  const onRound = (): void => events.emit('source-health-changed', { at: clock.now() });
  const ending = new AbortController();
  const first = sources.take(config.sources, clock.now());
  // A source that is added, or goes on after a pause, begins now: what it would have told meanwhile counts as unseen.
  resumeAt = () => null;
  const poller = startPoller({
    sources: () => sources.active(),
    sampler,
    store,
    clock,
    pollSeconds: config.pollSeconds,
    onFacts: (from, until, wholeFrom) => {
      liveSince ??= wholeFrom;
      onFacts(from, until);
    },
    onRound,
    log,
  });
  /** Past and present join at the first live scrapes of these sources. */
  const readHistories = (added: readonly Source[]): void => {
    const since = clock.now();
    sources.readHistories(added, async ({ config: source, source: from, onProgress, signal }) => {
      if (source.kind !== 'prometheus') return;
      const past = pastOf(source);
      const known = pastRead(past, await store.checkpoints());
      const toRead = pastToRead(known, since, source.backfillHours);
      if (toRead === null) {
        if (known !== null) onProgress({ state: 'done', doneShare: 1, message: pastInWords(known) });
        return;
      }
      onProgress({ state: 'reading', doneShare: 0, message: 'History is being read' });
      await poller.polledOnce(added);
      const joining = toRead.reached === since ? poller.firstScrapesOf(added) : [];
      const { pollSeconds } = config;
      const about = {
        past,
        store,
        spans,
        topology,
        clock,
        toRead,
        isNear: isLoopback(source.url),
        fineHours: source.fineHours ?? FINE_HOURS,
        pollSeconds,
        joining,
        live: sampler,
        onFacts,
        onProgress,
        signal,
      };
      await backfillFrom(from, about).catch((error: unknown) => {
        onProgress({ state: 'failed', doneShare: 0, message: 'History could not be kept' });
        log(`reading history of ${source.name} failed: ${String(error)}`);
      });
    });
  };
  readHistories(first);
  const upkeep = keepUp(store, options, ending.signal);
  return {
    health: () => {
      const notes = sampler.gpuSources();
      const healths = sources.health(clock.now()).map((health) => withGpuSources(health, notes));
      return healths.map((health) => withStoreTrouble(health, poller));
    },
    deployments: () => sampler.report(),
    history: () => historyState(sources.progress(), liveSince ?? clock.now()),
    take: (configs) => {
      const added = sources.take(configs, clock.now());
      void poller.pollNow(added).then(onRound);
      readHistories(added);
    },
    stop: async () => {
      ending.abort();
      await poller.stop();
      await Promise.all([sources.stop(), upkeep]);
      http.close();
    },
  };
}

/** Where the last run ended, for each server whose past was read by then: what came since is not a hole. */
async function resumeInstants(store: Store): Promise<(past: string) => EpochMs | null> {
  const [extent, checkpoints] = await Promise.all([store.extent(), store.checkpoints()]);
  return (past) => (pastRead(past, checkpoints) === null ? null : (extent?.to ?? null));
}

/** A server's past, or that of one cluster in it: renamed, or taken away and added again, it is read no second time. */
function pastOf({ url, matchers = [] }: Extract<SourceConfig, { readonly kind: 'prometheus' }>): string {
  return matchers.length === 0 ? url : `${url} ${JSON.stringify(matchers)}`;
}

/** A past that is still being read: until its newest stretch is in, only what was polled since the start is whole. */
function historyState(all: readonly BackfillProgress[], liveSince: EpochMs): ReturnType<Fleet['history']> {
  const reading = all.filter((progress) => progress.state === 'reading');
  const least = reading.toSorted((one, other) => one.doneShare - other.doneShare)[0];
  if (least === undefined) return null;
  const message = `History is still being read, ${Math.round(least.doneShare * 100)} % so far: totals cover what is known.`;
  return { wholeSince: least.doneShare === 0 ? liveSince : null, message };
}

/** A target whose GPUs another target tells better says which one, and why: it is well, and makes no facts of them. */
function withGpuSources(health: SourceHealth, notes: GpuSourceNotes): SourceHealth {
  if (notes.size === 0) return health;
  const targets = health.targets.map((target) => ({
    ...target,
    reason: target.reason ?? notes.get(target.name) ?? notes.get(target.address) ?? null,
  }));
  return { ...health, targets };
}

function withStoreTrouble(health: SourceHealth, poller: Poller): SourceHealth {
  const trouble = poller.storeTrouble();
  if (trouble === null || health.state === 'paused') return health;
  return { ...health, state: 'stale', reason: `Facts cannot be stored: ${trouble}` };
}

/** Rolls facts up once a minute and lets go of what is older than its retention once an hour. */
async function keepUp(store: Store, options: FleetOptions, signal: AbortSignal): Promise<void> {
  const { clock, config } = options;
  let forgotAt = clock.monotonicMs();
  while (!signal.aborted) {
    await clock.sleep(ROLL_UP_MS, signal);
    if (signal.aborted) return;
    try {
      await store.rollUp(plusSeconds(clock.now(), -60));
      if (clock.monotonicMs() - forgotAt < FORGET_MS) continue;
      forgotAt = clock.monotonicMs();
      await store.forget(clock.now(), config.retention);
    } catch (error) {
      options.log(`upkeep of the store failed: ${String(error)}`);
    }
  }
}
