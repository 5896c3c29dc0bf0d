import { sumOf } from '#shared/lib/sum.ts';
import { LIMIT_THRESHOLDS, nvlinkCapacityOf, PCIE_BYTES_PER_SECOND } from './limit-thresholds.ts';

/** What can hold a deployment back. */
export const LIMIT_CAUSES = [
  'power-cap',
  'heat',
  'tensor',
  'memory-bandwidth',
  'nvlink',
  'pcie',
  'kv-cache',
  'queueing',
  'little-demand',
] as const;

export type LimitCause = (typeof LIMIT_CAUSES)[number];

/** GPU time of one product in one bucket of time; readings are those of its time at work. Null: not measured. */
export type GpuUse = {
  readonly sku: string;
  /** All GPU time of the deployment, of which it worked, and stood loaded and quiet, GPU-seconds. */
  readonly placedSeconds: number;
  readonly workingSeconds: number;
  readonly quietSeconds: number;
  readonly powerCappedSeconds: number | null;
  readonly heatCappedSeconds: number | null;
  readonly tensorActiveSeconds: number | null;
  readonly dramActiveSeconds: number | null;
  readonly nvlinkBytes: number | null;
  readonly pcieBytes: number | null;
};

/** What the engines of a deployment told in one bucket of time. */
export type EngineUse = {
  readonly observedSeconds: number;
  readonly waitingRequestSeconds: number | null;
  readonly kvCacheUsageSeconds: number | null;
  readonly preemptions: number | null;
};

export type UseBucket = { readonly gpus: readonly GpuUse[]; readonly engines: EngineUse | null };

/** One cause: how much of the time it held, by the mean reading that it is judged from. Null: the signal is not there. */
export type Limit = {
  readonly cause: LimitCause;
  /** Share of GPU time (of engine time for KV cache and queue), 0 to 1. */
  readonly share: number | null;
  /** Time in which it held, and all time that it is a share of, s. */
  readonly heldSeconds: number;
  readonly ofSeconds: number;
  /** Mean over the time at work of what is judged: a share of time or of capacity, or requests; null where none is. */
  readonly mean: number | null;
};

/**
 * What held a deployment back, most of its time first. Power and heat are counted by the driver and are exact; the others are
 * judged bucket by bucket, from the mean of each, so that moments shorter than a bucket do not show. Causes may hold at once:
 * shares do not add.
 */
export function limitsOf(buckets: readonly UseBucket[]): readonly Limit[] {
  const found = LIMIT_CAUSES.map((cause) => limitOf(cause, buckets));
  return found.toSorted((one, other) => (other.share ?? -1) - (one.share ?? -1));
}

function limitOf(cause: LimitCause, buckets: readonly UseBucket[]): Limit {
  switch (cause) {
    case 'power-cap':
      return counted(cause, buckets, (use) => use.powerCappedSeconds);
    case 'heat':
      return counted(cause, buckets, (use) => use.heatCappedSeconds);
    case 'tensor':
      return busy(cause, buckets, LIMIT_THRESHOLDS.tensorActive, (use) => use.tensorActiveSeconds);
    case 'memory-bandwidth':
      return busy(cause, buckets, LIMIT_THRESHOLDS.dramActive, (use) => use.dramActiveSeconds);
    case 'nvlink':
      return busy(cause, buckets, LIMIT_THRESHOLDS.linkUse, (use) =>
        shareOfCapacity(use.nvlinkBytes, nvlinkCapacityOf(use.sku)),
      );
    case 'pcie':
      return busy(cause, buckets, LIMIT_THRESHOLDS.linkUse, (use) =>
        shareOfCapacity(use.pcieBytes, PCIE_BYTES_PER_SECOND),
      );
    case 'kv-cache':
      return ofEngines(cause, buckets, (use) => use.kvCacheUsageSeconds, isCacheFull);
    case 'queueing':
      return ofEngines(cause, buckets, (use) => use.waitingRequestSeconds, isQueueing);
    case 'little-demand':
      return littleDemand(buckets);
  }
}

/** Bytes as seconds of a full link: divided by the time they are its mean use. */
function shareOfCapacity(bytes: number | null, bytesPerSecond: number | null): number | null {
  return bytes === null || bytesPerSecond === null ? null : bytes / bytesPerSecond;
}

