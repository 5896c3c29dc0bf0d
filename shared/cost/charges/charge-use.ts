import { assertNever } from '#shared/lib/assert.ts';
import type { ChargeUse } from '#shared/model/charge-row.ts';
import type { GpuState } from '#shared/model/gpu-state.ts';

/** The class of use that a state lies in. Throttled GPUs serve, and loading is an overhead of serving. */
export function chargeUseOf(state: GpuState): ChargeUse {
  switch (state) {
    case 'serving':
    case 'throttled':
    case 'loading':
      return 'serving';
    case 'loaded-idle':
      return 'loaded-quiet';
    case 'unallocated':
      return 'idle';
    case 'unhealthy':
      return 'unavailable';
    case 'unobserved':
      return 'unobserved';
    default:
      return assertNever(state);
  }
}
