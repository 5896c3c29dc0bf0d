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
  return before <= 0 || Math.abs(after / before - 1) > CHANGE_MAX;
}

/**
 * Steady gain: how much shorter requests take at the same concurrency, 1 - latency after / latency before. Unlike the
 * headline throughput it has no start-up in it.
 */
export function steadyGain(before: SteadyLoad, after: SteadyLoad): number | null {
  return before.latencySeconds > 0 ? 1 - after.latencySeconds / before.latencySeconds : null;
}
