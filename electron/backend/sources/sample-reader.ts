import type { MeterMapping } from '#shared/model/power-boundary.ts';
import type { EngineSample, GpuSample, MeterSample, PodSample, SampleProblem } from '#shared/model/sample.ts';
import type { EpochMs } from '#shared/time/instant.ts';
import { createGpuReader } from './gpu-exporters/gpu-reader.ts';
import { GPU_METRICS } from './gpu-exporters/gpu-tables.ts';
import { METER_METRICS } from './host-power/meter-metrics.ts';
import { createMeterReader } from './host-power/meter-reader.ts';
import { createEngineReader } from './inference-engine/engine-reader.ts';
import { createdOf, UPTIME } from './inference-engine/engine-plan.ts';
import { metricsOf, tokenMetricsOf } from './inference-engine/engine-table.ts';
import { ENGINE_TABLES } from './inference-engine/engine-tables.ts';
import { POD_METRICS, podsOf } from './kubernetes/pod-reader.ts';
import { REPEATER_MARKS } from './inference-engine/repeaters.ts';
import type { Series } from './prometheus/series.ts';
import { createProblemList, type SeriesValues } from './read-value.ts';

export type ReadSamples = {
  readonly gpus: readonly GpuSample[];
  readonly engines: readonly EngineSample[];
  readonly meters: readonly MeterSample[];
  readonly pods: readonly PodSample[];
  readonly problems: readonly SampleProblem[];
};

/**
 * Reads the GPUs, engines and power meters behind one target from the values of its series. `at`: when they were taken;
 * what is told as an age is unknown without it.
 */
export type SampleReader = (series: readonly Series[], values: SeriesValues, at?: EpochMs) => ReadSamples;

/**
 * A reader for one target. What a list of series means is worked out once and kept as long as the very same list comes
 * again: the exposition reader returns the same array while a target's layout holds, so a repeat poll only reads values.
 */
export function createSampleReader(
  targetLabels: Readonly<Record<string, string>>,
  address: string,
  mappings: readonly MeterMapping[] = [],
  tenantLabel: string | null = null,
): SampleReader {
  // An exporter started with --no-hostname names no machine: its own address then does.
  const gpuLabels = { instance: address, ...targetLabels };
  const meterOptions = { targetLabels: gpuLabels, address, mappings };
  let known: readonly Series[] | null = null;
  let readGpus = createGpuReader([], gpuLabels);
  let readMeters = createMeterReader([], meterOptions);
  const engineOptions = { targetLabels, address, tenantLabel };
  let readEngines = createEngineReader([], engineOptions);
  let pods: readonly PodSample[] = [];
  return (series, values, at) => {
    if (series !== known) {
      readGpus = createGpuReader(series, gpuLabels);
      readMeters = createMeterReader(series, meterOptions);
      readEngines = createEngineReader(series, engineOptions);
      pods = podsOf(series.filter(({ name }) => isPodMetric(name)).map(({ labels }) => labels));
      known = series;
    }
    const problems = createProblemList();
    return {
      gpus: readGpus(values, problems),
      engines: readEngines(values, problems, at ?? null),
      meters: readMeters(values, problems),
      pods,
      problems: problems.all(),
    };
  };
}

function isPodMetric(name: string): boolean {
  return POD_METRICS.some((metric) => metric === name);
}

/** Names of all metrics that readers look at: what to ask a Prometheus server for. */
export function metricNamesRead(mappings: readonly MeterMapping[] = []): readonly string[] {
  const names = new Set<string>(['process_start_time_seconds', UPTIME, ...GPU_METRICS]);
  for (const name of REPEATER_MARKS) names.add(name);
  for (const name of meterNames(mappings)) names.add(name);
  for (const table of ENGINE_TABLES) {
    const counters = [...Object.values(table.counters), table.transferredTokens].flat();
    const readings = [...counters, ...Object.values(table.gauges), table.requires].flat();
    for (const name of readings.flatMap(metricsOf)) names.add(name);
    for (const name of tokenMetricsOf(table)) names.add(createdOf(name));
    for (const name of Object.values(table.crossChecks)) names.add(name);
    for (const told of [table.gpuCount, table.gpuUuids]) if (told !== null) names.add(told.metric);
    for (const reading of Object.values(table.latencies).flat()) {
      const family = typeof reading === 'string' ? reading : reading.family;
      for (const suffix of ['_bucket', '_sum', '_count']) names.add(family + suffix);
    }
    for (const { metric } of [...table.fingerprints, ...table.settings]) names.add(metric);
  }
  return [...names];
}

/** Not the names of hwmon sensors: dozens of series of every node, and of no use with any node_exporter released so far. */
function meterNames(mappings: readonly MeterMapping[]): string[] {
  const standard = METER_METRICS.flatMap(({ names, contradictedBy }) => [...names, contradictedBy ?? []].flat());
  return [...standard, ...mappings.map(({ metric }) => metric)];
}
