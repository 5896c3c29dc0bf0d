import { priceOfGpuTime, SECONDS_PER_HOUR } from '#shared/units/arithmetic.ts';
import { seconds, type Usd, type UsdPerGpuHour } from '#shared/units/quantities.ts';

/** GPU-hours that are paid for and cannot be used, by why. */
export type StrandedGpuHours = {
  readonly unhealthy: number;
  /** Lost to a power cap. */
  readonly capped: number;
  /** Free, but in pieces smaller than a replica. */
  readonly fragments: number;
};

/** stranded [USD] = fixed rate x GPU-h, for each cause. Source: economics reference, section 4.2. */
export function strandedCost(
  hours: StrandedGpuHours,
  fixedRate: UsdPerGpuHour,
): { readonly [Cause in keyof StrandedGpuHours]: Usd } {
  const costOf = (gpuHours: number) => priceOfGpuTime(seconds(gpuHours * SECONDS_PER_HOUR), fixedRate);
  return { unhealthy: costOf(hours.unhealthy), capped: costOf(hours.capped), fragments: costOf(hours.fragments) };
}

/**
 * Free GPUs that no further replica can be made of, where a replica must lie within one node (or rack).
 *
 *   fragments = sum over nodes of (free GPUs modulo GPUs per replica)
 */
export function fragmentGpus(freeByNode: readonly number[], gpusPerReplica: number): number {
  return freeByNode.reduce((total, free) => total + (free % gpusPerReplica), 0);
}

/**
 * GPUs' worth of work that a power cap takes away, as the clock tells: GPUs x (1 - clock / clock without the cap). The loss
 * ratio of the throttled state, economics reference, section 6.1.
 */
export function cappedGpus(gpus: number, clockRatio: number): number {
  return gpus * (1 - Math.min(1, clockRatio));
}
