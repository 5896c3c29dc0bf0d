import { sumOf } from '#shared/lib/sum.ts';
import type { BeforeAndAfter, WorkRow } from './work-row.ts';

/** A benchmark run, or a window of steady load at a known concurrency. */
export type SteadyLoad = {
  readonly outputTokensPerSecond: number;
  /** End-to-end latency of a request, s. */
  readonly latencySeconds: number;
  readonly outputTokensPerRequest: number;
  /** Requests that were meant to be in flight. */
  readonly nominalConcurrency: number;
};

/**
 * Share of the concurrency that was busy, by Little's law; near 1 for a run that kept it full.
 *
 *   occupancy = output tok/s x latency [s] / (output tokens per request x nominal concurrency)
 *
 * Null where requests or concurrency are nothing. Source: economics reference, section 1.4.
 */
export function occupancyOf(load: SteadyLoad): number | null {
  const inFlight = load.outputTokensPerRequest * load.nominalConcurrency;
  return inFlight > 0 ? (load.outputTokensPerSecond * load.latencySeconds) / inFlight : null;
}

const CHANGE_MAX = 0.15;

/** Whether a gain is suspect: occupancy changed by more than 15 %, so that start-up and not speed may have changed. */
export function hasOccupancyChanged(before: number, after: number): boolean {
  return before <= 0 || !isOccupancySteady(after / before - 1);
}

/**
 * Steady gain: how much shorter requests take at the same concurrency, 1 - latency after / latency before. Unlike the
 * headline throughput it has no start-up in it.
 */
export function steadyGain(before: SteadyLoad, after: SteadyLoad): number | null {
  return before.latencySeconds > 0 ? 1 - after.latencySeconds / before.latencySeconds : null;
}

/**
 * How concurrency per GPU moved within what was compared: strata bound it, and what is left may still be the reason for a
 * gain.
 *
 *   c = requests in flight [request s] / GPU time [GPU s], per stratum and side; T tokens after the change
 *   change = sum over s of T_after,s x c_after,s / sum over s of T_after,s x c_before,s - 1
 *
 * Null where no supported stratum tells its load. Source: economics reference, section 1.4, at the weights of section 5.2.
 */
export function occupancyChange({ before, after }: BeforeAndAfter, strata: readonly string[]): number | null {
  let was = 0;
  let is = 0;
  for (const stratum of strata) {
    const [one, other] = [loadOf(before, stratum), loadOf(after, stratum)];
    if (one === null || other === null) continue;
    const weight = sumOf(
      after.filter((row) => row.stratum === stratum),
      (row) => row.weightedTokens,
    );
    was += weight * one;
    is += weight * other;
  }
  return was > 0 ? is / was - 1 : null;
}

/** Concurrency per GPU of a stratum; null where some of its work has no known load. */
function loadOf(rows: readonly WorkRow[], stratum: string): number | null {
  const loads = rows.filter((row) => row.stratum === stratum).map((row) => row.load);
  const known = loads.filter((load) => load !== null);
  const gpuSeconds = sumOf(known, (load) => load.gpuSeconds);
  if (known.length < loads.length || gpuSeconds <= 0) return null;
  return sumOf(known, (load) => load.requestSeconds) / gpuSeconds;
}

/** Whether the load moved too far for a gain to be the software's. */
export function isOccupancySteady(change: number | null): boolean {
  return change === null || Math.abs(change) <= CHANGE_MAX;
}
