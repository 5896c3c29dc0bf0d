import type { EpochMs } from '#shared/time/instant.ts';
import type { GpuState } from './gpu-state.ts';
import type { LatencyMeasure } from './sample.ts';

/**
 * A fact is a sum over one interval `[start, start + seconds)` of one thing. Facts of adjoining intervals add, column by
 * column, which is why raw, minute and hour tables have one shape. The tables below are the single list of columns: the
 * stores, the roll-up and the sampling all read them.
 */
export type Aggregation = 'sum' | 'min' | 'max';

/** Columns of a GPU fact. Null is "not measured". An integral over observed seconds gives the mean. */
export const GPU_FACT_COLUMNS = {
  /** Seconds between two good readings no further apart than 1.5 poll intervals. */
  observedSeconds: 'sum',
  /** Length of a gap whose counters are known as a whole though nobody watched (see bridging in sampling/to-facts.ts). */
  bridgedSeconds: 'sum',
  /** Energy of the GPU board, J. */
  energyJoules: 'sum',
  /** The part of energyJoules that was integrated from power because no energy counter answered. */
  energyIntegratedJoules: 'sum',
  /** Seconds that energyJoules covers. */
  energySeconds: 'sum',
  /** Integrals of ratios over time, s. */
  utilisationSeconds: 'sum',
  smActiveSeconds: 'sum',
  tensorActiveSeconds: 'sum',
  dramActiveSeconds: 'sum',
  /** Integral of memory in use over time, byte seconds. */
  memoryUsedByteSeconds: 'sum',
  /** SM clock integrated over time: cycles. */
  smCycles: 'sum',
  powerWattsMin: 'min',
  powerWattsMax: 'max',
  temperatureCelsiusMax: 'max',
  /** Seconds in which power, or heat, held the clocks back. */
  powerCappedSeconds: 'sum',
  heatCappedSeconds: 'sum',
  /** Power limit integrated over observed time, J: divided by the seconds it is the mean limit. */
  powerLimitWattSeconds: 'sum',
  /** Bytes sent and received over NVLink, and over PCIe. */
  nvlinkBytes: 'sum',
  pcieBytes: 'sum',
} as const satisfies Record<string, Aggregation>;

export type GpuFactColumn = keyof typeof GPU_FACT_COLUMNS;
export type GpuFactSums = { readonly [Column in GpuFactColumn]: number | null };

/** A GPU (by seat) in one state with one placement for one interval. */
export type GpuFact = GpuFactSums & {
  readonly seat: string;
  readonly start: EpochMs;
  readonly seconds: number;
  readonly state: GpuState;
  /** Key of the placement in force, or null when no engine was placed on the GPU. */
  readonly placement: string | null;
};

/** Columns of an engine fact. Token and request columns are counter differences; input tokens include cached ones. */
export const ENGINE_FACT_COLUMNS = {
  observedSeconds: 'sum',
  bridgedSeconds: 'sum',
  inputTokens: 'sum',
  cachedTokens: 'sum',
  outputTokens: 'sum',
  requestsStopped: 'sum',
  requestsLength: 'sum',
  requestsAborted: 'sum',
  requestsFailed: 'sum',
  preemptions: 'sum',
  /** Speculative decoding: proposals, tokens proposed, and those of them that became output tokens. */
  speculativeDrafts: 'sum',
  draftTokens: 'sum',
  acceptedTokens: 'sum',
  restarts: 'sum',
  /** Integrals over time: running and waiting requests x s, share of KV cache in use x s, share of ranks asleep x s. */
  runningRequestSeconds: 'sum',
  waitingRequestSeconds: 'sum',
  kvCacheUsageSeconds: 'sum',
  sleepingSeconds: 'sum',
  /** Sums and counts of the latency histograms. */
  ttftSeconds: 'sum',
  ttftCount: 'sum',
  interTokenSeconds: 'sum',
  interTokenCount: 'sum',
  endToEndSeconds: 'sum',
  endToEndCount: 'sum',
} as const satisfies Record<string, Aggregation>;

/** Columns that count things: a share of one is still a whole number. */
export const COUNT_COLUMNS: ReadonlySet<string> = new Set([
  'inputTokens',
  'cachedTokens',
  'outputTokens',
  'requestsStopped',
  'requestsLength',
  'requestsAborted',
  'requestsFailed',
  'preemptions',
  'speculativeDrafts',
  'draftTokens',
  'acceptedTokens',
  'restarts',
  'ttftCount',
  'interTokenCount',
  'endToEndCount',
  'count',
]);

export type EngineFactColumn = keyof typeof ENGINE_FACT_COLUMNS;
export type EngineFactSums = { readonly [Column in EngineFactColumn]: number | null };

/** An engine (by span) for one interval. */
export type EngineFact = EngineFactSums & {
  readonly engineSpan: string;
  readonly start: EpochMs;
  readonly seconds: number;
};

/** Columns of a meter fact: what one meter measured. Only time in which it measured makes a fact, so gaps stay gaps. */
export const METER_FACT_COLUMNS = {
  /** Seconds that energyJoules covers. */
  observedSeconds: 'sum',
  /** Energy of what the meter covers, J. */
  energyJoules: 'sum',
  /** The part of energyJoules that was integrated from power because the meter has no energy counter. */
  energyIntegratedJoules: 'sum',
  /** Parts (sockets, modules, supplies, feeds) integrated over time, s: divided by observedSeconds it is their number. */
  partSeconds: 'sum',
} as const satisfies Record<string, Aggregation>;

export type MeterFactColumn = keyof typeof METER_FACT_COLUMNS;
export type MeterFactSums = { readonly [Column in MeterFactColumn]: number | null };

/** A meter (by span) for one interval. */
export type MeterFact = MeterFactSums & {
  readonly meter: string;
  readonly start: EpochMs;
  readonly seconds: number;
};

/** New observations of one latency bin in one interval: only bins that moved are kept. Bins are not cumulative. */
export type LatencyFact = {
  readonly engineSpan: string;
  readonly start: EpochMs;
  readonly seconds: number;
  readonly measure: LatencyMeasure;
  /** Upper bound of the bin, s; Infinity for the last. */
  readonly upperBoundSeconds: number;
  readonly count: number;
};

/** Something that happened at an instant and is worth a mark on the time axis. */
export type FleetEvent = {
  readonly at: EpochMs;
  readonly kind: FleetEventKind;
  /** What it happened to: an engine, a GPU, a source. */
  readonly subject: string;
  readonly model: string | null;
  readonly node: string | null;
  readonly message: string;
};

export type FleetEventKind =
  | 'engine-version-changed'
  | 'engine-settings-changed'
  | 'power-limit-changed'
  | 'driver-version-changed'
  | 'engine-restarted'
  | 'engine-lost'
  | 'gpu-lost'
  | 'gpu-returned'
  | 'node-changed'
  | 'counter-held-out'
  | 'clock-stepped'
  | 'price-changed';