/** Uses whose reading is known. Time without work needs none; where no reading is known at all, nothing is. */
function knownUses(buckets: readonly UseBucket[], secondsOf: (use: GpuUse) => number | null): readonly GpuUse[] {
  const uses = buckets.flatMap((bucket) => bucket.gpus);
  if (uses.every((use) => secondsOf(use) === null)) return [];
  return uses.filter((use) => use.workingSeconds <= 0 || secondsOf(use) !== null);
}

/** A cause whose time is counted. */
function counted(cause: LimitCause, buckets: readonly UseBucket[], secondsOf: (use: GpuUse) => number | null): Limit {
  const known = knownUses(buckets, secondsOf);
  const held = sumOf(known, (use) => Math.min(use.workingSeconds, secondsOf(use) ?? 0));
  return limit(cause, { held, of: sumOf(known, (use) => use.placedSeconds), mean: null });
}

/** A cause that holds in a bucket when the mean of a reading over the time at work is at its threshold or above. */
function busy(
  cause: LimitCause,
  buckets: readonly UseBucket[],
  threshold: number,
  secondsOf: (use: GpuUse) => number | null,
): Limit {
  const known = knownUses(buckets, secondsOf);
  const held = known.filter((use) => use.workingSeconds > 0 && (secondsOf(use) ?? 0) / use.workingSeconds >= threshold);
  const working = sumOf(known, (use) => use.workingSeconds);
  return limit(cause, {
    held: sumOf(held, (use) => use.workingSeconds),
    of: sumOf(known, (use) => use.placedSeconds),
    mean: working > 0 ? sumOf(known, (use) => secondsOf(use) ?? 0) / working : null,
  });
}

function ofEngines(
  cause: LimitCause,
  buckets: readonly UseBucket[],
  integralOf: (use: EngineUse) => number | null,
  isHeld: (use: EngineUse) => boolean,
): Limit {
  const uses = buckets.flatMap((bucket) => bucket.engines ?? []);
  const known = uses.filter((use) => integralOf(use) !== null && use.observedSeconds > 0);
  const of = sumOf(known, (use) => use.observedSeconds);
  return limit(cause, {
    held: sumOf(known.filter(isHeld), (use) => use.observedSeconds),
    of,
    mean: of > 0 ? sumOf(known, (use) => integralOf(use) ?? 0) / of : null,
  });
}

/** Full is full: by its level, or because engines threw requests out of it minute by minute. */
function isCacheFull({ kvCacheUsageSeconds, preemptions, observedSeconds }: EngineUse): boolean {
  const perMinute = ((preemptions ?? 0) / observedSeconds) * 60;
  const usage = (kvCacheUsageSeconds ?? 0) / observedSeconds;
  return usage >= LIMIT_THRESHOLDS.kvCacheUsage || perMinute >= LIMIT_THRESHOLDS.preemptionsPerMinute;
}

function isQueueing({ waitingRequestSeconds, observedSeconds }: EngineUse): boolean {
  return (waitingRequestSeconds ?? 0) / observedSeconds >= LIMIT_THRESHOLDS.waitingPerEngine;
}

/** Time loaded and quiet, and time at work in which nothing waits and neither tensor pipe nor memory has much to do. */
function littleDemand(buckets: readonly UseBucket[]): Limit {
  const uses = buckets.flatMap(({ gpus, engines }) => gpus.map((use) => ({ use, engines })));
  const held = sumOf(uses, ({ use, engines }) => use.quietSeconds + (isLight(use, engines) ? use.workingSeconds : 0));
  return limit('little-demand', { held, of: sumOf(uses, ({ use }) => use.placedSeconds), mean: null });
}

function isLight(use: GpuUse, engines: EngineUse | null): boolean {
  const { workingSeconds, tensorActiveSeconds, dramActiveSeconds } = use;
  if (workingSeconds <= 0 || tensorActiveSeconds === null || dramActiveSeconds === null) return false;
  const waits = engines !== null && isQueueing(engines);
  return (
    !waits &&
    tensorActiveSeconds / workingSeconds < LIMIT_THRESHOLDS.quietTensorActive &&
    dramActiveSeconds / workingSeconds < LIMIT_THRESHOLDS.quietDramActive
  );
}

function limit(
  cause: LimitCause,
  time: { readonly held: number; readonly of: number; readonly mean: number | null },
): Limit {
  const { held, of, mean } = time;
  return { cause, share: of > 0 ? held / of : null, heldSeconds: held, ofSeconds: of, mean };
}
