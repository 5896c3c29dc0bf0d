import { assert } from '#shared/lib/assert.ts';
import { succeed } from '#shared/lib/result.ts';
import { ENGINE_FACT_COLUMNS, GPU_FACT_COLUMNS } from '#shared/model/fact.ts';
import type {
  Aggregation,
  EngineFact,
  EngineFactSums,
  FleetEvent,
  GpuFact,
  GpuFactSums,
  LatencyFact,
} from '#shared/model/fact.ts';
import type { CostBook } from '#shared/model/cost-book.ts';
import type { GpuSeat } from '#shared/model/gpu.ts';
import type { EngineSpan, Placement } from '#shared/model/inference-engine.ts';
import { epochMs, type EpochMs } from '#shared/time/instant.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import type {
  CounterCheckpoint,
  EngineDimension,
  FactBatch,
  FactQuery,
  FactRow,
  GpuDimension,
  LatencyRow,
  Retention,
  Scope,
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
  events: FleetEvent[];
  book: CostBook | null;
  readonly seats: Map<string, GpuSeat>;
  readonly spans: Map<string, EngineSpan>;
  readonly placements: Map<string, Placement>;
  readonly checkpoints: Map<string, CounterCheckpoint>;
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
    events: [],
    book: null,
    seats: new Map(),
    spans: new Map(),
    placements: new Map(),
    checkpoints: new Map(),
  };
  return {
    append: async (batch) => {
      append(contents, batch);
      return succeed(undefined);
    },
    gpuFacts: async (query) => gpuRows(contents, query),
    engineFacts: async (query) => engineRows(contents, query),
    latencies: async (query) => latencyRows(contents, query),
    seats: async (window) => [...contents.seats.values()].filter((seat) => overlaps(seat, window)),
    engineSpans: async (window) => [...contents.spans.values()].filter((span) => overlaps(span, window)),
    placements: async () => [...contents.placements.values()],
    events: async (window) => eventsIn(contents, window),
    checkpoints: async () => [...contents.checkpoints.values()].toSorted((a, b) => compareKeys(a.thing, b.thing)),
    extent: async () => extentOf([...contents.gpuFacts, ...contents.engineFacts, ...contents.latencyFacts]),
    costBook: async () => contents.book,
    saveCostBook: async (book) => {
      contents.book = book.revisions.length === 0 ? null : book;
      return succeed(undefined);
    },
    rollUp: async () => {},
    forget: async (now, retention) => forget(contents, now, retention),
    bytesOnDisk: async () => 0,
    close: async () => {},
  };
}

function append(contents: Contents, batch: FactBatch): void {
  for (const fact of [...batch.gpuFacts, ...batch.engineFacts, ...batch.latencyFacts]) assertInterval(fact);
  for (const seat of batch.seats) contents.seats.set(seat.key, seat);
  for (const span of batch.engineSpans) contents.spans.set(span.key, span);
  for (const placement of batch.placements) contents.placements.set(placement.key, placement);
  for (const checkpoint of batch.checkpoints) {
    const known = contents.checkpoints.get(checkpoint.thing);
    if (known === undefined || known.at <= checkpoint.at) contents.checkpoints.set(checkpoint.thing, checkpoint);
  }
  for (const fact of batch.gpuFacts) {
    found(contents.seats, fact.seat);
    if (fact.placement !== null) found(contents.placements, fact.placement);
  }
  for (const fact of [...batch.engineFacts, ...batch.latencyFacts]) found(contents.spans, fact.engineSpan);
  for (const fact of batch.gpuFacts) contents.gpuFacts.push(fact);
  for (const fact of batch.engineFacts) contents.engineFacts.push(fact);
  for (const fact of batch.latencyFacts) contents.latencyFacts.push(fact);
  contents.events.push(...batch.events);
}

/** What a fact adds to one group: its values by the group's dimensions, with the share of its sums that counts. */
type Contribution<Dimension extends string> = {
  readonly dimensions: { readonly [Name in Dimension]: string | null };
  readonly share: number;
};

function gpuRows(contents: Contents, query: FactQuery<GpuDimension, string>) {
  const asksMembers = [...query.by, ...Object.keys(query.scope ?? {})].some(
    (name) => name === 'model' || name === 'engine' || name === 'version',
  );
  return sumsOf<GpuFact, GpuDimension, GpuFactSums>(contents.gpuFacts, GPU_FACT_COLUMNS, query, isBridged, (fact) =>
    gpuContributions(contents, fact, asksMembers),
  );
}

function gpuContributions(contents: Contents, fact: GpuFact, asksMembers: boolean): Contribution<GpuDimension>[] {
  const { site, rack, pool, node, gpu, sku } = found(contents.seats, fact.seat);
  const place = { site, rack, pool, node, gpu, sku, state: fact.state };
  const members = fact.placement === null ? [] : found(contents.placements, fact.placement).members;
  if (!asksMembers || members.length === 0) {
    return [{ dimensions: { ...place, model: null, engine: null, version: null }, share: 1 }];
  }
  return members.map((member) => {
    const { model, engine, version } =
      member.engineSpan === null
        ? { model: null, engine: null, version: null }
        : found(contents.spans, member.engineSpan);
    return { dimensions: { ...place, model, engine, version }, share: member.share };
  });
}

