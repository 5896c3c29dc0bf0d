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

type EngineReaderOptions = {
  readonly targetLabels: Readonly<Record<string, string>>;
  readonly address: string;
  /** The label that names whom an engine serves; null: its namespace. */
  readonly tenantLabel: string | null;
};

/**
 * Finds the inference engines in a list of series, once per layout, and gives a function that reads their samples. One
 * engine is one model at one address; its data-parallel ranks are added, fractions averaged.
 */
export function createEngineReader(
  series: readonly Series[],
  { targetLabels, address, tenantLabel }: EngineReaderOptions,
): (values: SeriesValues, problems: ProblemList, at: EpochMs | null) => EngineSample[] {
  const { plans, notices } = enginesOfTarget(targetSeries(series, targetLabels, tenantLabel), address);
  const starts = new Map<EnginePlan, KnownStart>();
  return (values, problems, at) => {
    for (const problem of notices) problems.add(problem);
    const present = plans.filter((plan) => isPresent(plan, values));
    return present.map((plan) => ({
      ...engineSample(plan, values, problems),
      startedAt: startOf(plan, values) ?? startByUptime(plan, values, at, starts),
    }));
  };
}

/** A server's series outlive the engine behind them: without a value of its own in this scrape, it was not in it. */
function isPresent(plan: EnginePlan, values: SeriesValues): boolean {
  return plan.evidence.some((index) => values(index) !== undefined);
}

function engineSample(plan: EnginePlan, values: SeriesValues, problems: ProblemList): Omit<EngineSample, 'startedAt'> {
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
  for (const check of plan.crossChecks) checkAgainst(check, plan, values, problems);
  const awake = mean(plan.awake, 'sleep state');
  return {
    ...plan.described,
    pids: [],
    image: null,
    version: plan.version,
    versionEvidence: plan.version === null ? null : 'metric-names',
    counters: Object.fromEntries(
      ENGINE_COUNTERS.map((counter) => [counter, total(plan.counters[counter], counter)]),
    ) as EngineSample['counters'],
    transferredTokens: total(plan.transferred, 'transferred tokens'),
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
  const told = plan.startTimes.flatMap((index) => values(index) ?? []);
  const seconds = told.filter((start) => Number.isFinite(start) && start > 0);
  return seconds.length === 0 ? null : epochMs(Math.round(Math.min(...seconds) * 1000));
}

/** Answers take their time and clocks are set: a start that is reckoned from the uptime may be off by this much. */
const UPTIME_JITTER_MS = 60_000;

type KnownStart = { readonly start: EpochMs; readonly uptime: number };

/** The start by the uptime: the one reckoned first, as long as the uptime goes on rising. */
function startByUptime(
  plan: EnginePlan,
  values: SeriesValues,
  at: EpochMs | null,
  starts: Map<EnginePlan, KnownStart>,
): EpochMs | null {
  const uptime = plan.uptimes.map((index) => values(index))[0];
  if (at === null || uptime === undefined || !Number.isFinite(uptime) || uptime < 0) return null;
  const reckoned = epochMs(Math.round(at - uptime * 1000));
  const known = starts.get(plan);
  const goesOn = known !== undefined && uptime >= known.uptime && Math.abs(reckoned - known.start) <= UPTIME_JITTER_MS;
  const start = goesOn ? known.start : reckoned;
  starts.set(plan, { start, uptime });
  return start;
}

/** Below this the requests that are still running explain everything; and no request is longer than that. */
const CHECKED_TOKENS_MIN = 100_000;
const REQUEST_TOKENS_MAX = 131_072;
const ROUNDING_SHARE_MAX = 0.01;

/**
 * What an engine counts while it works and what it sums at the end of requests must tell of the same tokens. A difference
 * is said and changes nothing: the counter stays the one source. Source: fault M16.
 */
function checkAgainst(
  { counter, sums }: EnginePlan['crossChecks'][number],
  plan: EnginePlan,
  values: SeriesValues,
  problems: ProblemList,
): void {
  const sumOf = (indexes: readonly number[]): number =>
    indexes.reduce((total, index) => total + (values(index) ?? Number.NaN), 0);
  const counted = sumOf(plan.counters[counter]);
  const finished = sumOf(sums);
  const running = plan.running.length === 0 ? Number.NaN : sumOf(plan.running);
  const isMore = finished >= CHECKED_TOKENS_MIN && finished > counted * (1 + ROUNDING_SHARE_MAX);
  const isTwice = counted >= 2 * finished && counted - finished > (running + 1) * REQUEST_TOKENS_MAX;
  if (!isMore && !isTwice) return;
  const what = counter === 'inputTokens' ? 'input' : 'output';
  const message = `${plan.described.engine} counts ${counted} ${what} tokens, but its finished requests add up to ${finished}: the counter is read.`;
  problems.add({ kind: 'disagrees', message });
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
