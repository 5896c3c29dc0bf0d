import { z } from 'zod';
import type { Coverage, Figure } from '#shared/model/figure.ts';
import type { EpochMs } from '#shared/time/instant.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import { instant, name, scope, window } from './input-schema.ts';

/** What software updates saved: what is asked and answered, and what an operator says of them. */

export const updatesSchema = z.strictObject({ window, scope });

export const updateSchema = z.strictObject({ id: name });

const note = z.string().max(500);
const mark = z.strictObject({ model: name, pool: name.nullable(), at: instant, note });

/** A change that nothing detects, such as new weights or a router's rule; null id: a new one. */
export const markUpdateSchema = z.discriminatedUnion('action', [
  z.strictObject({ action: z.literal('save'), id: name.nullable(), mark }),
  z.strictObject({ action: z.literal('remove'), id: name }),
]);

export const FREED_USES = ['released', 'absorbed', 'still-idle'] as const;

/** What became of the GPU-hours that a change freed; a null tag takes it back. */
export const tagUpdateSchema = z.strictObject({ id: name, tag: z.enum(FREED_USES).nullable(), note: note.nullable() });

export const updateMarksSchema = z.array(mark.extend({ id: name })).max(1000);
export const updateTagsSchema = z
  .array(z.strictObject({ id: name, tag: z.enum(FREED_USES), note: note.nullable() }))
  .max(10_000);

export type UpdateMark = z.output<typeof updateMarksSchema>[number];
export type UpdateTag = z.output<typeof updateTagsSchema>[number];

/** The verdicts of shared/cost/savings/verdict.ts, as the contract says them. */
export type UpdateVerdict =
  | 'insufficient days'
  | 'insufficient overlap'
  | 'unstable baseline'
  | 'no material change'
  | 'saving'
  | 'regression'
  | 'inconclusive';

export type UpdateGrade = 'A' | 'B' | 'C' | 'D';

export type UpdateDeployment = { readonly model: string; readonly pool: string | null };

/** What changed, in words. */
export type UpdateChange = {
  readonly id: string;
  readonly deployment: UpdateDeployment;
  /** Fields of the fingerprint that differ, with both values as text. */
  readonly fields: readonly { readonly field: string; readonly from: string | null; readonly to: string | null }[];
  readonly firstAt: EpochMs;
  readonly lastAt: EpochMs;
  readonly source: 'detected' | 'mark';
  readonly note: string | null;
  readonly isBundle: boolean;
  readonly replicasChanged: number;
  readonly replicasKept: number;
};

/** How sure a change is, and how large where that may be said. Changes are of GPU time per weighted token: below 0 is better. */
export type UpdateSummary = {
  readonly change: UpdateChange;
  readonly verdict: UpdateVerdict;
  readonly grade: UpdateGrade;
  readonly design: 'control-pool' | 'before-after';
  /** Null with grade D: weak evidence has no number. */
  readonly effect: {
    readonly change: number;
    readonly low: number;
    readonly high: number;
    readonly figure: Figure;
  } | null;
  /** Not adjusted for load and mix; null where there is nothing on one side. */
  readonly rawChange: number | null;
  readonly daysBefore: number;
  readonly daysAfter: number;
  readonly daysNeeded: number;
  /** Comparable share of the tokens after the change. */
  readonly coverage: number;
  readonly coverageNeeded: number;
  /** The earliest day on which enough days have passed; null where waiting does not help, or nothing is missing. */
  readonly readyAt: EpochMs | null;
  /** What a reader must know, in sentences. */
  readonly notes: readonly string[];
};

/** One software of a deployment, from one change to the next. */
export type VersionSpan = {
  readonly from: EpochMs;
  readonly to: EpochMs;
  readonly label: string;
  /** The change that brought it; null for the first that is known. */
  readonly changeId: string | null;
};

export type LedgerRow = {
  readonly id: string;
  readonly tag: (typeof FREED_USES)[number] | null;
  readonly tagNote: string | null;
  /** GPU-hours that the compared work of the window took less; below 0 for a regression. Null: nothing may be counted. */
  readonly freed: Figure | null;
  /** freed x fixed rate at the prices of the baseline; null without hours or without a price. */
  readonly value: Figure | null;
  /** The value under what became of it; all add to `value`. */
  readonly released: number;
  readonly absorbed: number;
  readonly stillIdle: number;
  readonly lost: number;
};

