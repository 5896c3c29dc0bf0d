import { SECONDS_PER_HOUR } from '#shared/units/arithmetic.ts';
import { usd, usdPerGpuHour, type Tokens, type Usd, type UsdPerGpuHour } from '#shared/units/quantities.ts';

/** What a deployment did in a window, and what it cost. */
export type PaidWork = {
  /** Input and output tokens together. */
  readonly tokens: Tokens;
  /** GPU-seconds that are paid for, whatever the GPUs did. */
  readonly paidGpuSeconds: number;
  /** The part of them in which GPUs worked. */
  readonly workingGpuSeconds: number;
  readonly cost: Usd;
};

/** What lies between the cost of a deployment and that of the same work at a reference's throughput, USD in the window. */
export type Gap = {
  readonly usdPerGpuHour: UsdPerGpuHour;
  /** GPU-seconds that the work takes at the reference's throughput. */
  readonly referenceGpuSeconds: number;
  /** Delivered tokens / tokens that the paid GPUs would deliver at the reference's throughput. */
  readonly utilisation: number;
  /** GPU time without work: a benchmark machine is always full. */
  readonly idle: Usd;
  /** GPU time with work, beyond what the reference takes: the gap at equal utilisation. Negative where the fleet is faster. */
  readonly slower: Usd;
  /** idle + slower: cost - cost of the same work at the reference's throughput, all at the fleet's own rate. */
  readonly total: Usd;
};

/**
 *   rate [USD/GPU-h] = cost / paid GPU time
 *   reference time   = tokens / reference throughput [tok/s per GPU]
 *   idle   [USD] = rate x (paid - working time)
 *   slower [USD] = rate x (working - reference time)
 *   utilisation  = tokens / (paid time x reference throughput)
 *
 * Null where a divisor is nothing. Source: economics reference, sections 0 (rule 3) and 4.2 (utilisation-adjusted CPM):
 * cost per token at the reference / utilisation is the fleet's own, at its own rate.
 */
export function gapOf(work: PaidWork, referencePerGpu: number | null): Gap | null {
  const { tokens, paidGpuSeconds, workingGpuSeconds, cost } = work;
  if (referencePerGpu === null || referencePerGpu <= 0 || paidGpuSeconds <= 0 || tokens <= 0) return null;
  const rate = usdPerGpuHour((cost / paidGpuSeconds) * SECONDS_PER_HOUR);
  const referenceGpuSeconds = tokens / referencePerGpu;
  const priceOf = (gpuSeconds: number): number => (gpuSeconds / SECONDS_PER_HOUR) * rate;
  const idle = usd(priceOf(paidGpuSeconds - workingGpuSeconds));
  const slower = usd(priceOf(workingGpuSeconds - referenceGpuSeconds));
  const utilisation = referenceGpuSeconds / paidGpuSeconds;
  return { usdPerGpuHour: rate, referenceGpuSeconds, utilisation, idle, slower, total: usd(idle + slower) };
}
