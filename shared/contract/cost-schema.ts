import { z } from 'zod';
import type { Figure } from '#shared/model/figure.ts';
import type { EpochMs } from '#shared/time/instant.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import type { FigureUnit } from '#shared/units/figure-unit.ts';
import { basis, scope, window } from './input-schema.ts';

/** The Cost screen: what is asked, and what is answered. */

export const ASKED_KINDS = ['loaded', 'serving', 'marginal'] as const;

/** `kind`: the cost whose bill is divided by class and by good tokens. */
export const costDetailSchema = z.strictObject({ window, scope, basis, kind: z.enum(ASKED_KINDS).default('loaded') });

export const reconciliationSchema = z.strictObject({ window, scope, basis });

export const limitsSchema = z.strictObject({ window, scope, limit: z.number().int().min(1).max(1000).default(50) });

export type AskedKind = (typeof ASKED_KINDS)[number];

export type CostDetail = {
  readonly window: TimeRange;
  /** The preceding window of equal length; null where too little of it is known to compare with. */
  readonly before: TimeRange | null;
  /** Unit costs, USD/Mtok, each with that of the preceding window. */
  readonly cost: { readonly [Kind in AskedKind]: CostOfKind };
  /** All cost, USD; its parts have the keys of COST_PARTS. */
  readonly spend: Figure;
  readonly classes: ClassSplit;
  readonly goodput: Goodput;
  readonly energy: EnergyDetail;
  readonly earnings: Earnings;
  /** Rent that is committed for years, by price; empty where the book has none. */
  readonly commitments: readonly Commitment[];
};

export type CostOfKind = { readonly figure: Figure; readonly before: number | null };

export const CLASS_KEYS = ['uncached-input', 'cached-input', 'output', 'unattributed'] as const;
export type ClassKey = (typeof CLASS_KEYS)[number];

/** A bill by class of tokens; the rows add to the bill. */
export type ClassSplit = {
  readonly bill: Figure;
  readonly rows: readonly ClassRow[];
  /** Models whose prefill and decode stand on engines of their own: their bills are divided by pool. */
  readonly pools: readonly PoolBill[];
};

export type ClassRow = {
  readonly key: ClassKey;
  /** Counted, not weighted; null for what no token answers for, and for cached tokens that no engine tells. */
  readonly tokens: number | null;
  /** Share of the weighted tokens. */
  readonly weightedShare: number | null;
  readonly cost: Figure;
  /** Per million tokens of the class. */
  readonly unitCost: Figure;
};

export type PoolBill = { readonly model: string; readonly prefill: Figure; readonly decode: Figure };

/** The cost of tokens that came within the latency targets of the service levels. */
export type Goodput = {
  /** USD per million good tokens, by the estimate. */
  readonly cost: Figure;
  /** The least and the most that it can be, by what the two shares alone allow; null where it has no value. */
  readonly range: { readonly least: Figure; readonly most: Figure } | null;
  readonly models: readonly GoodputOfModel[];
  /** What to enter or to switch on before there is a value; empty where nothing is missing. */
  readonly missing: readonly string[];
};

export type GoodputOfModel = {
  readonly model: string;
  /** Seconds; null: no target. */
  readonly ttftTarget: number | null;
  readonly interTokenTarget: number | null;
  /** Share within each target; null value where no target is set or nothing was told. */
  readonly ttft: Figure;
  readonly interToken: Figure;
  /** Share of requests that ended well: neither failed nor aborted. */
  readonly completed: Figure;
  /** Estimated share of tokens that were good. */
  readonly good: Figure;
  readonly goodRange: { readonly least: number; readonly most: number } | null;
};

export const ENERGY_BOUNDARIES = ['board', 'it', 'facility', 'provisioned'] as const;
export type EnergyBoundary = (typeof ENERGY_BOUNDARIES)[number];

