import {
  ENGINE_COUNTERS,
  LATENCY_MEASURES,
  type EngineCounter,
  type EngineSample,
  type LatencyMeasure,
} from '#shared/model/sample.ts';
import { settingsText } from '#shared/model/engine-settings.ts';
import type { EngineRole } from '#shared/model/inference-engine.ts';
import { hostOf, locationOf, type Labels } from '../label-reader.ts';
import { modelAt, modelSeries, type ModelSeries, type TargetSeries } from './engine-series.ts';
import { metricsOf, tokenMetricsOf, type EngineTable, type FamilyName, type LabelOf } from './engine-table.ts';
import { unnamedModel } from './unnamed-model.ts';

/** Which series hold what of one engine: worked out once for a list of series. */
export type EnginePlan = {
  readonly described: Pick<
    EngineSample,
    | 'engine'
    | 'kind'
    | 'model'
    | 'address'
    | 'pod'
    | 'namespace'
    | 'tenant'
    | 'site'
    | 'rack'
    | 'pool'
    | 'node'
    | 'role'
    | 'gpuCount'
    | 'gpuUuids'
    | 'settings'
  >;
  /** Series of which a scrape must hold one for the engine to be in it. */
  readonly evidence: readonly number[];
  readonly hasTokens: boolean;
  /** Series with the start of the process, in Unix seconds; several start times are those of its counters. */
  readonly startTimes: readonly number[];
  /** Series with the seconds since the start of the process, where no start time is told. */
  readonly uptimes: readonly number[];
  readonly counters: { readonly [Counter in EngineCounter]: readonly number[] };
  readonly transferred: readonly number[];
  /** Series whose sums over finished requests must not contradict a counter. */
  readonly crossChecks: readonly { readonly counter: EngineCounter; readonly sums: readonly number[] }[];
  readonly running: readonly number[];
  readonly waiting: readonly number[];
  readonly kvCache: readonly number[];
  readonly awake: readonly number[];
  readonly latencies: { readonly [Measure in LatencyMeasure]: HistogramPlan | null };
  readonly version: string | null;
};

export type HistogramPlan = {
  /** Seconds. */
  readonly bounds: readonly number[];
  /** For each bound, the bucket series of all ranks. */
  readonly buckets: readonly (readonly number[])[];
  readonly sums: readonly number[];
  readonly counts: readonly number[];
  readonly unitsPerSecond: number;
};

const START_TIME = 'process_start_time_seconds';

/** A worker of Dynamo, whose engine's registry tells no start. Source: engine reference, section 7. */
export const UPTIME = 'dynamo_component_uptime_seconds';

/**
 * The engines of one table in a target: one per model. A labelled counter has no series before its first request, so an
 * engine that only tells how many requests run is there as well, with no tokens.
 */
export function enginePlans(table: EngineTable, target: TargetSeries, address: string): EnginePlan[] {
  const tokens = tokenMetricsOf(table).flatMap(target.ofMetric).filter(target.mayCount);
  const running = table.gauges.requestsRunning.flatMap(metricsOf).flatMap(target.ofMetric);
  const isToken = new Set(tokens);
  const models = Map.groupBy([...tokens, ...running], (index) => modelAt(table, target.labelsAt(index)));
  return withoutSteps(table, [...models]).map(([model, evidence]) => ({
    described: {
      ...describe(table, model, target.labelsAt(evidence[0] ?? 0), address),
      tenant: tenantOf(target.labelsAt(evidence[0] ?? 0), target.tenantLabel),
      ...placeTold(table, target),
      settings: settingsTold(table, target, model),
    },
    evidence,
    hasTokens: evidence.some((index) => isToken.has(index)),
    startTimes: startTimesOf(table, target),
    uptimes: target.ofMetric(UPTIME).slice(0, 1),
    ...readingsOf(table, modelSeries(table, target, model)),
    version: versionAtLeast(table, target),
  }));
}

/** The start of the process, or else that of its counters, which a Python server of one process tells. */
function startTimesOf(table: EngineTable, target: TargetSeries): readonly number[] {
  const ofProcess = target.ofMetric(START_TIME).slice(0, 1);
  return ofProcess.length > 0 ? ofProcess : tokenMetricsOf(table).map(createdOf).flatMap(target.ofMetric);
}

/** The gauge beside a counter that holds when the counter began. */
export function createdOf(counter: string): string {
  return `${counter.replace(/_(total|sum)$/, '')}_created`;
}

/** What an engine's own series say of the GPUs it uses. */
function placeTold(table: EngineTable, target: TargetSeries): Pick<EnginePlan['described'], 'gpuCount' | 'gpuUuids'> {
  const labelsOf = (told: LabelOf | null): readonly string[] =>
    told === null ? [] : target.ofMetric(told.metric).flatMap((index) => target.labelsAt(index)(told.label) ?? []);
  const count = Number(labelsOf(table.gpuCount)[0]);
  const gpuUuids = [...new Set(labelsOf(table.gpuUuids))];
  return { gpuCount: Number.isInteger(count) && count > 0 ? count : null, gpuUuids };
}

/** Launch settings by the labels of info series. Ranks that differ are told side by side. */
function settingsTold(table: EngineTable, target: TargetSeries, model: string | null): string | null {
  const told = table.settings.flatMap(({ metric, labels }) => {
    const own = target
      .ofMetric(metric)
      .map(target.labelsAt)
      .filter((labelsOf) => isOfModel(table, labelsOf, model));
    return Object.entries(labels).flatMap(([label, name]) => {
      const values = [...new Set(own.flatMap((labelsOf) => labelsOf(label) ?? []))];
      return values.length === 0 ? [] : [[name, values.toSorted().join(', ')] as const];
    });
  });
  return settingsText(Object.fromEntries(told));
}

