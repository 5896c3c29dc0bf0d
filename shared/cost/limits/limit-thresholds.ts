/**
 * From where on something is said to hold a deployment back. All are judgements: no source gives them, and every figure that
 * rests on one names it as assumed.
 */
export const LIMIT_THRESHOLDS = {
  /** Share of cycles in which the tensor pipe is busy: prefill at large batches comes this high, decode does not. */
  tensorActive: 0.5,
  /** Share of cycles in which the memory interface moves data; in practice it does not reach 1. */
  dramActive: 0.6,
  /** Share of what the links of a GPU carry both ways. */
  linkUse: 0.5,
  /** Share of the KV cache in use: at this level engines preempt or make requests wait. */
  kvCacheUsage: 0.9,
  /** Requests that engines throw out of their KV cache, per engine and minute: fewer are a matter of moments. */
  preemptionsPerMinute: 1,
  /** Requests that wait, per engine. */
  waitingPerEngine: 1,
  /** Below both, with nothing that waits, a GPU that serves has little to do. */
  quietTensorActive: 0.1,
  quietDramActive: 0.2,
} as const;

/**
 * Bytes per second of one GPU's NVLinks, both ways, by words of its product: 900 GB/s for Hopper, 1.8 TB/s for Blackwell.
 * Source: telemetry reference, section 5. Products that it does not name have no known capacity.
 */
const NVLINK_BYTES_PER_SECOND: readonly (readonly [RegExp, number])[] = [
  [/\bG?B[23]00\b/i, 1.8e12],
  [/\bG?H[12]00\b/i, 9e11],
];

export function nvlinkCapacityOf(sku: string): number | null {
  if (/PCIe/i.test(sku)) return null;
  return NVLINK_BYTES_PER_SECOND.find(([name]) => name.test(sku))?.[1] ?? null;
}

/** Bytes per second of a PCIe 5 x16 slot, both ways: what Hopper and Blackwell servers have. */
export const PCIE_BYTES_PER_SECOND = 1.28e11;
