import { fail, succeed } from '#shared/lib/result.ts';
import {
  ENGINE_FACT_COLUMNS,
  GPU_FACT_COLUMNS,
  METER_FACT_COLUMNS,
  type EngineFact,
  type EngineFactSums,
  type FleetEvent,
  type GpuFact,
  type GpuFactSums,
  type LatencyFact,
  type MeterFact,
  type MeterFactSums,
} from '#shared/model/fact.ts';
import type { CostBook } from '#shared/model/cost-book.ts';
import type { GpuSeat } from '#shared/model/gpu.ts';
import { deploymentOf, type EngineSpan, type Placement } from '#shared/model/inference-engine.ts';
import type { Meter } from '#shared/model/meter.ts';
import { epochMs, type EpochMs } from '#shared/time/instant.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import { boardFactsOf, type BoardFact } from './board-facts.ts';
import { powerRows } from './memory-power.ts';
import { compareGroups, compareKeys, found, isInScope, partsOf, sumsOf, type Contribution } from './memory-sums.ts';
import type {
  CounterCheckpoint,
  EngineDimension,
  FactBatch,
  FactQuery,
  GpuDimension,
  LatencyRow,
  MeterDimension,
  Retention,
  Store,
} from './store.ts';
import {
  assertInterval,
  crossesMinute,
  isBridged,
  lengthMicrosOf,
  startMicrosOf,
  type FactInterval,
} from './whole-facts.ts';

type Contents = {
  gpuFacts: GpuFact[];
  engineFacts: EngineFact[];
  latencyFacts: LatencyFact[];
  meterFacts: MeterFact[];
  boardFacts: BoardFact[];
  events: FleetEvent[];
  book: CostBook | null;
  readonly seats: Map<string, GpuSeat>;
  readonly spans: Map<string, EngineSpan>;
  readonly placements: Map<string, Placement>;
  readonly meters: Map<string, Meter>;
  readonly checkpoints: Map<string, CounterCheckpoint>;
  readonly documents: Map<string, string>;
};

/**
 * A store that keeps every fact as it came and goes through all of them for each question: for tests, snapshots and
 * small data. It has no tiers, so it is the measure of the stores that have.
 */
export function createMemoryStore(): Store {
  const contents: Contents = {
    gpuFacts: [],
    engineFacts: [],
    latencyFacts: [],
    meterFacts: [],
    boardFacts: [],
    events: [],
    book: null,
    seats: new Map(),
    spans: new Map(),
    placements: new Map(),
    meters: new Map(),
    checkpoints: new Map(),
    documents: new Map(),
  };
  return memoryStoreOf(contents);
}

function memoryStoreOf(contents: Contents): Store {
  const store: Store = {
    append: async (batch) => {
      append(contents, batch);
      return succeed(undefined);
    },
    gpuFacts: async (query) => gpuRows(contents, query),
    engineFacts: async (query) => engineRows(contents, query),
    powerFacts: async (query) =>
      powerRows(contents, query, (fact) => gpuContributions(contents, fact, asksMembers(query))),
    meterFacts: async (query) => meterRows(contents, query),
    latencies: async (query) => latencyRows(contents, query),
    seats: async (window) => [...contents.seats.values()].filter((seat) => overlaps(seat, window)),
    engineSpans: async (window) => [...contents.spans.values()].filter((span) => overlaps(span, window)),
    meters: async (window) => [...contents.meters.values()].filter((meter) => overlaps(meter, window)),
    placements: async () => [...contents.placements.values()],
    events: async (window) => eventsIn(contents, window),
    checkpoints: async () => [...contents.checkpoints.values()].toSorted((a, b) => compareKeys(a.thing, b.thing)),
    extent: async () => extentOf([...contents.gpuFacts, ...contents.engineFacts, ...contents.latencyFacts]),
    atOneInstant: (job) => job(viewOf(store, contents)),
    costBook: async () => contents.book,
    saveCostBook: async (book) => {
      contents.book = book.revisions.length === 0 ? null : book;
      return succeed(undefined);
    },
    document: async (name) => parsed(contents.documents.get(name)),
    saveDocument: async (name, value) => {
      contents.documents.set(name, JSON.stringify(value));
      return succeed(undefined);
    },
    exportFacts: async () => fail({ kind: 'failed', message: 'A store in memory writes no files.' }),
    rollUp: async () => {},
    forget: async (now, retention) => forget(contents, now, retention),
    bytesOnDisk: async () => 0,
    close: async () => {},
  };
  return store;
}

