import type { EngineFactSums } from '#shared/model/fact.ts';
import {
  ENGINE_COUNTERS,
  LATENCY_MEASURES,
  type CumulativeHistogram,
  type EngineCounter,
  type EngineSample,
  type LatencyMeasure,
} from '#shared/model/sample.ts';
import { counterChange, type ProcessEvidence } from './counter-difference.ts';
import type { Interval } from './interval.ts';
import { isFarFall } from './shared-address.ts';

/** The most tokens one GPU is believed to move, per second; a rise beyond ten times that over the time is held out. */
const TOKENS_PER_GPU_SECOND_MAX = 50_000;
const PLAUSIBLE_FACTOR = 10;

/** Counters that stood still may catch up in one step, but not for longer than one request lasts. */
const CATCH_UP_SECONDS_MAX = 15 * 60;

/** Requests per second and engine beyond this are not believed. */
const REQUESTS_PER_SECOND_MAX = 10_000;

export type LatencyChange = {
  readonly measure: LatencyMeasure;
  readonly upperBoundSeconds: number;
  readonly count: number;
};

export type EngineChange = {
  readonly sums: EngineFactSums;
  readonly latencies: readonly LatencyChange[];
  /** Histograms as counted so far: where the next change starts from. */
  readonly latencyLevels: EngineSample['latencies'];
  readonly restarted: boolean;
  /** Reasons for counters that were held out; their columns are null. */
  readonly heldOut: readonly string[];
};

export type ChangeInput = {
  readonly previous: EngineSample;
  readonly now: EngineSample;
  readonly interval: Interval;
  /** Whether both readings are of one process. */
  readonly evidence: ProcessEvidence;
  /** Whether the previous reading was free of held-out values: what it lacked was then not there, and not refused. */
  readonly previousWasWhole: boolean;
  readonly gpus: number;
  /** Seconds since the counters were last seen to move: a server that reports late catches up in one step. */
  readonly secondsSinceMove: number;
  /** False when the previous reading was rebuilt after a restart of ours and holds counters only. */
  readonly hasGauges: boolean;
};

/**
 * What an engine did between two readings. Over a gap, and without gauges, only counters speak, and only when the process
 * is proven to be the same or its start is known: otherwise null, and counting begins anew.
 */
export function engineChange(input: ChangeInput): EngineChange | null {
  const { previous, now, interval } = input;
  const isBridged = interval.kind === 'gap' || !input.hasGauges;
  if (isBridged && input.evidence === 'unknown') return null;
  const evidence = isProvenByFall(input) ? 'restarted' : input.evidence;
  const counters = counterChanges(input, evidence);
  const histograms = LATENCY_MEASURES.map((measure) => histogramChange(measure, input, evidence));
  const gauge = (read: (sample: EngineSample) => number | null): number | null => {
    const after = read(now);
    const before = read(previous);
    return isBridged || after === null || before === null ? null : ((after + before) / 2) * interval.seconds;
  };
  return {
    sums: {
      ...counters.amounts,
      observedSeconds: isBridged ? 0 : interval.seconds,
      bridgedSeconds: isBridged ? interval.seconds : null,
      restarts: evidence === 'restarted' || counters.reset ? 1 : 0,
      runningRequestSeconds: gauge((sample) => sample.requestsRunning),
      waitingRequestSeconds: gauge((sample) => sample.requestsWaiting),
      kvCacheUsageSeconds: gauge((sample) => sample.kvCacheUsage),
      sleepingSeconds: gauge((sample) => sample.sleeping),
      ...latencySums(histograms),
    },
    latencies: histograms.flatMap((histogram) => histogram?.bins ?? []),
    latencyLevels: Object.fromEntries(
      LATENCY_MEASURES.map((measure, index) => [measure, histograms[index]?.level ?? now.latencies[measure]]),
    ) as EngineSample['latencies'],
    restarted: evidence === 'restarted' || counters.reset,
    heldOut: counters.heldOut,
  };
}

/** One token counter that fell far proves a new process for all counters, also for those that did not fall. */
function isProvenByFall({ previous, now, evidence }: ChangeInput): boolean {
  return evidence === 'unknown' && isFarFall(previous, now);
}

type CounterAmounts = { readonly [Counter in EngineCounter]: number | null };

function counterChanges(
  input: ChangeInput,
  evidence: ProcessEvidence,
): { readonly amounts: CounterAmounts; readonly reset: boolean; readonly heldOut: readonly string[] } {
  const heldOut: string[] = [];
  let reset = false;
  const amounts = ENGINE_COUNTERS.map((counter) => {
    const now = input.now.counters[counter];
    const previous = input.previous.counters[counter] ?? levelBefore(input, evidence);
    const change = counterChange(previous, now, evidence, amountMax(counter, input));
    if (change.kind === 'held-out') heldOut.push(`${counter} of ${input.now.engine} ${change.reason}`);
    if (change.kind === 'reset') reset = true;
    return [counter, change.kind === 'grown' || change.kind === 'reset' ? change.amount : null] as const;
  });
  return { amounts: Object.fromEntries(amounts) as CounterAmounts, reset, heldOut };
}

