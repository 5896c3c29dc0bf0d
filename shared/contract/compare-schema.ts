import { z } from 'zod';
import type { Figure } from '#shared/model/figure.ts';
import type {
  BenchmarkFront,
  ClaimArithmetic,
  LatencyLimit,
  RateTier,
  ReferenceSource,
  SoftwareGain,
  Submission,
} from '#shared/model/reference-catalogue.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import { name, scope, window } from './input-schema.ts';

/** The fleet beside public references: what is asked, what is answered, and what an operator says of a deployment. */

export const RATE_TIERS = ['hyperscaler', 'neocloud', 'rental'] as const satisfies readonly RateTier[];

export const referenceSchema = z.strictObject({
  window,
  scope,
  /** Whose assumed rate per GPU-hour stands beside the fleet's own. */
  tier: z.enum(RATE_TIERS).default('neocloud'),
});

const amount = z.number().positive().max(1e15);
const pointAtPower = z.strictObject({ tokensPerSecondPerGpu: amount, kilowattsPerGpu: amount });
const pointAtRate = z.strictObject({ tokensPerSecondPerGpu: amount, usdPerGpuHour: amount });
const note = z.string().min(1).max(1000);

/** The sum behind a claim, with its inputs. */
export const claimArithmeticSchema: z.ZodType<ClaimArithmetic, ClaimArithmetic> = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('per-megawatt'), here: pointAtPower, there: pointAtPower, note }),
  z.strictObject({ kind: z.literal('cost'), here: pointAtRate, there: pointAtRate, note }),
  z.strictObject({ kind: z.literal('throughput-for-cost'), usdPerMillionTokens: amount, usdPerGpuHour: amount, note }),
  z.strictObject({ kind: z.literal('rate'), count: amount, seconds: amount, note }),
  z.strictObject({
    kind: z.literal('revenue'),
    revenueUsd: amount,
    investmentUsd: amount,
    gpus: z.number().int().positive().max(1e9),
    years: amount,
    load: amount.max(1),
    note,
  }),
]);

/** Does the sum of a claim again, with the inputs that the reader put in. */
export const claimSchema = z.strictObject({ arithmetic: claimArithmeticSchema });

export const PRECISIONS = ['fp4', 'int4', 'fp8', 'int8', 'bf16', 'fp16'] as const;
export const SPECULATIONS = ['none', 'mtp', 'eagle', 'draft-model', 'ngram'] as const;

/** What no exporter tells of a deployment and a comparison needs. Null: it is not known. */
export const deploymentNoteSchema = z.strictObject({
  model: name,
  precision: z.enum(PRECISIONS).nullable(),
  speculation: z.enum(SPECULATIONS).nullable(),
});

/** All that was said so, as it is kept. */
export const deploymentNotesSchema = z.strictObject({ deployments: z.array(deploymentNoteSchema).max(1000) });

export type DeploymentNote = z.output<typeof deploymentNoteSchema>;
export type DeploymentNotes = z.output<typeof deploymentNotesSchema>;

export type ReferenceAnswer = {
  readonly window: TimeRange;
  readonly tier: RateTier;
  /** Null where a file is configured that cannot be used: then there is no reference at all. */
  readonly catalogue: CatalogueHead | null;
  readonly catalogueTrouble: string | null;
  /** By what they cost, most first. */
  readonly deployments: readonly ComparedDeployment[];
  readonly omitted: number;
  readonly claims: readonly QuotedClaim[];
};

export type CatalogueHead = {
  readonly version: string;
  /** Last day whose publications were looked at. */
  readonly asOf: string;
  /** The name of the file that stands in place of Tokenwatt's own; null where none does. */
  readonly file: string | null;
  readonly sources: readonly ReferenceSource[];
};

/** How a property of a deployment is known; null value: it is not. */
export type ToldProperty = {
  readonly value: string | null;
  readonly by: 'operator' | 'engine' | 'counters' | 'name' | null;
};

/** The engines of one model on one product. */
export type ComparedDeployment = {
  readonly key: string;
  readonly model: string;
  /** More than one where prefill and decode stand on different products. */
  readonly skus: readonly string[];
  readonly gpus: number;
  readonly precision: ToldProperty;
  readonly speculation: ToldProperty;
  readonly isDisaggregated: boolean;
  readonly own: {
    readonly inputPerGpu: Figure;
    readonly outputPerGpu: Figure;
    readonly totalPerGpu: Figure;
    /** Over the GPU time with work alone. */
    readonly totalAtWork: Figure;
    /** USD per million input and output tokens, all cost of the deployment's GPU time. */
    readonly cost: Figure;
    readonly rate: Figure;
    readonly efficiency: Figure;
    /** Share of its GPU time with work. */
    readonly busy: Figure;
    readonly interactivity: Figure;
    readonly cachedShare: Figure;
    readonly inputLength: Figure;
    readonly outputLength: Figure;
  };
  /** The references that differ least, best first; empty where the catalogue has nothing near. */
  readonly references: readonly ComparedReference[];
  readonly submissions: readonly ComparedSubmission[];
  readonly gains: readonly PublicGain[];
};

export type ComparedReference = {
  readonly front: BenchmarkFront;
  readonly source: ReferenceSource;
  /** The front between its runs, for a drawing. */
  readonly curve: readonly { readonly interactivity: number; readonly totalPerGpu: number }[];
  /** It served another model: it shows a product, and nothing about this deployment. */
  readonly isOtherModel: boolean;
  readonly isComparable: boolean;
  /** Each follows "not comparable because". */
  readonly reasons: readonly string[];
  /** Differences that do not forbid the comparison. */
  readonly remarks: readonly string[];
  readonly throughput: Figure;
  readonly costAtOwnRate: Figure;
  readonly costAtTierRate: Figure;
  /** Reference cost at the tier's rate / utilisation against the reference. */
  readonly adjustedCost: Figure;
  readonly efficiency: Figure;
  readonly efficiencyReasons: readonly string[];
  /** Delivered tokens / tokens of the paid GPUs at the reference's throughput. */
  readonly utilisation: Figure;
  /** USD in the window: its parts are idle time and slower work. */
  readonly gap: Figure;
  /** The part of it at equal utilisation. */
  readonly gapAtWork: Figure;
};

export type ComparedSubmission = {
  readonly submission: Submission;
  readonly source: ReferenceSource;
  readonly limit: LatencyLimit | null;
  readonly outputPerGpu: Figure;
  readonly costAtOwnRate: Figure;
  readonly efficiency: Figure;
  readonly reasons: readonly string[];
};

export type PublicGain = {
  readonly gain: SoftwareGain;
  readonly source: ReferenceSource;
  /** The headline is not the gain: runs that began with a stall, or no change of the software's text. */
  readonly warnings: readonly string[];
};

/** What someone stated, not from this fleet. */
export type QuotedClaim = {
  readonly id: string;
  readonly statement: string;
  readonly statedBy: string;
  readonly source: ReferenceSource;
  readonly attributedTo: string | null;
  readonly model: string | null;
  readonly status: string;
  readonly finding: string;
  readonly arithmetic: ClaimArithmetic | null;
};

export type ClaimAnswer = { readonly results: readonly { readonly label: string; readonly figure: Figure }[] };