/** Questions go to a copy of the lists, everything else to the store. */
function viewOf(store: Store, contents: Contents): Store {
  const copy = memoryStoreOf({
    ...contents,
    gpuFacts: [...contents.gpuFacts],
    engineFacts: [...contents.engineFacts],
    latencyFacts: [...contents.latencyFacts],
    meterFacts: [...contents.meterFacts],
    boardFacts: [...contents.boardFacts],
    events: [...contents.events],
    seats: new Map(contents.seats),
    spans: new Map(contents.spans),
    placements: new Map(contents.placements),
    meters: new Map(contents.meters),
    checkpoints: new Map(contents.checkpoints),
    documents: new Map(contents.documents),
  });
  const view: Store = {
    ...copy,
    append: (batch) => store.append(batch),
    saveCostBook: (book) => store.saveCostBook(book),
    saveDocument: (name, value) => store.saveDocument(name, value),
    forget: (now, retention) => store.forget(now, retention),
    atOneInstant: (job) => job(view),
  };
  return view;
}

function parsed(text: string | undefined): unknown {
  return text === undefined ? null : JSON.parse(text);
}

function append(contents: Contents, batch: FactBatch): void {
  const { gpuFacts, engineFacts, latencyFacts, meterFacts } = batch;
  for (const fact of [...gpuFacts, ...engineFacts, ...latencyFacts, ...meterFacts]) assertInterval(fact);
  for (const seat of batch.seats) contents.seats.set(seat.key, seat);
  for (const span of batch.engineSpans) contents.spans.set(span.key, span);
  for (const placement of batch.placements) contents.placements.set(placement.key, placement);
  for (const meter of batch.meters) contents.meters.set(meter.key, meter);
  for (const checkpoint of batch.checkpoints) {
    const known = contents.checkpoints.get(checkpoint.thing);
    if (known === undefined || known.at <= checkpoint.at) contents.checkpoints.set(checkpoint.thing, checkpoint);
  }
  for (const fact of gpuFacts) {
    found(contents.seats, fact.seat);
    if (fact.placement !== null) found(contents.placements, fact.placement);
  }
  for (const fact of [...engineFacts, ...latencyFacts]) found(contents.spans, fact.engineSpan);
  for (const fact of meterFacts) found(contents.meters, fact.meter);
  for (const fact of gpuFacts) contents.gpuFacts.push(fact);
  for (const fact of engineFacts) contents.engineFacts.push(fact);
  for (const fact of latencyFacts) contents.latencyFacts.push(fact);
  for (const fact of meterFacts) contents.meterFacts.push(fact);
  for (const fact of boardFactsOf(gpuFacts, (key) => found(contents.seats, key))) contents.boardFacts.push(fact);
  contents.events.push(...batch.events);
}

function gpuRows(contents: Contents, query: FactQuery<GpuDimension, string>) {
  return sumsOf<GpuFact, GpuDimension, GpuFactSums>(contents.gpuFacts, GPU_FACT_COLUMNS, query, isBridged, (fact) =>
    gpuContributions(contents, fact, asksMembers(query)),
  );
}

/** Whether a question needs to know what ran on the GPUs. */
function asksMembers(query: FactQuery<GpuDimension, string>): boolean {
  return [...query.by, ...Object.keys(query.scope ?? {})].some(
    (name) => name === 'model' || name === 'engine' || name === 'version' || name === 'tenant' || name === 'deployment',
  );
}

function gpuContributions(contents: Contents, fact: GpuFact, byMember: boolean): Contribution<GpuDimension>[] {
  const { site, rack, pool, node, gpu, sku } = found(contents.seats, fact.seat);
  const place = { site, rack, pool, node, gpu, sku, state: fact.state };
  const members = fact.placement === null ? [] : found(contents.placements, fact.placement).members;
  if (!byMember || members.length === 0) {
    return [{ dimensions: { ...place, ...NO_ENGINE }, share: 1 }];
  }
  return members.map((member) => {
    const { model, engine, version, tenant, deployment } =
      member.engineSpan === null ? NO_ENGINE : deployed(found(contents.spans, member.engineSpan));
    return { dimensions: { ...place, model, engine, version, tenant, deployment }, share: member.share };
  });
}

