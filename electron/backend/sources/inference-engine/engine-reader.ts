import {
  ENGINE_COUNTERS,
  LATENCY_MEASURES,
  type CumulativeHistogram,
  type EngineSample,
  type LatencyMeasure,
} from '#shared/model/sample.ts';
import { epochMs, type EpochMs } from '#shared/time/instant.ts';
import type { Series } from '../prometheus/series.ts';
import { measured, type ProblemList, type SeriesValues } from '../read-value.ts';
import type { EnginePlan, HistogramPlan } from './engine-plan.ts';
import { targetSeries } from './engine-series.ts';
import { enginesOfTarget } from './engines-of-target.ts';

/**
 * Finds the inference engines in a list of series, once per layout, and gives a function that reads their samples. One
 * engine is one model at one address; its data-parallel ranks are added, fractions averaged.
 */
export function createEngineReader(
  series: readonly Series[],
  targetLabels: Readonly<Record<string, string>>,
  address: string,
): (values: SeriesValues, problems: ProblemList) => EngineSample[] {
  const { plans, unread } = enginesOfTarget(targetSeries(series, targetLabels), address);
  return (values, problems) => {
    for (const problem of unread) problems.add(problem);
    return plans.filter((plan) => isPresent(plan, values)).map((plan) => engineSample(plan, values, problems));
  };
}

/** A server's series outlive the engine behind them: without a value of its own in this scrape, it was not in it. */
function isPresent(plan: EnginePlan, values: SeriesValues): boolean {
  return plan.evidence.some((index) => values(index) !== undefined);
}

function engineSample(plan: EnginePlan, values: SeriesValues, problems: ProblemList): EngineSample {
  const total = (indexes: readonly number[], name: string): number | null => {
    let sum: number | null = null;
    for (const index of indexes) {
      const value = measured(values(index), `${name} of ${plan.described.engine}`, problems);
      // One rank held out makes the sum of all ranks unknown, not smaller.
      if (value === null) return null;
      sum = (sum ?? 0) + value;
    }
    return sum;
  };
  const mean = (indexes: readonly number[], name: string): number | null => {
    const sum = total(indexes, name);
    return sum === null ? null : sum / indexes.length;
  };
  const awake = mean(plan.awake, 'sleep state');
  return {
    ...plan.described,
    startedAt: startOf(plan, values),
    version: plan.version,
    versionEvidence: plan.version === null ? null : 'metric-names',
    counters: Object.fromEntries(
      ENGINE_COUNTERS.map((counter) => [counter, total(plan.counters[counter], counter)]),
    ) as EngineSample['counters'],
    requestsRunning: total(plan.running, 'running requests'),
    requestsWaiting: total(plan.waiting, 'waiting requests'),
    kvCacheUsage: mean(plan.kvCache, 'KV cache usage'),
    sleeping: awake === null ? null : Math.max(0, 1 - awake),
    latencies: Object.fromEntries(
      LATENCY_MEASURES.map((measure) => [measure, histogramOf(plan.latencies[measure], total, measure)]),
    ) as EngineSample['latencies'],
  };
}

function startOf(plan: EnginePlan, values: SeriesValues): EpochMs | null {
  const seconds = plan.startTime === null ? undefined : values(plan.startTime);
  return seconds === undefined || !Number.isFinite(seconds) || seconds <= 0
    ? null
    : epochMs(Math.round(seconds * 1000));
}

function histogramOf(
  plan: HistogramPlan | null,
  total: (indexes: readonly number[], name: string) => number | null,
  measure: LatencyMeasure,
): CumulativeHistogram | null {
  if (plan === null) return null;
  const counts = plan.buckets.map((indexes) => total(indexes, `${measure} bucket`));
  const sum = total(plan.sums, `${measure} sum`);
  const count = total(plan.counts, `${measure} count`);
  if (sum === null || count === null || counts.includes(null)) return null;
  return {
    bounds: plan.bounds,
    counts: counts.map((value) => value ?? 0),
    sumSeconds: sum / plan.unitsPerSecond,
    count,
  };
}
