import type { GpuState } from '#shared/model/gpu-state.ts';
import type { GpuSample } from '#shared/model/sample.ts';

/**
 * The state of a GPU over an interval, first match wins. Source: economics reference, section 6.1; `unobserved` and
 * missing GPUs are decided by the caller, who knows what was not heard.
 */
export type Workload =
  /** Engines were placed on the GPU. `active`: requests or tokens in the interval, or in the minute before it. */
  | {
      readonly kind: 'engine';
      readonly isActive: boolean;
      readonly isAnswering: boolean;
      readonly silentSeconds: number;
      /** Another pod whose engine nobody heard has a part of the GPU. */
      readonly hasUnknownWork: boolean;
    }
  /** A pod holds the GPU, but no engine of it was ever heard. */
  | {
      readonly kind: 'unknown-pod';
      /** Null when the pod held the GPU before anybody looked: then it is not believed to be starting. */
      readonly heldSeconds: number | null;
    }
  | { readonly kind: 'none' };

/** XIDs after which a GPU does no work until it is reset: ECC, row remap, off the bus, GSP time-outs. NVIDIA XID list. */
const FATAL_XIDS: ReadonlySet<number> = new Set([48, 62, 64, 74, 79, 95, 119, 120]);

/** NVML bits of clock event reasons: SW power cap and HW power brake, SW and HW thermal (telemetry reference, section 2.4). */
export const POWER_BITS = 0x4 | 0x80;
export const HEAT_BITS = 0x20 | 0x40;

/** A slowdown by the hardware, whose cause another bit may name. */
const THROTTLE_BITS = POWER_BITS | HEAT_BITS | 0x8;

/** Held back for most of the time: what reading the reasons of the moment would find, too. */
const THROTTLED_SHARE_MIN = 0.5;

/** Below this a kernel share says nothing: monitoring itself moves it. */
export const BUSY_UTILISATION = 0.05;

/** A silent engine, or a pod whose engine was never heard, is believed to be loading weights for this long. */
const LOADING_SECONDS_MAX = 15 * 60;

/** A process that holds this much memory is resident, even where no pod label tells. */
const RESIDENT_BYTES = 4 * 1024 ** 3;

/** What is known of how a GPU was held back besides the reading itself. */
export type HeldBack = {
  /** Counted share of the time, 0 to 1. */
  readonly throttledShare: number | null;
  /** The highest clock it was ever read at here, Hz. */
  readonly smClockTopHertz: number | null;
};

export function gpuStateOf(sample: GpuSample, workload: Workload, held: HeldBack): GpuState {
  const isBusy = (sample.utilisation ?? 0) >= BUSY_UTILISATION;
  if (sample.xid !== null && FATAL_XIDS.has(sample.xid) && !isBusy) return 'unhealthy';
  switch (workload.kind) {
    case 'engine':
      if (workload.isActive) return isThrottled(sample, held) ? 'throttled' : 'serving';
      if (workload.hasUnknownWork && isBusy) return 'serving';
      if (workload.isAnswering) return 'loaded-idle';
      return workload.silentSeconds <= LOADING_SECONDS_MAX ? 'loading' : stateOfUnknownWork(sample, isBusy);
    case 'unknown-pod':
      if (isBusy) return 'serving';
      return workload.heldSeconds !== null && workload.heldSeconds <= LOADING_SECONDS_MAX ? 'loading' : 'loaded-idle';
    case 'none':
      return stateOfUnknownWork(sample, isBusy);
  }
}

/** Work that Tokenwatt cannot see is not waste: a busy GPU without a known engine counts as serving, and is unplaced. */
function stateOfUnknownWork(sample: GpuSample, isBusy: boolean): GpuState {
  if (isBusy) return 'serving';
  return (sample.memoryUsedBytes ?? 0) >= RESIDENT_BYTES ? 'loaded-idle' : 'unallocated';
}

/** A clock this far under its target is held back. Source: economics reference, section 6.1. */
const SLOW_CLOCK = 0.9;

/** Clocks also fall while a GPU rests: only that of a GPU that is at work for most of the time says something. */
const AT_WORK_UTILISATION = 0.5;

/** By the time that was counted over the interval, else by the reasons of the moment; where nobody tells either, by its clock. */
function isThrottled(sample: GpuSample, { throttledShare, smClockTopHertz }: HeldBack): boolean {
  const { clockEventReasons, smClockHertz } = sample;
  if (throttledShare !== null) return throttledShare >= THROTTLED_SHARE_MIN;
  if (clockEventReasons !== null) return (clockEventReasons & THROTTLE_BITS) !== 0;
  if (smClockHertz === null || smClockTopHertz === null) return false;
  return (sample.utilisation ?? 0) >= AT_WORK_UTILISATION && smClockHertz < smClockTopHertz * SLOW_CLOCK;
}