const NO_ENGINE = { model: null, engine: null, version: null, tenant: null, deployment: null };

/** A span with the name of its deployment, which is a dimension too. */
function deployed(span: EngineSpan): EngineSpan & { readonly deployment: string } {
  return { ...span, deployment: deploymentOf(span) };
}

function engineRows(contents: Contents, query: FactQuery<EngineDimension, string>) {
  return sumsOf<EngineFact, EngineDimension, EngineFactSums>(
    contents.engineFacts,
    ENGINE_FACT_COLUMNS,
    query,
    isBridged,
    (fact) => [{ dimensions: deployed(found(contents.spans, fact.engineSpan)), share: 1 }],
  );
}

function meterRows(contents: Contents, query: FactQuery<MeterDimension, string>) {
  return sumsOf<MeterFact, MeterDimension, MeterFactSums>(
    contents.meterFacts,
    METER_FACT_COLUMNS,
    query,
    () => false,
    (fact) => [{ dimensions: found(contents.meters, fact.meter), share: 1 }],
  );
}

function latencyRows(contents: Contents, query: FactQuery<EngineDimension>): LatencyRow[] {
  const counts = new Map<string, { -readonly [Field in keyof LatencyRow]: LatencyRow[Field] }>();
  for (const fact of contents.latencyFacts) {
    const dimensions = deployed(found(contents.spans, fact.engineSpan));
    if (!isInScope(dimensions, query.scope)) continue;
    const { measure, upperBoundSeconds } = fact;
    for (const { start, share } of partsOf(fact, crossesMinute(fact), query)) {
      const by = query.by.map((name) => dimensions[name]);
      const key = JSON.stringify([start, by, measure, String(upperBoundSeconds)]);
      const row = counts.get(key) ?? { by, start, measure, upperBoundSeconds, count: 0 };
      row.count += fact.count * share;
      counts.set(key, row);
    }
  }
  return [...counts.values()].toSorted(
    (a, b) => compareGroups(a, b) || compareKeys(a.measure, b.measure) || a.upperBoundSeconds - b.upperBoundSeconds,
  );
}

function overlaps(span: { readonly since: EpochMs; readonly until: EpochMs | null }, window: TimeRange): boolean {
  return span.since < window.to && (span.until === null || span.until > window.from);
}

function eventsIn(contents: Contents, window: TimeRange): FleetEvent[] {
  return contents.events
    .filter((event) => event.at >= window.from && event.at < window.to)
    .toSorted((one, other) => one.at - other.at);
}

function extentOf(facts: readonly FactInterval[]): TimeRange | null {
  if (facts.length === 0) return null;
  let from = Infinity;
  let to = -Infinity;
  for (const fact of facts) {
    from = Math.min(from, startMicrosOf(fact));
    to = Math.max(to, startMicrosOf(fact) + lengthMicrosOf(fact));
  }
  return { from: epochMs(from / 1000), to: epochMs(to / 1000) };
}

/** Facts are forgotten when the coarsest tier would forget them: what is kept longer answers every question too. */
function forget(contents: Contents, now: EpochMs, retention: Retention): void {
  const days = Math.max(retention.rawDays, retention.minuteDays, retention.hourDays);
  const before = Math.floor((now - days * 86_400_000) / 3_600_000) * 3_600_000;
  const isKept = (fact: FactInterval) => fact.start >= before;
  contents.gpuFacts = contents.gpuFacts.filter(isKept);
  contents.engineFacts = contents.engineFacts.filter(isKept);
  contents.latencyFacts = contents.latencyFacts.filter(isKept);
  contents.meterFacts = contents.meterFacts.filter(isKept);
  contents.boardFacts = contents.boardFacts.filter(isKept);
  contents.events = contents.events.filter((event) => event.at >= before);
}