function engineRows(contents: Contents, query: FactQuery<EngineDimension, string>) {
  return sumsOf<EngineFact, EngineDimension, EngineFactSums>(
    contents.engineFacts,
    ENGINE_FACT_COLUMNS,
    query,
    isBridged,
    (fact) => [{ dimensions: found(contents.spans, fact.engineSpan), share: 1 }],
  );
}

/** One group of facts under way. */
type Group = { readonly by: readonly (string | null)[]; readonly start: EpochMs; sums: Record<string, number | null> };

function sumsOf<Fact extends FactInterval & Sums, Dimension extends string, Sums>(
  facts: readonly Fact[],
  columns: { readonly [Column in keyof Sums & string]: Aggregation },
  query: FactQuery<Dimension, string>,
  isWhole: (fact: Fact) => boolean,
  contributionsOf: (fact: Fact) => readonly Contribution<Dimension>[],
): FactRow<Sums>[] {
  const groups = new Map<string, Group>();
  for (const fact of facts) {
    for (const part of partsOf(fact, isWhole(fact), query)) {
      for (const { dimensions, share } of contributionsOf(fact)) {
        if (!isInScope(dimensions, query.scope)) continue;
        const by = query.by.map((name) => dimensions[name]);
        const group = groupOf(groups, by, part.start, columns);
        for (const [column, aggregation] of Object.entries<Aggregation>(columns)) {
          if (query.columns?.includes(column) === false) continue;
          const value = fact[column as keyof Fact] as number | null;
          group.sums[column] = combine(aggregation, group.sums[column] ?? null, value, part.share * share);
        }
      }
    }
  }
  return [...groups.values()].toSorted(compareGroups) as unknown as FactRow<Sums>[];
}

function groupOf(
  groups: Map<string, Group>,
  by: readonly (string | null)[],
  start: EpochMs,
  columns: { readonly [column: string]: Aggregation },
): Group {
  const key = JSON.stringify([start, ...by]);
  const known = groups.get(key);
  if (known !== undefined) return known;
  const sums = Object.fromEntries(Object.keys(columns).map((column) => [column, null]));
  const group: Group = { by, start, sums };
  groups.set(key, group);
  return group;
}

function combine(aggregation: Aggregation, sum: number | null, value: number | null, share: number): number | null {
  if (value === null) return sum;
  switch (aggregation) {
    case 'sum':
      return (sum ?? 0) + value * share;
    case 'min':
      return Math.min(sum ?? Infinity, value);
    case 'max':
      return Math.max(sum ?? -Infinity, value);
  }
}

function latencyRows(contents: Contents, query: FactQuery<EngineDimension>): LatencyRow[] {
  const counts = new Map<string, { -readonly [Field in keyof LatencyRow]: LatencyRow[Field] }>();
  for (const fact of contents.latencyFacts) {
    const dimensions = found(contents.spans, fact.engineSpan);
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

/** The buckets that an interval has a part in, with the share of it that lies there and inside the window. */
function partsOf(
  fact: FactInterval,
  isWhole: boolean,
  query: { readonly window: TimeRange; readonly stepSeconds: number | null },
): { readonly start: EpochMs; readonly share: number }[] {
  const window = { from: query.window.from * 1000, to: query.window.to * 1000 };
  const step = query.stepSeconds === null ? null : query.stepSeconds * 1e6;
  const start = startMicrosOf(fact);
  const end = start + lengthMicrosOf(fact);
  const bucketOf = (at: number) => (step === null ? window.from : Math.floor(at / step) * step);
  if (isWhole) {
    return start >= window.from && start < window.to ? [{ start: epochMs(bucketOf(start) / 1000), share: 1 }] : [];
  }
  const parts: { start: EpochMs; share: number }[] = [];
  const last = Math.min(end, window.to);
  for (let at = Math.max(start, window.from); at < last;) {
    const next = step === null ? last : Math.min(last, bucketOf(at) + step);
    parts.push({ start: epochMs(bucketOf(at) / 1000), share: (next - at) / (end - start) });
    at = next;
  }
  return parts;
}

function isInScope<Dimension extends string>(
  dimensions: { readonly [Name in Dimension]: string | null },
  scope: Scope<Dimension> = {},
): boolean {
  return Object.entries(scope).every(
    ([name, value]) => value === undefined || dimensions[name as Dimension] === (value as string | null),
  );
}

function compareGroups(one: Pick<Group, 'by' | 'start'>, other: Pick<Group, 'by' | 'start'>): number {
  if (one.start !== other.start) return one.start - other.start;
  for (const [index, key] of one.by.entries()) {
    const order = compareKeys(key, other.by[index] ?? null);
    if (order !== 0) return order;
  }
  return 0;
}

/** Order of keys: by code unit, null last. */
function compareKeys(one: string | null, other: string | null): number {
  if (one === other) return 0;
  if (one === null) return 1;
  if (other === null) return -1;
  return one < other ? -1 : 1;
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
  contents.events = contents.events.filter((event) => event.at >= before);
}

function found<Value>(values: ReadonlyMap<string, Value>, key: string): Value {
  const value = values.get(key);
  assert(value !== undefined, `${key} was stored before it is referred to`);
  return value;
}
