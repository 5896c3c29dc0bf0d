import { z } from 'zod';
import type { Result } from '#shared/lib/result.ts';
import type { FleetEvent } from '#shared/model/fact.ts';
import type { Budget } from '#shared/model/budget.ts';
import type { DeploymentReport } from '#shared/model/deployment.ts';
import type { Coverage, Figure } from '#shared/model/figure.ts';
import { FIGURE_NAMES, type FigureName } from '#shared/model/figure-name.ts';
import type { GpuState } from '#shared/model/gpu-state.ts';
import type { SourceHealth } from '#shared/model/source-health.ts';
import type { Topology } from '#shared/model/topology.ts';
import type { EpochMs } from '#shared/time/instant.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import {
  acknowledgeAlertSchema,
  alertRuleSchema,
  budgetsSchema,
  saveAlertRulesSchema,
  testWebhookSchema,
  type AlertRulesAnswer,
  type AlertsAnswer,
  type BudgetStatusAnswer,
  type RulePreview,
  type WebhookTest,
} from './alerts-schema.ts';
import {
  claimSchema,
  deploymentNoteSchema,
  referenceSchema,
  type ClaimAnswer,
  type DeploymentNotes,
  type ReferenceAnswer,
} from './compare-schema.ts';
import {
  costDetailSchema,
  limitsSchema,
  reconciliationSchema,
  type CostDetail,
  type LimitsAnswer,
  type Reconciliation,
} from './cost-schema.ts';
import type { CostBookAnswer } from './cost-book-answer.ts';
import { costBookPreviewSchema, type CostBookPreview } from './cost-book-preview-schema.ts';
import { costBookSchema } from './cost-book-schema.ts';
import { idleCapacityInput, markSuggestionInput, type IdleCapacity } from './idle-schema.ts';
import { basis, name, scope, window } from './input-schema.ts';
import { REPORT_CALLS, type ReportCallAnswers } from './report-calls-schema.ts';
import { reportSchema, type ReportAnswer } from './report-schema.ts';
import { compareSnapshotsSchema, type SnapshotComparison } from './snapshot-comparison-schema.ts';
import { SNAPSHOT_CALLS, type ShownSnapshot, type SnapshotAnswers } from './snapshot-schema.ts';
import {
  markUpdateSchema,
  tagUpdateSchema,
  updateSchema,
  updatesSchema,
  type UpdateAnswer,
  type UpdateMark,
  type UpdatesAnswer,
  type UpdateTag,
} from './savings-schema.ts';
import { sourceDraftSchema, type OpenedFile, type SourcesSettings, type SourceTest } from './source-schema.ts';
import { topologySchema } from './topology-schema.ts';
import { saveScenarioSchema, whatIfSchema, type KeptScenarios, type WhatIf } from './what-if-schema.ts';

/**
 * The contract between backend and views: one table from call name to input schema, one type from call name to answer.
 * Client, dispatch and query list are derived from these two. Answers are plain data that survive JSON.
 */

export const BREAKDOWN_DIMENSIONS = [
  'fleet',
  'site',
  'pool',
  'rack',
  'node',
  'gpu',
  'model',
  'deployment',
  'tenant',
  'engine',
  'version',
] as const;

export type BreakdownDimension = (typeof BREAKDOWN_DIMENSIONS)[number];