export type LedgerTotals = {
  readonly freed: Figure;
  /** Cash: hours that were released. */
  readonly released: Figure;
  readonly absorbed: Figure;
  readonly stillIdle: Figure;
  /** What regressions cost, above 0. */
  readonly lost: Figure;
  /** released + absorbed + still idle - lost. */
  readonly net: Figure;
};

export type UpdatesAnswer = {
  readonly window: TimeRange;
  /** Zone of the days that are compared. */
  readonly zone: string;
  readonly deployments: readonly {
    readonly deployment: UpdateDeployment;
    readonly spans: readonly VersionSpan[];
  }[];
  /** Changes in the window, and those before it whose compared work reaches into it; newest first. */
  readonly changes: readonly UpdateSummary[];
  /** One row for each change, in order of time. */
  readonly ledger: { readonly rows: readonly LedgerRow[]; readonly totals: LedgerTotals };
  /** Changes beyond what one answer holds, oldest first left out. */
  readonly omitted: number;
};

export type UpdateStratumSide = {
  readonly gpuSeconds: number;
  readonly weightedTokens: number;
  readonly windows: number;
  readonly days: number;
  readonly concurrencyPerGpu: number | null;
};

/** One row of the table that anybody can work the saving out from. */
export type UpdateStratum = {
  readonly sku: string;
  readonly loadFrom: number | null;
  readonly loadTo: number | null;
  readonly inputTokensFrom: number | null;
  readonly outputTokensFrom: number | null;
  readonly cacheHitsFrom: number | null;
  readonly powerClass: string | null;
  readonly isSupported: boolean;
  readonly before: UpdateStratumSide;
  readonly after: UpdateStratumSide;
  /** GPU-seconds that the work after the change would have taken before it; a control's change is not in it. */
  readonly counterfactual: number | null;
};

/** Before and after; null is not known. */
export type BeforeAfter = { readonly before: number | null; readonly after: number | null };

/** All evidence of one change. */
export type UpdateAnswer = UpdateSummary & {
  readonly sides: { readonly before: TimeRange; readonly after: TimeRange };
  /** End of the washout; null while it lasts. */
  readonly settledFrom: EpochMs | null;
  readonly windows: {
    readonly before: number;
    readonly after: number;
    readonly dropped: readonly { readonly reason: string; readonly before: number; readonly after: number }[];
  };
  /** Changes by other estimators, beside the adjusted one. */
  readonly estimates: {
    readonly laspeyres: number | null;
    readonly regression: number | null;
    readonly regressionWindows: number;
    readonly placebo: number | null;
    /** Twenty fake dates, where history allows, and the share of them that is as large as the effect. */
    readonly fakeDates: { readonly changes: readonly number[]; readonly share: number } | null;
  };
  readonly strata: readonly UpdateStratum[];
  /** GPU-seconds per million weighted tokens by load, at matched load. */
  readonly distribution: {
    readonly axis: { readonly from: number; readonly to: number };
    readonly groups: readonly {
      readonly loadFrom: number | null;
      readonly loadTo: number | null;
      readonly share: number;
      readonly before: number;
      readonly after: number;
      readonly beforeShares: readonly number[];
      readonly afterShares: readonly number[];
    }[];
  } | null;
  readonly covariates: {
    readonly concurrencyPerGpu: BeforeAfter;
    readonly inputTokensPerRequest: BeforeAfter;
    readonly outputTokensPerRequest: BeforeAfter;
    readonly cacheHitRate: BeforeAfter;
    /** Of the GPU boards, W per GPU. */
    readonly wattsPerGpu: BeforeAfter;
  };
  /** How concurrency per GPU moved within what was compared; beyond 15 % the gain is not counted. */
  readonly occupancyChange: number | null;
  /** Change of board energy per weighted token at equal load. */
  readonly energyChange: number | null;
  readonly service: {
    readonly ttftP95Seconds: BeforeAfter;
    readonly ttftTargetSeconds: number | null;
    readonly ttftAttainment: BeforeAfter;
    readonly interTokenTargetSeconds: number | null;
    readonly interTokenAttainment: BeforeAfter;
    readonly errorRate: BeforeAfter;
  };
  readonly controls: readonly string[];
  /** With the seed the interval can be drawn again. */
  readonly draws: { readonly seed: number; readonly count: number; readonly isExact: boolean } | null;
  readonly detectable: number | null;
  /** GPU-hours freed over all of the time that was compared, and a month of it; null where no number may be shown. */
  readonly freed: Figure | null;
  readonly value: Figure | null;
  readonly perMonth: Figure | null;
  readonly telemetry: Coverage;
};
