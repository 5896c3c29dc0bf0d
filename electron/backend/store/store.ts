import type { Result } from '#shared/lib/result.ts';
import type {
  EngineFact,
  EngineFactColumn,
  EngineFactSums,
  FleetEvent,
  GpuFact,
  GpuFactColumn,
  GpuFactSums,
  LatencyFact,
  MeterFact,
  MeterFactColumn,
  MeterFactSums,
} from '#shared/model/fact.ts';
import type { GpuSeat } from '#shared/model/gpu.ts';
import type { EngineSpan, Placement } from '#shared/model/inference-engine.ts';
import type { CostBook } from '#shared/model/cost-book.ts';
import type { Meter } from '#shared/model/meter.ts';
import type { PowerBoundary } from '#shared/model/power-boundary.ts';
import type { LatencyMeasure } from '#shared/model/sample.ts';
import type { EpochMs } from '#shared/time/instant.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import type { BucketSlots } from './bucket-slots.ts';

/** The dimensions that facts can be filtered and grouped by. */
export type GpuDimension =
  | 'site'
  | 'rack'
  | 'pool'
  | 'node'
  | 'gpu'
  | 'sku'
  | 'state'
  | 'model'
  | 'engine'
  | 'version'
  | 'tenant'
  | 'deployment';
export type MeterDimension = 'site' | 'rack' | 'pool' | 'node' | 'boundary' | 'origin';
export type EngineDimension =
  | 'site'
  | 'rack'
  | 'pool'
  | 'node'
  | 'model'
  | 'engine'
  | 'kind'
  | 'version'
  | 'tenant'
  | 'deployment';

/** A filter: each named dimension equals the value; null means "has none", such as the model of an unplaced GPU. */
export type Scope<Dimension extends string> = { readonly [Name in Dimension]?: string | null };

export type FactQuery<Dimension extends string, Column extends string = never> = {
  readonly window: TimeRange;
  readonly scope?: Scope<Dimension>;
  readonly by: readonly Dimension[];
  /** Width of UTC-aligned buckets, s, a divisor of a day; null for one bucket over the whole window. */
  readonly stepSeconds: number | null;
  /** The columns to sum, all when left out. Others are null in the answer: asking for few is several times faster. */
  readonly columns?: readonly Column[];
  /** Tells kinds of hours apart as well; its step and the asked one divide each other. Of GPU and power facts only. */
  readonly slots?: BucketSlots;
};

/**
 * One group of facts. `by` holds one value per asked dimension, in the order asked. `start` is the bucket's start (the
 * window's start when there is no step). `slot` is there where kinds of hours were asked for.
 */
export type FactRow<Sums> = {
  readonly by: readonly (string | null)[];
  readonly start: EpochMs;
  readonly slot?: number;
  readonly sums: Sums;
};

/**
 * GPU facts on one power boundary. `measuredJoules` is the share of what the meters measured, null on the boundary `board`,
 * where the energy is that of the boards in `sums`.
 */
export type PowerRow = FactRow<GpuFactSums> & {
  readonly boundary: PowerBoundary;
  readonly measuredJoules: number | null;
  /** The part of it that was integrated from power. */
  readonly integratedJoules: number | null;
};

export type LatencyRow = {
  readonly by: readonly (string | null)[];
  readonly start: EpochMs;
  readonly measure: LatencyMeasure;
  readonly upperBoundSeconds: number;
  readonly count: number;
};

/** Counter values of one thing at one instant: with the facts since then they give the value at the last fact. */
export type CounterCheckpoint = {
  /** `gpu:<uuid>` or `engine:<engine>`. */
  readonly thing: string;
  readonly at: EpochMs;
  readonly startedAt: EpochMs | null;
  readonly counters: { readonly [counter: string]: number };
};

/** What one commit holds. Seats, spans, placements and meters are inserted, or replaced when their key is known. */
export type FactBatch = {
  readonly gpuFacts: readonly GpuFact[];
  readonly engineFacts: readonly EngineFact[];
  readonly latencyFacts: readonly LatencyFact[];
  readonly meterFacts: readonly MeterFact[];
  readonly seats: readonly GpuSeat[];
  readonly engineSpans: readonly EngineSpan[];
  readonly placements: readonly Placement[];
  readonly meters: readonly Meter[];
  readonly events: readonly FleetEvent[];
  readonly checkpoints: readonly CounterCheckpoint[];
};

/** A batch without anything: what a commit does not hold is left out by spreading this. */
export const EMPTY_BATCH: FactBatch = {
  gpuFacts: [],
  engineFacts: [],
  latencyFacts: [],
  meterFacts: [],
  seats: [],
  engineSpans: [],
  placements: [],
  meters: [],
  events: [],
  checkpoints: [],
};

export type StoreFailure =
  | { readonly kind: 'disk-full'; readonly message: string }
  | { readonly kind: 'locked'; readonly message: string; readonly ownerProcess: number | null }
  | { readonly kind: 'damaged'; readonly message: string; readonly setAside: string | null }
  | { readonly kind: 'newer-version'; readonly message: string }
  | { readonly kind: 'failed'; readonly message: string };