/** Input schema of every call. */
export const CALLS = {
  capabilities: z.strictObject({}),
  overview: z.strictObject({ window, scope, basis }),
  costSeries: z.strictObject({ window, scope, basis, bucketsMax: z.number().int().min(1).max(2000).default(300) }),
  costBreakdown: z.strictObject({
    window,
    scope,
    basis,
    by: z.enum(BREAKDOWN_DIMENSIONS),
    /** How many buckets of history each row carries for its sparkline; 0 for none. */
    historyBuckets: z.number().int().min(0).max(200).default(0),
    limit: z.number().int().min(1).max(10_000).default(1000),
  }),
  costDetail: costDetailSchema,
  reconciliation: reconciliationSchema,
  limits: limitsSchema,
  idleWaste: z.strictObject({ window, scope, limit: z.number().int().min(1).max(10_000).default(20) }),
  idleCapacity: idleCapacityInput,
  markSuggestion: markSuggestionInput,
  figure: z.strictObject({ name: z.enum(FIGURE_NAMES), window, scope, basis }),
  events: z.strictObject({ window }),
  sourceHealth: z.strictObject({}),
  costBook: z.strictObject({}),
  saveCostBook: costBookSchema,
  previewCostBook: costBookPreviewSchema,
  sourceSettings: z.strictObject({}),
  /** A draft, or with none the source `of` that name as it is. Stored secrets are those of the source `of`. */
  testSource: z.strictObject({ draft: sourceDraftSchema.nullable().default(null), of: name.nullable().default(null) }),
  connectSource: sourceDraftSchema.extend({ name: name.nullable().default(null) }),
  /** What is left out stays as it is. */
  changeSource: z.strictObject({
    name,
    newName: name.optional(),
    isPaused: z.boolean().optional(),
    draft: sourceDraftSchema.optional(),
  }),
  removeSource: z.strictObject({ name }),
  openFile: z.strictObject({}),
  deployments: z.strictObject({}),
  saveTopology: topologySchema,
  ...SNAPSHOT_CALLS,
  compareSnapshots: compareSnapshotsSchema,
  alertRules: z.strictObject({}),
  saveAlertRules: saveAlertRulesSchema,
  /** When a rule would have been an alert in the seven days before now. */
  previewAlertRule: z.strictObject({ rule: alertRuleSchema }),
  budgets: z.strictObject({}),
  saveBudgets: budgetsSchema,
  budgetStatus: z.strictObject({}),
  alerts: z.strictObject({}),
  acknowledgeAlert: acknowledgeAlertSchema,
  testWebhook: testWebhookSchema,
  reference: referenceSchema,
  claim: claimSchema,
  /** Of one model, in place of what was said of it before; two nulls take it back. */
  saveDeploymentNote: deploymentNoteSchema,
  whatIf: whatIfSchema,
  scenarios: z.strictObject({}),
  saveScenario: saveScenarioSchema,
  updates: updatesSchema,
  update: updateSchema,
  markUpdate: markUpdateSchema,
  tagUpdate: tagUpdateSchema,
  report: reportSchema,
  ...REPORT_CALLS,
} as const;

export type CallName = keyof typeof CALLS;

/** What callers pass (defaults may be left out), and what answers receive (defaults filled in). */
export type CallInput = { readonly [Name in CallName]: z.input<(typeof CALLS)[Name]> };
export type CheckedInput = { readonly [Name in CallName]: z.output<(typeof CALLS)[Name]> };

export type CallFailure =
  | { readonly kind: 'bad-input'; readonly message: string }
  | { readonly kind: 'unknown-call'; readonly message: string }
  | { readonly kind: 'not-possible'; readonly message: string }
  | { readonly kind: 'disconnected'; readonly message: string }
  | { readonly kind: 'failed'; readonly message: string };

