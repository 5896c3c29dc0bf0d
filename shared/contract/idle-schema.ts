import { z } from 'zod';
import type { Figure } from '#shared/model/figure.ts';
import type { GpuState } from '#shared/model/gpu-state.ts';
import type { EngineRole } from '#shared/model/inference-engine.ts';
import type { Schedule } from '#shared/model/idle-schedule.ts';
import type { EpochMs } from '#shared/time/instant.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import { name, scope, window, zone } from './input-schema.ts';

/** What is asked of idle capacity: the window, and the zone whose clock names the hours of the week. */
export const idleCapacityInput = z.strictObject({
  window,
  scope,
  zone: zone.default('UTC'),
  nodesMax: z.number().int().min(1).max(10_000).default(200),
});

/** What the operator did with a suggestion. `open` takes a mark back. */
export const SUGGESTION_MARKS = ['done', 'dismissed', 'open'] as const;

/** The suggestion is looked up once more in the window it was shown for, so that what is kept is what was true. */
export const markSuggestionInput = z.strictObject({
  id: name,
  mark: z.enum(SUGGESTION_MARKS),
  window,
  scope,
  zone: zone.default('UTC'),
});

/** Idle capacity of a scope: what it cost, how much of it could be given back, what cannot be used, what to do. */
export type IdleCapacity = {
  readonly window: TimeRange;
  readonly zone: string;
  /** Cost of loaded-idle and unallocated GPUs, USD; parts by state. */
  readonly waste: Figure;
  /** Facility energy of them, kWh. */
  readonly wasteEnergy: Figure;
  /** All states: GPU-hours add to those of the scope, costs to its spend. */
  readonly states: readonly IdleState[];
  /** Pools, nodes and hours of the week, each adding to the waste. */
  readonly pools: readonly IdlePlace[];
  readonly nodes: readonly IdlePlace[];
  /** Nodes beyond the limit, added up; null for none. */
  readonly otherNodes:
    | (IdleAmounts & { readonly nodes: number; readonly cost: Figure; readonly energy: Figure })
    | null;
  readonly hoursOfWeek: readonly IdleHourOfWeek[];
  readonly recoverable: Recoverable;
  readonly stranded: Stranded;
  readonly suggestions: readonly Suggestion[];
  /** Why there are fewer suggestions than there may be, such as too few days seen; null for no reason. */
  readonly suggestionsNote: string | null;
  readonly marks: readonly SuggestionMark[];
};

/** GPU time, money and energy of some GPUs. Money is null where a GPU has no price, energy where nothing measured it. */
export type IdleAmounts = {
  readonly gpuHours: number;
  readonly usd: number | null;
  readonly kilowattHours: number | null;
};

/** `cost` and `energy` are the amounts with their working: USD, and J at the facility. */
export type IdleState = IdleAmounts & {
  readonly state: GpuState;
  readonly isWaste: boolean;
  readonly cost: Figure;
  readonly energy: Figure;
};

/** Idle time and cost of a pool or node, with all of its GPU time. */
export type IdlePlace = IdleAmounts & {
  readonly pool: string | null;
  /** Null in a row of a whole pool, and for a GPU whose node nobody names. */
  readonly node: string | null;
  readonly allGpuHours: number;
};

/** Idle time and cost of one hour of the week by the zone's clock. */
export type IdleHourOfWeek = IdleAmounts & {
  /** 0 Monday to 6 Sunday. */
  readonly weekday: number;
  readonly hour: number;
  /** All GPU time of the hour; 0 where the window holds no such hour. */
  readonly allGpuHours: number;
  /** How often the hour is in the window. */
  readonly times: number;
  /** What the cost is made of: GPU time at the mean rate of these GPUs, energy at its mean price. Null: not known. */
  readonly gpuTime: IdleCostPart | null;
  readonly energy: IdleCostPart | null;
};

/** USD, and USD per GPU-hour or kWh; the price is null where there is nothing to divide by. */
export type IdleCostPart = { readonly usd: number; readonly price: number | null };

/** GPU-hours of a deployment's replicas. All but `provisioned` add to it. */
export type DividedGpuHours = {
  readonly provisioned: number;
  readonly load: number;
  readonly headroom: number;
  readonly tooShort: number;
  readonly transition: number;
  readonly recoverable: number;
  readonly unobserved: number;
};