/** What is to be written out: facts of a window, summed by the minute or by the hour. */
export type ExportAsk = {
  readonly window: TimeRange;
  readonly grain: 'minute' | 'hour';
  /** Of more GPU rows by the minute than this, minutes are written for groups of what is alike. */
  readonly minuteRowsMax: number;
};

/** Whose minutes there are: each thing's, or those of groups of what is alike. */
export type MinutesOf = 'each' | 'group';

type WithId<Value> = { readonly id: number; readonly value: Value };

/** What exported facts refer to, with the numbers that they refer to it by. */
export type ExportedDimensions = {
  readonly seats: readonly WithId<GpuSeat>[];
  readonly spans: readonly WithId<EngineSpan>[];
  readonly placements: readonly WithId<Placement>[];
  readonly meters: readonly WithId<Meter>[];
  readonly states: readonly { readonly id: number; readonly name: string }[];
  readonly measures: readonly { readonly id: number; readonly name: string }[];
};

/** Facts as Parquet files in a folder of their own: one file per table of the schema's tiers. */
export type FactsExport = {
  /** Version of the schema that the tables follow. */
  readonly schema: number;
  readonly dimensions: ExportedDimensions;
  readonly minutesOf: MinutesOf;
  readonly tables: readonly { readonly name: string; readonly path: string; readonly rows: number }[];
  /** Removes the files. */
  remove(): Promise<void>;
};

export type Retention = { readonly rawDays: number; readonly minuteDays: number; readonly hourDays: number };

/**
 * Keeps facts in raw, minute and hour tables of one shape, and answers one kind of question: facts of a scope and
 * window, summed by dimensions, at a step.
 *
 * Laws, held by one test suite for every implementation:
 * - A batch is stored whole or not at all; once `append` has answered, a killed process loses none of it.
 * - A fact that lies across an edge of the window counts by the share of its interval inside; a bridged fact
 *   (bridgedSeconds > 0) is never divided: it belongs to the bucket that holds its start. So windows tile. A latency
 *   fact, which has no such column, is taken as bridged when it crosses the edge of a minute.
 * - Answers do not depend on which tiers they are read from, save that hour and minute tiers are only used for buckets
 *   that they tile exactly. Where finer facts are forgotten, the finest tier left is divided in proportion.
 * - Null means not measured: a sum over nulls alone is null; a sum over some nulls skips them.
 * - GPU facts grouped or filtered by model, engine or version are divided by the shares of their placement.
 * - Rows of `powerFacts` add to the rows of `gpuFacts` for the same question, and what a meter measured while its GPUs
 *   were watched is in them exactly once: see power-split.ts.
 */
export type Store = {
  append(batch: FactBatch): Promise<Result<void, StoreFailure>>;
  gpuFacts(query: FactQuery<GpuDimension, GpuFactColumn>): Promise<readonly FactRow<GpuFactSums>[]>;
  engineFacts(query: FactQuery<EngineDimension, EngineFactColumn>): Promise<readonly FactRow<EngineFactSums>[]>;
  /** GPU facts divided by the widest power boundary that covers their time. A step divides a day and is a listed one. */
  powerFacts(query: FactQuery<GpuDimension, GpuFactColumn>): Promise<readonly PowerRow[]>;
  meterFacts(query: FactQuery<MeterDimension, MeterFactColumn>): Promise<readonly FactRow<MeterFactSums>[]>;
  latencies(query: FactQuery<EngineDimension>): Promise<readonly LatencyRow[]>;
  /** Seats, spans and meters that overlap the window. */
  seats(window: TimeRange): Promise<readonly GpuSeat[]>;
  engineSpans(window: TimeRange): Promise<readonly EngineSpan[]>;
  meters(window: TimeRange): Promise<readonly Meter[]>;
  placements(): Promise<readonly Placement[]>;
  events(window: TimeRange): Promise<readonly FleetEvent[]>;
  /** The newest checkpoint of each thing. */
  checkpoints(): Promise<readonly CounterCheckpoint[]>;
  /** Start of the first and end of the last fact of a GPU or engine, or null when there is none. */
  extent(): Promise<TimeRange | null>;
  /**
   * Runs a job over the store as it is now: facts that arrive meanwhile are in none of its answers, so sums asked for one after
   * the other are of the same facts. Its questions wait for each other; what it writes goes to the store itself.
   */
  atOneInstant<Value>(job: (view: Store) => Promise<Value>): Promise<Value>;
  costBook(): Promise<CostBook | null>;
  saveCostBook(book: CostBook): Promise<Result<void, StoreFailure>>;
  /** A small document that an operator wrote, as it was saved; null where none is. Whoever reads it checks its shape. */
  document(name: string): Promise<unknown>;
  saveDocument(name: string, value: unknown): Promise<Result<void, StoreFailure>>;
  /** Writes the facts of a window as Parquet files; whoever asked removes them. */
  exportFacts(ask: ExportAsk): Promise<Result<FactsExport, StoreFailure>>;
  /** Brings minute and hour tiers up to date with raw facts that end before `until`, late ones included. */
  rollUp(until: EpochMs): Promise<void>;
  /** Removes facts older than the retention of their tier. */
  forget(now: EpochMs, retention: Retention): Promise<void>;
  /** Size on disk, bytes; 0 for a store in memory. */
  bytesOnDisk(): Promise<number>;
  close(): Promise<void>;
};