export type EnergyDetail = {
  readonly rows: readonly EnergyRow[];
  /** Energy cost over tokens, and the part of it that the tokens added to what quiet GPUs draw, USD/Mtok. */
  readonly attributed: Figure;
  readonly marginal: Figure;
};

/** Tokens over energy in one boundary. `provisioned`: the power that is paid for, whatever is drawn. */
export type EnergyRow = {
  readonly boundary: EnergyBoundary;
  readonly meanPower: Figure;
  readonly tokensPerJoule: Figure;
  readonly perMegawatt: Figure;
};

export type Earnings = {
  readonly revenue: Figure;
  /** 1 - cost / revenue. */
  readonly margin: Figure;
  /** Revenue / cost of the window. */
  readonly multiple: Figure;
  /** (Revenue - cost) / cost of the window. */
  readonly returnOnCost: Figure;
  readonly models: readonly EarningsOfModel[];
  readonly missing: readonly string[];
};

export type EarningsOfModel = { readonly model: string; readonly revenue: Figure; readonly cost: Figure };

export type Commitment = {
  /** The price that holds the commitment, as the cost book names it. */
  readonly price: string;
  readonly since: EpochMs;
  readonly years: number;
  readonly gpus: number;
  /** USD in the window. */
  readonly cash: Figure;
  readonly amortised: Figure;
  /** Committed GPU-hours that no GPU of the fleet stands for. */
  readonly unused: Figure;
};

/** Sums that must agree; `figure` is the difference with both sides as its inputs. `difference` is whole - parts: zero, save for the rounding of floating-point numbers. */
export type ReconciliationLine = {
  readonly key: string;
  readonly label: string;
  readonly unit: FigureUnit;
  readonly whole: number | null;
  readonly parts: number | null;
  readonly difference: number | null;
  /** Whether it closes: the difference is no more than rounding. Null where a side is not known. */
  readonly closes: boolean | null;
  /** What is added up on each side, and why a side is not known. */
  readonly note: string;
  readonly figure: Figure;
};

export type Reconciliation = { readonly window: TimeRange; readonly lines: readonly ReconciliationLine[] };

export const LIMIT_KEYS = [
  'power-cap',
  'heat',
  'tensor',
  'memory-bandwidth',
  'nvlink',
  'pcie',
  'kv-cache',
  'queueing',
  'little-demand',
] as const;
export type LimitKey = (typeof LIMIT_KEYS)[number];

export type LimitsAnswer = {
  readonly window: TimeRange;
  /** Width of the buckets that readings are judged in, s. */
  readonly stepSeconds: number;
  /** By their GPU time, most first. */
  readonly deployments: readonly DeploymentLimits[];
  readonly omitted: number;
};

export type DeploymentLimits = {
  readonly deployment: string;
  readonly model: string | null;
  /** Mean number of GPUs. */
  readonly gpus: number;
  readonly cost: Figure;
  /** What held it back, by share of time, most first: what is not known stands last. */
  readonly causes: readonly LimitOfDeployment[];
  readonly preemptions: number | null;
  /** UTC days of the window and of the four weeks before its end, oldest first. */
  readonly days: readonly ServedPeriod[];
  /** Weeks from Monday, UTC. */
  readonly weeks: readonly ServedPeriod[];
  readonly ttftTarget: number | null;
  readonly interTokenTarget: number | null;
};

export type LimitOfDeployment = {
  readonly key: LimitKey;
  /** Share of its time. */
  readonly share: Figure;
  /** In a sentence: mean, threshold, counts. */
  readonly evidence: string;
  /** The signal that is not there, and where it comes from; null where it is. */
  readonly missing: string | null;
};

/** Requests and latency of one day or week; null is "not told". */
export type ServedPeriod = {
  readonly from: EpochMs;
  readonly to: EpochMs;
  readonly requests: number | null;
  readonly notCompleted: number | null;
  readonly tokens: number | null;
  readonly ttft: number | null;
  readonly interToken: number | null;
};