export type Recoverable = {
  /** Whole steps within the asked window. */
  readonly window: TimeRange;
  readonly stepSeconds: number;
  /** Deployments and free GPUs together: an opportunity, USD. */
  readonly value: Figure;
  readonly perHour: Figure;
  /** An average month of it, USD. */
  readonly perMonth: Figure;
  /** The part that is cash: energy, and rent that can be given back, USD. */
  readonly cash: Figure;
  /** What the headroom of all deployments cost: protection, not waste, USD. */
  readonly headroom: Figure;
  readonly deployments: readonly DeploymentCapacity[];
  readonly free: readonly FreeGpus[];
  readonly notes: readonly string[];
};

/** Engines that serve one model on one product in one pool, in one role: replicas of each other. */
export type Deployment = {
  readonly key: string;
  readonly model: string;
  readonly pool: string | null;
  readonly sku: string;
  readonly role: EngineRole | null;
};

export type DeploymentCapacity = Deployment & {
  /** Mean replicas of the window. */
  readonly replicas: number;
  readonly gpusPerReplica: number;
  readonly hours: DividedGpuHours;
  /** What the recoverable hours cost, what the headroom cost, what is neither needed nor recoverable, USD. */
  readonly recoverable: Figure;
  readonly headroom: Figure;
  readonly unrecoverable: Figure;
  /** Cash of the recoverable hours, USD. */
  readonly cash: Figure;
  /** load / provisioned. */
  readonly utilisation: number | null;
  /** Hours in which more was needed than there was: a warning. */
  readonly deficitHours: number;
  readonly sensitivity: readonly Sensitivity[];
  /** Why nothing can be said of it; null where something is. */
  readonly missing: string | null;
};

export type Sensitivity = {
  readonly headroom: number;
  readonly gpuHours: number;
  /** What could be given back at this headroom, USD. */
  readonly value: Figure;
  readonly deficitHours: number;
};

/** GPUs of a pool and product that nothing was bound to. The parts add to `gpuHours`. */
export type FreeGpus = {
  readonly pool: string | null;
  readonly sku: string;
  readonly gpuHours: number;
  readonly recoverableGpuHours: number;
  readonly tooShortGpuHours: number;
  readonly fragmentGpuHours: number;
  readonly recoverable: Figure;
};

export const STRANDED_CAUSES = ['unhealthy', 'capped', 'fragments'] as const;

export type StrandedCause = (typeof STRANDED_CAUSES)[number];

export type Stranded = {
  /** Parts by cause, USD. */
  readonly value: Figure;
  readonly rows: readonly StrandedRow[];
};

export type StrandedRow = {
  readonly cause: StrandedCause;
  readonly pool: string | null;
  /** Null for fragments, which are those of a pool. */
  readonly node: string | null;
  readonly sku: string;
  readonly gpuHours: number;
  readonly usd: number | null;
  readonly cost: Figure;
  /** What it was, such as `clock 12.4 % under that of serving`. */
  readonly because: string;
};

/** Something that could be given back by a schedule. Keeps its id while the deployment and the kind of schedule stay. */
export type Suggestion = {
  readonly id: string;
  readonly kind: 'replicas' | 'free';
  readonly deployment: Deployment | null;
  readonly pool: string | null;
  readonly sku: string;
  /** In a sentence: `3 of 12 nodes, weekdays 22:00 to 07:00`. */
  readonly title: string;
  readonly schedule: Schedule;
  readonly fromHour: number;
  readonly toHour: number;
  readonly zone: string;
  readonly replicas: number | null;
  readonly gpus: number;
  readonly usdPerMonth: Figure;
  /** Days on which it held. */
  readonly days: number;
  readonly assumptions: readonly string[];
};

/** A suggestion that the operator marked, as it was then, and what came of it. */
export type SuggestionMark = {
  readonly mark: 'done' | 'dismissed';
  readonly at: EpochMs;
  readonly suggestion: MarkedSuggestion;
  /** What it was worth a month when it was marked, USD. */
  readonly worth: Figure;
  /** Null for one that was dismissed, and until something was seen since. */
  readonly outcome: SuggestionOutcome | null;
};

/** What is kept of a suggestion when it is marked. */
export type MarkedSuggestion = Pick<
  Suggestion,
  'id' | 'kind' | 'deployment' | 'pool' | 'sku' | 'title' | 'schedule' | 'fromHour' | 'toHour' | 'zone' | 'gpus'
> & { readonly usdPerMonth: number | null };

/** GPUs in the hours of the schedule, before the mark and since. */
export type SuggestionOutcome = {
  readonly since: TimeRange;
  readonly gpusBefore: number;
  readonly gpusAfter: number;
  /** GPU-hours since the mark that are gone, and what they would have cost, USD. */
  readonly gpuHours: number;
  readonly saved: Figure;
  /** In a sentence: whether they really went. */
  readonly verdict: string;
};