export type Answers = SnapshotAnswers &
  ReportCallAnswers & {
    readonly capabilities: Capabilities;
    readonly overview: Overview;
    readonly costSeries: CostSeries;
    readonly costBreakdown: CostBreakdown;
    readonly costDetail: CostDetail;
    readonly reconciliation: Reconciliation;
    readonly limits: LimitsAnswer;
    readonly idleWaste: IdleWaste;
    readonly idleCapacity: IdleCapacity;
    readonly markSuggestion: { readonly marked: boolean };
    readonly figure: Figure;
    readonly events: readonly FleetEvent[];
    readonly sourceHealth: readonly SourceHealth[];
    readonly costBook: CostBookAnswer;
    readonly saveCostBook: CostBookAnswer;
    readonly previewCostBook: CostBookPreview;
    readonly sourceSettings: SourcesSettings;
    readonly testSource: SourceTest;
    readonly connectSource: { readonly name: string };
    readonly changeSource: { readonly name: string };
    readonly removeSource: { readonly removed: boolean };
    /** Null when the dialog was closed without a choice. */
    readonly openFile: OpenedFile | null;
    readonly deployments: Deployments;
    readonly saveTopology: Deployments;
    readonly compareSnapshots: SnapshotComparison;
    readonly alertRules: AlertRulesAnswer;
    readonly saveAlertRules: AlertRulesAnswer;
    readonly previewAlertRule: RulePreview;
    readonly budgets: { readonly budgets: readonly Budget[] };
    readonly saveBudgets: { readonly budgets: readonly Budget[] };
    readonly budgetStatus: BudgetStatusAnswer;
    readonly alerts: AlertsAnswer;
    readonly acknowledgeAlert: AlertsAnswer;
    readonly testWebhook: WebhookTest;
    readonly reference: ReferenceAnswer;
    readonly claim: ClaimAnswer;
    readonly saveDeploymentNote: DeploymentNotes;
    readonly whatIf: WhatIf;
    readonly scenarios: KeptScenarios;
    readonly saveScenario: KeptScenarios;
    readonly updates: UpdatesAnswer;
    /** Null where no such change is known any more. */
    readonly update: UpdateAnswer | null;
    readonly markUpdate: readonly UpdateMark[];
    readonly tagUpdate: readonly UpdateTag[];
    readonly report: ReportAnswer;
  };

export type BackendApi = {
  readonly [Name in CallName]: (input: CheckedInput[Name]) => Promise<Result<Answers[Name], CallFailure>>;
};

export type Capabilities = {
  readonly version: string;
  readonly host: 'window' | 'server' | 'cli';
  /** The fleet is the built-in sample: every screen says so. */
  readonly isSample: boolean;
  readonly fleetName: string;
  readonly pollSeconds: number;
  /** Now, by the backend's clock: views ask for windows relative to it. In a snapshot, the end of its window. */
  readonly now: EpochMs;
  /** The snapshot that is shown in place of the live fleet, or null. */
  readonly snapshot: ShownSnapshot | null;
};

/** Age and completeness of what the figures rest on. */
export type Heard = {
  /** End of the newest fact, or null before the first. */
  readonly until: EpochMs | null;
  readonly gpusHeard: number;
  readonly gpusKnown: number;
  /** While a server's past is still being read: how far it got, as a sentence. Totals begin where facts are whole. */
  readonly readingHistory: string | null;
};

/**
 * The parts of a cost, mutually exclusive, in stacking order: the four categories of GPUs that work, then everything that
 * GPUs cost while down or unseen, and while idle (loaded-idle and unallocated, their energy included).
 */
export const COST_PARTS = ['capital', 'facility', 'network-operations', 'energy', 'down-unseen', 'idle'] as const;
export type CostPart = (typeof COST_PARTS)[number];

export type Overview = {
  readonly heard: Heard;
  /** The last five minutes of data. */
  readonly now: OverviewFigures & { readonly window: TimeRange };
  /** The asked window. */
  readonly range: OverviewFigures & { readonly window: TimeRange };
  /** The five minutes a day before `now`; null where nothing was stored then. */
  readonly dayBefore: (OverviewFigures & { readonly window: TimeRange }) | null;
  readonly engines: number;
  readonly models: number;
};

export type OverviewFigures = {
  /** Loaded cost, USD/Mtok; its parts have the keys of COST_PARTS, in USD/Mtok. */
  readonly cost: Figure;
  readonly servingCost: Figure;
  readonly marginalCost: Figure;
  /** USD/h; parts as above, in USD/h. */
  readonly spendRate: Figure;
  /** What an average month costs at this rate, USD. */
  readonly monthSpend: Figure;
  /** Tokens per second in the asked basis. */
  readonly throughput: Figure;
  readonly power: Figure;
  readonly efficiency: Figure;
  readonly idleSpendRate: Figure;
  readonly idleShare: Figure;
};

