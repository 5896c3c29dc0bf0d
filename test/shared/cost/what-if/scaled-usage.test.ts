import { describe, expect, it } from 'vitest';
import { scaleOf } from '#shared/cost/what-if/scaled-usage.ts';

const TOTALS = { workingGpuSeconds: 600, idleGpuSeconds: 400 };

describe('usage of another fleet', () => {
  it('takes less GPU time by throughput, and energy by power', () => {
    const scale = scaleOf(
      { kind: 'replace', sku: 'H100', by: 'B200', throughputRatio: 4, powerRatio: 1.25, usdPerGpuHour: null },
      TOTALS,
    );
    expect(scale({ sku: 'NVIDIA H100 80GB HBM3', state: 'serving' })).toEqual({ gpuTime: 0.25, energy: 0.3125 });
    expect(scale({ sku: 'NVIDIA H100 80GB HBM3', state: 'unallocated' })).toEqual({ gpuTime: 0.25, energy: 0.3125 });
    expect(scale({ sku: 'NVIDIA B200', state: 'serving' })).toEqual({ gpuTime: 1, energy: 1 });
  });

  it('has idle time so that work is the share that is asked for', () => {
    for (const share of [0.3, 0.6, 0.8, 1]) {
      const { gpuTime } = scaleOf({ kind: 'busy', share }, TOTALS)({ sku: 'B200', state: 'unallocated' });
      expect(600 / (600 + 400 * gpuTime)).toBeCloseTo(share, 12);
      expect(scaleOf({ kind: 'busy', share }, TOTALS)({ sku: 'B200', state: 'serving' }).gpuTime).toBe(1);
      expect(scaleOf({ kind: 'busy', share }, TOTALS)({ sku: 'B200', state: 'unobserved' }).gpuTime).toBe(1);
    }
  });

  it('stays as it is where nothing was idle', () => {
    const scale = scaleOf({ kind: 'busy', share: 0.5 }, { workingGpuSeconds: 600, idleGpuSeconds: 0 });
    expect(scale({ sku: 'B200', state: 'loaded-idle' })).toEqual({ gpuTime: 1, energy: 1 });
  });
});
