import { bucketStart } from '#shared/time/buckets.ts';
import type { EpochMs } from '#shared/time/instant.ts';

/**
 * Kinds of hours: each UTC-aligned bucket of `stepSeconds`, from the one that starts at `first` on, is of the kind with that
 * number. So months of hours are summed by the few prices of a tariff.
 */
export type BucketSlots = {
  readonly stepSeconds: number;
  readonly first: EpochMs;
  readonly of: readonly number[];
};

type Stepped = { readonly stepSeconds: number | null; readonly slots?: BucketSlots };

/** The width of the buckets into which facts must be divided before they are summed, s; null where none are asked for. */
export function finestStepOf({ stepSeconds, slots }: Stepped): number | null {
  if (slots === undefined) return stepSeconds;
  return Math.min(stepSeconds ?? slots.stepSeconds, slots.stepSeconds);
}

/** The kind of the bucket that holds an instant. */
export function slotAt(slots: BucketSlots, at: EpochMs): number {
  const bucket = (bucketStart(at, slots.stepSeconds) - slots.first) / (slots.stepSeconds * 1000);
  return slots.of[bucket] ?? 0;
}
