/**
 * Public benchmarks, their assumptions and what vendors claim, each with where and when it was published. A catalogue is
 * data, entered again from its sources; a file can replace the one that Tokenwatt brings. Nothing of it is an input of a
 * cost: it stands beside the fleet's own figures.
 */
export type ReferenceCatalogue = {
  /** What its editor calls this state of it, such as `2026.08`. */
  readonly version: string;
  /** Last day whose publications were looked at. */
  readonly asOf: string;
  readonly sources: Readonly<Record<string, ReferenceSource>>;
  readonly models: readonly ReferenceModel[];
  readonly tiers: readonly RateTable[];
  readonly power: readonly PowerTable[];
  /** Thermal design power of the boards, W. */
  readonly tdpWatts: Readonly<Record<string, number>>;
  readonly fronts: readonly BenchmarkFront[];
  readonly latencyLimits: readonly LatencyLimit[];
  readonly submissions: readonly Submission[];
  readonly gains: readonly SoftwareGain[];
  readonly claims: readonly PublishedClaim[];
};

/** Where something was read; its date may be a day, a month or half a year. */
export type ReferenceSource = { readonly title: string; readonly where: string; readonly date: string };

/** A model, and other names it is served under. Names match as whole words, whatever stands around them. */
export type ReferenceModel = { readonly name: string; readonly alsoCalled: readonly string[] };

/** What a GPU-hour is assumed to cost, USD, by who pays: owners over four years, and renters for three. */
export type RateTier = 'hyperscaler' | 'neocloud' | 'rental';

/** Assumed rates in force from a day until the next table begins. */
export type RateTable = {
  readonly source: string;
  readonly from: string;
  readonly note: string;
  readonly usdPerGpuHour: Readonly<Record<string, { readonly [Tier in RateTier]: number }>>;
};

/** Assumed provisioned power in force from a day, in the boundary it names. */
export type PowerTable = {
  readonly source: string;
  readonly from: string;
  readonly boundary: string;
  readonly kilowattsPerGpu: Readonly<Record<string, number>>;
};

/** One run of a recipe: tokens per second and user (the median), and input and output tokens per second and GPU. */
export type FrontPoint = {
  readonly interactivity: number;
  readonly totalPerGpu: number;
  readonly engine: string;
  readonly isDisaggregated: boolean;
  readonly date: string;
};

/** The best runs of one model on one product at one precision, speculation and pair of lengths. Random prompts: no cache. */
export type BenchmarkFront = {
  readonly model: string;
  readonly source: string;
  readonly gpu: string;
  readonly precision: string;
  readonly speculation: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly points: readonly FrontPoint[];
};

/** 99th percentile limits that an MLPerf result keeps. Offline results have none. */
export type LatencyLimit = {
  readonly source: string;
  readonly model: string;
  readonly scenario: string;
  readonly ttftP99Seconds: number;
  readonly tpotP99Seconds: number;
};

/** An MLPerf result: output tokens of the whole system. */
export type Submission = {
  readonly source: string;
  readonly round: string;
  /** Null where the round's file gives none. */
  readonly resultId: string | null;
  readonly submitter: string;
  readonly model: string;
  readonly scenario: string;
  readonly gpu: string;
  readonly gpus: number;
  readonly outputTokensPerSecond: number;
  readonly precision: string;
  readonly software: string;
  /** Measured at the servers, without cooling; null where it was not measured. */
  readonly systemWatts: number | null;
};

/** What newer software reached on the same hardware: geometric mean of the ratios of pairs, last over first. */
export type SoftwareGain = {
  readonly source: string;
  readonly model: string;
  readonly gpu: string;
  readonly engine: string | null;
  readonly precision: string;
  readonly speculation: string | null;
  readonly scenario: string | null;
  /** Days, or rounds. */
  readonly from: string;
  readonly to: string;
  readonly pairs: number;
  readonly throughputRatio: number;
  /** Of latency at the same concurrency: without start-up in it. Null where it was not measured. */
  readonly steadyRatio: number | null;
  /** Pairs whose occupancy rose by more than 15 %: a stall at the start went away. */
  readonly startupArtefacts: number;
  /** The gain came without a change of the software's version text: tuning, or a text that does not tell. */
  readonly isSameSoftwareText: boolean | null;
};

/** What someone stated. It is quoted, never used: not from this fleet. */
export type PublishedClaim = {
  readonly id: string;
  readonly statement: string;
  readonly statedBy: string;
  readonly source: string;
  /** The benchmark that the claim names as its own source. */
  readonly attributedTo: string | null;
  readonly model: string | null;
  readonly status: string;
  readonly finding: string;
  readonly arithmetic: ClaimArithmetic | null;
};

type PointAtPower = { readonly tokensPerSecondPerGpu: number; readonly kilowattsPerGpu: number };
type PointAtRate = { readonly tokensPerSecondPerGpu: number; readonly usdPerGpuHour: number };

/** The sum behind a claim, with the inputs that it was checked with, so that it can be done again with others. */
export type ClaimArithmetic = { readonly note: string } & (
  | { readonly kind: 'per-megawatt'; readonly here: PointAtPower; readonly there: PointAtPower }
  | { readonly kind: 'cost'; readonly here: PointAtRate; readonly there: PointAtRate }
  | { readonly kind: 'throughput-for-cost'; readonly usdPerMillionTokens: number; readonly usdPerGpuHour: number }
  | { readonly kind: 'rate'; readonly count: number; readonly seconds: number }
  | {
      readonly kind: 'revenue';
      readonly revenueUsd: number;
      readonly investmentUsd: number;
      readonly gpus: number;
      readonly years: number;
      /** Share of full load. */
      readonly load: number;
    }
);
