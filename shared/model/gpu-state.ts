/**
 * What a GPU was doing in an interval, exactly one each. Tests for them: economics reference, section 6.1, carried
 * out in sampling/gpu-state-of.ts. `unobserved` is the owned time nobody measured.
 */
export const GPU_STATES = [
  'serving',
  'throttled',
  'loading',
  'loaded-idle',
  'unallocated',
  'unhealthy',
  'unobserved',
] as const;

export type GpuState = (typeof GPU_STATES)[number];
