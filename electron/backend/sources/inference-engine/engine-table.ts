import type { EngineKind, EngineRole } from '#shared/model/inference-engine.ts';
import type { EngineCounter, LatencyMeasure } from '#shared/model/sample.ts';

/**
 * What one kind of engine calls things. Each reading lists its metric names, preferred first: the first one that a target
 * exports is used, so an old and a new name in one scrape are never added. A renamed metric is one more name here.
 */
export type EngineTable = {
  readonly kind: EngineKind;
  /** The oldest and the newest release whose names were read. A newer one may have renamed some: that is said. */
  readonly releases: { readonly from: string; readonly to: string | null };
  /** Labels that name the model, preferred first. Where none is there, the model is unnamed until the engine tells it. */
  readonly modelLabels: readonly string[];
  /** What its own metric names begin with: they show the engine even where none of its token counters is known. */
  readonly traces: readonly string[];
  /** Metrics that must be there too, where the names of the counters alone could be another engine's. */
  readonly requires: readonly string[];
  /** Its series may repeat the tokens of another engine at the same address: it is read only where no other is. */
  readonly onlyAlone: boolean;
  /** Labels whose series repeat each other, with the value that holds the whole; series without the label count too. */
  readonly wholes: Readonly<Record<string, string>>;
  /** Models that are steps around another model of the same address, and count its requests again. */
  readonly steps: readonly string[];
  /** Labels that tell the side of requests that a series is about, and their values for each. */
  readonly roles: readonly RoleLabel[];
  /** An info series whose label holds the number of GPUs, and series whose label names each GPU. */
  readonly gpuCount: LabelOf | null;
  readonly gpuUuids: LabelOf | null;
  /** Info series whose labels tell what the engine was launched with. */
  readonly settings: readonly SettingsSeries[];
  /** Counters as on the wire. Series of one model (data-parallel ranks) are added. */
  readonly counters: { readonly [Counter in EngineCounter]?: readonly CounterName[] };
  /** Input tokens that came over from elsewhere: part of the input tokens. */
  readonly transferredTokens: readonly CounterName[];
  /** Sums over finished requests that must not contradict a token counter: the counter is what is read. */
  readonly crossChecks: { readonly [Counter in 'inputTokens' | 'outputTokens']?: string };
  readonly gauges: {
    readonly requestsRunning: readonly SeriesName[];
    readonly requestsWaiting: readonly SeriesName[];
    /** 0 to 1, averaged over ranks. */
    readonly kvCacheUsage: readonly SeriesName[];
    /** 1 while a rank is awake, 0 while it sleeps. */
    readonly awake?: readonly SeriesName[];
  };
  /** Histogram families. */
  readonly latencies: { readonly [Measure in LatencyMeasure]: readonly FamilyName[] };
  readonly document: EngineDocument | null;
  /**
   * Metric names that appear only from some release on: the newest that matches is a lower bound of the version. Only
   * names that stand from the start of a process: one that waits for the first request would look like an update.
   */
  readonly fingerprints: readonly Fingerprint[];
};

/**
 * A metric, or those of its series whose labels have, or have not, one of the values. A label left out is ''. `isGauge`:
 * it only rises, as a counter does, though its exporter says that it is a gauge.
 */
export type SeriesName =
  | string
  | { readonly name: string; readonly where?: LabelValues; readonly unless?: LabelValues; readonly isGauge?: true };

/** With a label: a series of the metric must have it. */
export type Fingerprint = { readonly metric: string; readonly label?: string; readonly atLeast: string };

/** Names of settings by the labels of a metric that hold them: see shared/model/engine-settings.ts. */
export type SettingsSeries = { readonly metric: string; readonly labels: Readonly<Record<string, string>> };

export type LabelOf = { readonly metric: string; readonly label: string };
export type RoleLabel = {
  readonly label: string;
  readonly values: { readonly [Role in EngineRole]: readonly string[] };
};