function isOfModel(table: EngineTable, labels: Labels, model: string | null): boolean {
  const named = modelAt(table, labels);
  return named === null || model === null || named === model;
}

type OfModel = readonly [model: string | null, evidence: number[]];

/** Every step of a pipeline counts the same requests: one model stands for all, the engine's own if it is there. */
function withoutSteps(table: EngineTable, models: readonly OfModel[]): readonly OfModel[] {
  const engines = models.filter(([model]) => model === null || !table.steps.includes(model));
  return engines.length > 0 ? engines : models.slice(0, 1);
}

/** An engine without a model in its labels is its address, so that it stays the same once its model is known. */
function describe(
  table: EngineTable,
  model: string | null,
  labels: Labels,
  address: string,
): Omit<EnginePlan['described'], 'gpuCount' | 'gpuUuids' | 'tenant' | 'settings'> {
  const pod = labels('exported_pod') ?? labels('pod');
  const at = pod ?? labels('instance') ?? address;
  const location = locationOf(labels);
  return {
    engine: model === null ? at : `${at}/${model}`,
    kind: table.kind,
    model: model ?? unnamedModel(at),
    address: addressOf(labels('instance') ?? address),
    role: roleOf(table, labels),
    pod,
    namespace: namespaceOf(labels),
    ...location,
    // An engine's series never carry the exporter's Hostname: the target's node label, else its own address, places it.
    node: location.node ?? hostOf(address),
  };
}

function namespaceOf(labels: Labels): string | null {
  return labels('exported_namespace') ?? labels('namespace');
}

/** Whom an engine serves. Where the operator names a label, an engine without it serves nobody known: no mixture of both. */
function tenantOf(labels: Labels, tenantLabel: string | null): string | null {
  return tenantLabel === null ? namespaceOf(labels) : (labels(`exported_${tenantLabel}`) ?? labels(tenantLabel));
}

/** Host and port, in lower case; null where the name says nothing beyond the machine that uses it. */
function addressOf(instance: string): string | null {
  return hostOf(instance) === null ? null : instance.replace(/\/.*$/, '').toLowerCase();
}

function roleOf(table: EngineTable, labels: Labels): EngineRole | null {
  for (const { label, values } of table.roles) {
    const value = labels(label) ?? '';
    if (values.prefill.includes(value)) return 'prefill';
    if (values.decode.includes(value)) return 'decode';
  }
  return null;
}

type Readings = Omit<EnginePlan, 'described' | 'evidence' | 'hasTokens' | 'startTimes' | 'uptimes' | 'version'>;

function readingsOf(table: EngineTable, series: ModelSeries): Readings {
  const { counters, gauges, latencies, crossChecks } = table;
  const countersRead = ENGINE_COUNTERS.map((counter) => [counter, series.ofCounter(counters[counter] ?? [])]);
  const latenciesRead = LATENCY_MEASURES.map((measure) => [measure, latencyPlan(latencies[measure], series)]);
  return {
    counters: Object.fromEntries(countersRead) as EnginePlan['counters'],
    transferred: series.ofCounter(table.transferredTokens),
    crossChecks: (['inputTokens', 'outputTokens'] as const).flatMap((counter) => {
      const sums = series.ofMetric(crossChecks[counter] ?? '');
      return sums.length === 0 ? [] : [{ counter, sums }];
    }),
    running: series.ofGauge(gauges.requestsRunning),
    waiting: series.ofGauge(gauges.requestsWaiting),
    kvCache: series.ofGauge(gauges.kvCacheUsage),
    awake: series.ofGauge(gauges.awake ?? []),
    latencies: Object.fromEntries(latenciesRead) as EnginePlan['latencies'],
  };
}

function latencyPlan(names: readonly FamilyName[], series: ModelSeries): HistogramPlan | null {
  const families = names.map((name) => (typeof name === 'string' ? { family: name, unitsPerSecond: 1 } : name));
  const found = families.find(({ family }) => series.ofMetric(`${family}_bucket`).length > 0);
  return found === undefined ? null : histogramPlan(found, series);
}

/** Bounds are compared as numbers: Python writes `le="1.0"`, Rust and C++ `le="1"`. */
function histogramPlan(
  { family, unitsPerSecond }: Exclude<FamilyName, string>,
  { ofMetric, labelsAt }: ModelSeries,
): HistogramPlan {
  const boundOf = (index: number): number => {
    const text = labelsAt(index)('le') ?? 'NaN';
    return text === '+Inf' ? Infinity : Number(text) / unitsPerSecond;
  };
  const byBound = Map.groupBy(ofMetric(`${family}_bucket`), boundOf);
  const bounds = [...byBound.keys()].filter((bound) => !Number.isNaN(bound)).toSorted((one, other) => one - other);
  return {
    bounds,
    buckets: bounds.map((bound) => byBound.get(bound) ?? []),
    sums: ofMetric(`${family}_sum`),
    counts: ofMetric(`${family}_count`),
    unitsPerSecond,
  };
}

function versionAtLeast({ fingerprints }: EngineTable, target: TargetSeries): string | null {
  const match = fingerprints.find(({ metric, label }) => {
    const series = target.ofMetric(metric);
    return label === undefined ? series.length > 0 : series.some((index) => target.labelsAt(index)(label) !== null);
  });
  return match === undefined ? null : `≥ ${match.atLeast}`;
}
