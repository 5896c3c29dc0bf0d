import type { EpochMs } from '#shared/time/instant.ts';

/** Identity of a GPU: its UUID, or for a MIG slice `UUID/instance id`. The index is a label only: it changes at reboot. */
export type GpuUuid = string;

/** The product of a GPU whose product nobody names. */
export const UNKNOWN_SKU = 'unknown GPU';

/** Where a thing stands in the physical tree; null where nobody told. */
export type Location = {
  readonly site: string | null;
  readonly rack: string | null;
  readonly pool: string | null;
  readonly node: string | null;
};

/**
 * A GPU in one place for a span of time: facts refer to the seat, so a past window is grouped by what was true then.
 * A GPU that moves, or whose description or driver changes, gets a new seat and the old one ends.
 */
export type GpuSeat = Location & {
  /** Key of this seat: unique over all seats of all GPUs. */
  readonly key: string;
  readonly gpu: GpuUuid;
  /** Product name as the driver gives it, such as `NVIDIA B200`. */
  readonly sku: string;
  readonly index: string | null;
  /** NVLink domain and mounting, see gpu-place.ts. */
  readonly domain: string | null;
  readonly tray: string | null;
  readonly driverVersion: string | null;
  readonly cudaVersion: string | null;
  /** First instant at which the GPU was known here. */
  readonly since: EpochMs;
  /** End of the span (exclusive), or null while it holds: an owned GPU that is not heard still counts. */
  readonly until: EpochMs | null;
};