type LabelValues = Readonly<Record<string, readonly string[]>>;

/** A counter, or several that add up to one. */
export type CounterName = SeriesName | { readonly sumOf: readonly SeriesName[] };

/** A histogram family in seconds, or one in a smaller unit. */
export type FamilyName = string | { readonly family: string; readonly unitsPerSecond: number };

/**
 * JSON that an engine serves beside its metrics, and where its version and, if its series name none, its model stand in
 * it. Paths are tried in order.
 */
export type EngineDocument = {
  readonly paths: readonly string[];
  readonly version: readonly string[];
  /** Fields that may name the model, preferred first. */
  readonly models: readonly (readonly string[])[];
  /** The GPUs of its machine that the engine uses, by the sizes it tells. */
  readonly gpuCount?: (document: unknown) => number | null;
  /** Where it tells whether the engine sleeps: asked at every poll. */
  readonly sleeping?: readonly string[];
  /** Names of settings by the fields at the top of the document that hold them. */
  readonly settings?: Readonly<Record<string, string>>;
};

/** A worker of Dynamo is labelled with its component: `backend` is a decode worker, or one that does both. */
export const DYNAMO_ROLE: RoleLabel = {
  label: 'dynamo_component',
  values: { prefill: ['prefill'], decode: ['decode'] },
};

/** What most engines are: on their own, with names of their own. */
export const ORDINARY = {
  requires: [],
  onlyAlone: false,
  wholes: {},
  steps: [],
  roles: [DYNAMO_ROLE],
  gpuCount: null,
  gpuUuids: null,
  settings: [],
  transferredTokens: [],
  crossChecks: {},
  fingerprints: [],
} as const;

/** The metrics that a reading looks at. */
export function metricsOf(name: CounterName): readonly string[] {
  if (typeof name === 'string') return [name];
  return 'sumOf' in name ? name.sumOf.flatMap(metricsOf) : [name.name];
}

/** The token counters of an engine: what shows that it is there and can be priced. */
export function tokenMetricsOf({ counters }: EngineTable): readonly string[] {
  return [...(counters.inputTokens ?? []), ...(counters.outputTokens ?? [])].flatMap(metricsOf);
}

/** The inferred version of a release, as its own metric names would give it: `≥ 0.11.1` for 0.12.0. */
export function fingerprintOfVersion(table: EngineTable, version: string): string | null {
  const match = table.fingerprints.find(({ atLeast }) => compareVersions(version, atLeast) >= 0);
  return match === undefined ? null : `≥ ${match.atLeast}`;
}

/** Why a told version is beyond what a table knows, as a sentence; null where it is not, or cannot be compared. */
export function newerThanKnown({ kind, releases }: EngineTable, version: string): string | null {
  const { from, to } = releases;
  const told = version.replace(/^v/, '');
  if (to === null || !/^\d+\.\d/.test(told)) return null;
  // 0.27.3 is not beyond 0.27: only the parts that the newest known release names are compared.
  const parts = to.split('.').length;
  const known = numbersOf(to).slice(0, parts);
  const cut = numbersOf(told).slice(0, parts);
  if (compareVersions(cut.join('.'), known.join('.')) <= 0) return null;
  return `${kind} ${told} is newer than the releases whose metrics are known (${from} to ${to}): what it renamed is missing here, and not zero.`;
}

function compareVersions(one: string, other: string): number {
  const [left, right] = [numbersOf(one), numbersOf(other)];
  const at = left.findIndex((number, index) => number !== right[index]);
  return at === -1 ? 0 : (left[at] ?? 0) - (right[at] ?? 0);
}

/** Major, minor and patch number; what is missing counts as 0, suffixes such as `.dev3+g1a2b` are left out. */
function numbersOf(version: string): number[] {
  const [major, minor, patch] = version.split(/[.+-]/).map((part) => Number.parseInt(part, 10) || 0);
  return [major ?? 0, minor ?? 0, patch ?? 0];
}
