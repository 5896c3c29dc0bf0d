import { sumOf } from '#shared/lib/sum.ts';
import { percentileOf } from '#shared/lib/percentile.ts';
import type { PoolStep } from './required-replicas.ts';

/** What one engine did in one step of a window. Steps count from the window's start; all are equally long. */
export type EngineStep = {
  readonly engine: string;
  readonly step: number;
  /** Time in which it answered, s. */
  readonly observedSeconds: number;
  /** Length of gaps that counters bridge and that begin in the step, s: their tokens are known as a whole. */
  readonly bridgedSeconds: number;
  /** Weighted tokens that it served. */
  readonly weightedTokens: number;
  /** Requests in flight, and waiting for their turn, integrated over time; null where the engine does not tell. */
  readonly runningRequestSeconds: number | null;
  readonly waitingRequestSeconds: number | null;
  /** Mean latencies of the step were within the targets of the service level. */
  readonly isWithinTargets: boolean;
};

/** An engine is a replica of a step in which it answered for at least half of the time. */
const READY_SHARE = 0.5;

/** Gaps may be this much longer than the rest of the step before it is said that they reach into others. */
const ROUNDING = 1.02;

/**
 * Work that was asked of an engine in a step: what it served, and what waited for its turn. To let nobody wait it would have
 * had to work on the waiting requests too, at the pace of those that ran.
 *
 *   asked = served x (1 + waiting request-seconds / running request-seconds)                   [weighted tokens]
 */
export function tokensAskedOf(step: EngineStep): number {
  const running = step.runningRequestSeconds ?? 0;
  const waiting = step.waitingRequestSeconds ?? 0;
  return running > 0 ? step.weightedTokens * (1 + waiting / running) : step.weightedTokens;
}

/**
 * Replicas and demand of a pool, step by step.
 *
 *   N(t) = engines that answered for at least half of the step
 *   D(t) = weighted tokens asked of all of them / time in which the pool was watched      [tokens/s]
 *
 * The pool was watched for as long as its best-watched engine. A step in which it was watched for less than half, or into
 * which a bridged gap of most of its engines reaches, has the replicas of the step before and an unknown demand, unless others of the fleet were
 * heard (`heardSeconds`): then its engines were not there.
 */
export function poolSteps(
  rows: readonly EngineStep[],
  window: { readonly steps: number; readonly stepSeconds: number; readonly heardSeconds: readonly number[] },
): PoolStep[] {
  const byStep = Map.groupBy(rows, (row) => row.step);
  const half = window.stepSeconds * READY_SHARE;
  const firstReady = rows.reduce(
    (most, row) => Math.min(most, row.observedSeconds >= half ? row.step : most),
    Infinity,
  );
  let last = (byStep.get(firstReady) ?? []).filter((row) => row.observedSeconds >= half).length;
  return Array.from({ length: window.steps }, (_, step) => {
    const own = byStep.get(step) ?? [];
    const watched = own.reduce((most, row) => Math.max(most, watchedSeconds(row)), 0);
    const torn = own.filter((row) => row.bridgedSeconds > 0 && watchedSeconds(row) > window.stepSeconds * ROUNDING);
    const isTorn = torn.length * 2 > own.length;
    if (watched < half || isTorn) {
      const isGone = !isTorn && (window.heardSeconds[step] ?? 0) >= half;
      return isGone ? { replicas: 0, demand: 0 } : { replicas: last, demand: null };
    }
    last = own.filter((row) => watchedSeconds(row) >= half).length;
    return { replicas: last, demand: sumOf(own, tokensAskedOf) / Math.min(watched, window.stepSeconds) };
  });
}

function watchedSeconds({ observedSeconds, bridgedSeconds }: EngineStep): number {
  return observedSeconds + bridgedSeconds;
}

/** Share of a step that an engine must have been watched to tell of its speed, and how many such steps are enough. */
const WHOLE_SHARE = 0.9;
const STEPS_MIN = 12;

/** Which share of an engine's loaded steps its capacity lies above. Source: economics reference, section 6.2. */
const CAPACITY_PERCENTILE = 0.95;

/**
 * mu: weighted tokens per second that a replica has shown it serves within its latency targets: the 95th percentile over the
 * steps of all replicas in which work was done. Null where fewer than twelve steps tell: then nothing is claimed.
 */
export function shownCapacity(
  rows: readonly EngineStep[],
  stepSeconds: number,
): { readonly tokensPerSecond: number; readonly steps: number } | null {
  const speeds = rows
    .filter((row) => row.observedSeconds >= stepSeconds * WHOLE_SHARE && row.bridgedSeconds === 0)
    .filter((row) => row.weightedTokens > 0 && row.isWithinTargets)
    .map((row) => row.weightedTokens / row.observedSeconds)
    .toSorted((one, other) => one - other);
  const tokensPerSecond = percentileOf(speeds, CAPACITY_PERCENTILE);
  return tokensPerSecond === null || speeds.length < STEPS_MIN ? null : { tokensPerSecond, steps: speeds.length };
}
