import { describe, expect, it } from 'vitest';
import { limitsOf, type EngineUse, type GpuUse, type LimitCause } from '#shared/cost/limits/limits-of.ts';

const BUSY: GpuUse = {
  sku: 'NVIDIA H100 80GB HBM3',
  placedSeconds: 100,
  workingSeconds: 100,
  quietSeconds: 0,
  powerCappedSeconds: 0,
  heatCappedSeconds: 0,
  tensorActiveSeconds: 30,
  dramActiveSeconds: 40,
  nvlinkBytes: 0,
  pcieBytes: 0,
};

const CALM: EngineUse = { observedSeconds: 50, waitingRequestSeconds: 0, kvCacheUsageSeconds: 20, preemptions: 0 };

function sharesOf(gpu: Partial<GpuUse>, engine: Partial<EngineUse> | null = {}): Map<LimitCause, number | null> {
  const engines = engine === null ? null : { ...CALM, ...engine };
  const limits = limitsOf([{ gpus: [{ ...BUSY, ...gpu }], engines }]);
  return new Map(limits.map(({ cause, share }) => [cause, share]));
}

describe('what holds a deployment back', () => {
  it.each<[LimitCause, Partial<GpuUse>, Partial<EngineUse>]>([
    ['power-cap', { powerCappedSeconds: 80 }, {}],
    ['heat', { heatCappedSeconds: 60 }, {}],
    ['tensor', { tensorActiveSeconds: 55 }, {}],
    ['memory-bandwidth', { dramActiveSeconds: 75 }, {}],
    ['nvlink', { nvlinkBytes: 0.6 * 9e11 * 100 }, {}],
    ['pcie', { pcieBytes: 0.6 * 1.28e11 * 100 }, {}],
    ['kv-cache', {}, { kvCacheUsageSeconds: 46 }],
    ['kv-cache', {}, { preemptions: 3 }],
    ['queueing', {}, { waitingRequestSeconds: 100 }],
    ['little-demand', { tensorActiveSeconds: 2, dramActiveSeconds: 5 }, {}],
    ['little-demand', { workingSeconds: 40, quietSeconds: 60, tensorActiveSeconds: 12, dramActiveSeconds: 16 }, {}],
  ])('%s stands first where it is the cause', (cause, gpu, engine) => {
    const shares = sharesOf(gpu, engine);
    expect([...shares.keys()][0]).toBe(cause);
    expect(shares.get(cause)).toBeGreaterThan(0.5);
    for (const [other, share] of shares) if (other !== cause) expect(share ?? 0, other).toBe(0);
  });

  it('is nothing of these where GPUs work below every threshold', () => {
    for (const [cause, share] of sharesOf({})) expect(share, cause).toBe(0);
  });

  it('is not known, and not zero, where the signal is not there', () => {
    const nothing = { powerCappedSeconds: null, heatCappedSeconds: null, nvlinkBytes: null, tensorActiveSeconds: null };
    const shares = sharesOf(nothing, null);
    expect(shares.get('power-cap')).toBeNull();
    expect(shares.get('nvlink')).toBeNull();
    expect(shares.get('tensor')).toBeNull();
    expect(shares.get('queueing')).toBeNull();
    expect([...shares.values()].findIndex((share) => share === null)).toBeGreaterThan(2);
  });

  it('counts shares of all the time, of which only a part was at work', () => {
    const nothing = { powerCappedSeconds: null, tensorActiveSeconds: null, dramActiveSeconds: null };
    const quiet = { ...BUSY, ...nothing, workingSeconds: 0, quietSeconds: 300, placedSeconds: 300 };
    const limits = limitsOf([
      { gpus: [{ ...BUSY, dramActiveSeconds: 90 }], engines: CALM },
      { gpus: [quiet], engines: CALM },
    ]);
    expect(limits.find(({ cause }) => cause === 'little-demand')?.share).toBe(0.75);
    expect(limits.find(({ cause }) => cause === 'memory-bandwidth')).toMatchObject({ share: 0.25, mean: 0.9 });
  });

  it('does not know the links of a card on PCIe', () => {
    expect(sharesOf({ sku: 'NVIDIA H100 PCIe', nvlinkBytes: 1e15 }).get('nvlink')).toBeNull();
  });

  it('names nothing where nothing was observed', () => {
    for (const { share } of limitsOf([])) expect(share).toBeNull();
  });
});