/**
 * The level of a counter that the previous reading lacked. In a new process every counter began at zero. In the same
 * process it began at zero since that reading, unless the reading had values held out: this may be one of them.
 */
function levelBefore(input: ChangeInput, evidence: ProcessEvidence): number | null {
  if (evidence === 'restarted') return 0;
  return evidence === 'same' && input.previousWasWhole ? 0 : null;
}

function amountMax(counter: EngineCounter, input: ChangeInput): number {
  // A draft is a step of one request: there may be as many of them as tokens.
  const perSecond =
    counter.endsWith('Tokens') || counter === 'speculativeDrafts'
      ? TOKENS_PER_GPU_SECOND_MAX * PLAUSIBLE_FACTOR * Math.max(1, input.gpus)
      : REQUESTS_PER_SECOND_MAX;
  return perSecond * Math.max(1, Math.min(input.secondsSinceMove, CATCH_UP_SECONDS_MAX), input.interval.seconds);
}

type HistogramChange = {
  readonly measure: LatencyMeasure;
  readonly sumSeconds: number;
  readonly count: number;
  readonly bins: readonly LatencyChange[];
  readonly level: CumulativeHistogram;
};

function histogramChange(
  measure: LatencyMeasure,
  input: ChangeInput,
  evidence: ProcessEvidence,
): HistogramChange | null {
  const now = input.now.latencies[measure];
  const before = evidence === 'restarted' ? null : input.previous.latencies[measure];
  if (now === null || (before === null && evidence !== 'restarted')) return null;
  const count = now.count - (before?.count ?? 0);
  const sumSeconds = now.sumSeconds - (before?.sumSeconds ?? 0);
  const changes = bucketChanges(before, now);
  const settled = settledBuckets(changes);
  const countMax = amountMax(measure === 'interToken' ? 'outputTokens' : 'requestsStopped', input);
  const isSound = count >= 0 && count <= countMax && sumSeconds >= -1e-6 && isClose(changes, settled);
  if (!isSound) return null;
  const counts = now.counts.map((level, index) => level - (changes[index] ?? 0) + (settled[index] ?? 0));
  const bins = now.bounds
    .map((upperBoundSeconds, index) => {
      return { measure, upperBoundSeconds, count: (settled[index] ?? 0) - (settled[index - 1] ?? 0) };
    })
    .filter((bin) => bin.count > 0);
  return { measure, sumSeconds: Math.max(0, sumSeconds), count, bins, level: { ...now, counts } };
}

/** Growth of each cumulative bucket; one that the earlier reading lacked began at zero. */
function bucketChanges(before: CumulativeHistogram | null, now: CumulativeHistogram): number[] {
  const countBefore = new Map(before?.bounds.map((bound, index) => [bound, before.counts[index] ?? 0]));
  return now.bounds.map((bound, index) => (now.counts[index] ?? 0) - (countBefore.get(bound) ?? 0));
}

/**
 * The growth of buckets such that no bin is negative: a bucket grows by no more than the one above it. Buckets are read
 * one after the other while requests end, so a lower one may be ahead; what is cut here is counted at the next reading.
 */
function settledBuckets(changes: readonly number[]): number[] {
  let above = Infinity;
  return changes
    .toReversed()
    .map((change) => (above = Math.max(0, Math.min(change, above))))
    .toReversed();
}

/** Buckets may be ahead of each other by a few requests; more than that contradicts itself, and neither is believed. */
const BUCKET_AHEAD_MAX = 5;
const BUCKET_AHEAD_SHARE_MAX = 0.01;

function isClose(changes: readonly number[], settled: readonly number[]): boolean {
  const tolerance = Math.max(BUCKET_AHEAD_MAX, BUCKET_AHEAD_SHARE_MAX * (changes.at(-1) ?? 0));
  return changes.every((change, index) => Math.abs(change - (settled[index] ?? 0)) <= tolerance);
}

function latencySums(
  histograms: readonly (HistogramChange | null)[],
): Pick<
  EngineFactSums,
  'ttftSeconds' | 'ttftCount' | 'interTokenSeconds' | 'interTokenCount' | 'endToEndSeconds' | 'endToEndCount'
> {
  const of = (measure: LatencyMeasure): HistogramChange | undefined =>
    histograms.find((histogram) => histogram?.measure === measure) ?? undefined;
  return {
    ttftSeconds: of('ttft')?.sumSeconds ?? null,
    ttftCount: of('ttft')?.count ?? null,
    interTokenSeconds: of('interToken')?.sumSeconds ?? null,
    interTokenCount: of('interToken')?.count ?? null,
    endToEndSeconds: of('endToEnd')?.sumSeconds ?? null,
    endToEndCount: of('endToEnd')?.count ?? null,
  };
}