/** Columns over time. Null is a gap: nothing was heard in the bucket, or the figure has no value there. */
export type CostSeries = {
  readonly stepSeconds: number;
  readonly starts: readonly EpochMs[];
  /** USD/Mtok per part; parts add to `cost`. */
  readonly parts: { readonly [Part in CostPart]: readonly (number | null)[] };
  readonly cost: readonly (number | null)[];
  readonly spendPerHour: readonly (number | null)[];
  readonly idleSpendPerHour: readonly (number | null)[];
  readonly tokensPerSecond: readonly (number | null)[];
  readonly powerWatts: readonly (number | null)[];
  readonly tokensPerJoule: readonly (number | null)[];
  /** Observed share of the GPUs' time, 0 to 1. */
  readonly coverage: readonly number[];
  readonly events: readonly FleetEvent[];
};

export type BreakdownRow = {
  /** Value of the dimension; for rows that are not one: `free`, `down`, `unseen`, `unplaced` with `group` saying so. */
  readonly key: string;
  readonly label: string;
  /** `member` rows are values of the dimension; the others hold GPU time that belongs to none. */
  readonly group: 'member' | 'free' | 'down' | 'unseen' | 'unplaced';
  /** Mean number of GPUs over the window. */
  readonly gpus: number;
  readonly gpuSeconds: { readonly [State in GpuState]: number };
  readonly tokensPerSecond: number | null;
  /** Loaded cost of the row, USD/Mtok. */
  readonly cost: number | null;
  readonly servingCost: number | null;
  readonly marginalCost: number | null;
  /** Cost of the preceding window of equal length, for the change; null where unknown. */
  readonly costBefore: number | null;
  readonly tokensPerJoule: number | null;
  readonly powerWatts: number | null;
  /** Null where a GPU of the row has no price: a partial sum would read like the whole. */
  readonly idleUsdPerHour: number | null;
  readonly spendUsdPerHour: number | null;
  readonly spendUsd: number | null;
  readonly coverage: Coverage;
  /** Cost per bucket for the sparkline, empty when not asked for. */
  readonly history: readonly (number | null)[];
  /** Of a row that is no member, its figures with their working; a member's are asked for by its scope. */
  readonly figures: Readonly<Partial<Record<FigureName, Figure>>> | null;
};

/** Rows add to the total, column by column (spend, GPU seconds, idle), save unit costs and means. */
export type CostBreakdown = {
  readonly window: TimeRange;
  readonly rows: readonly BreakdownRow[];
  readonly total: BreakdownRow;
  /** Rows beyond the limit, already inside the total. */
  readonly omitted: number;
};

export type IdleWaste = {
  readonly window: TimeRange;
  /** GPU-hours by state; all states together are the GPU-hours of the scope. */
  readonly gpuHours: { readonly [State in GpuState]: number };
  readonly idleSpend: Figure;
  /** Nodes by idle spend, most first. */
  readonly nodes: readonly IdleNode[];
};

export type IdleNode = {
  readonly node: string | null;
  readonly idleGpuHours: number;
  /** Null where a GPU of the node has no price. */
  readonly idleUsd: number | null;
};

/** Every model that is served now: its engines, who counts its tokens, where they are, and what the operator said of it. */
export type Deployments = {
  readonly deployments: readonly DeploymentReport[];
  readonly topology: Topology;
  /** Whether `saveTopology` is possible: the sample fleet keeps nothing. */
  readonly canSave: boolean;
};

export type { CallScope } from './input-schema.ts';
export type { SourceDraft, SourceSettings, SourcesSettings, SourceTest } from './source-schema.ts';
export type { SourceHealth, SourceState, TargetHealth } from '#shared/model/source-health.ts';
export { FIGURE_NAMES, type FigureName };
