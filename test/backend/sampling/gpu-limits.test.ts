import { describe, expect, test } from 'vitest';
import { watchedGpuSums } from '#backend/sampling/gpu-fact-of.ts';
import type { GpuSample } from '#shared/model/sample.ts';
import { gpu, START } from './readings.ts';
import { epochMs } from '#shared/time/instant.ts';

const UNKNOWN = { kind: 'unknown' } as const;

function sums(before: Partial<GpuSample>, now: Partial<GpuSample>) {
  const interval = { kind: 'watched', start: epochMs(START), seconds: 10, clockStepped: false } as const;
  return watchedGpuSums(gpu(before), gpu(now), interval, UNKNOWN);
}

describe('what held a GPU back', () => {
  test('is counted by the driver where it counts', () => {
    const found = sums({ powerHeldSeconds: 100, heatHeldSeconds: 7 }, { powerHeldSeconds: 104, heatHeldSeconds: 7 });
    expect(found).toMatchObject({ powerCappedSeconds: 4, heatCappedSeconds: 0 });
  });

  test('is read from the reasons of both moments where nothing counts', () => {
    expect(sums({ clockEventReasons: 0x4 }, { clockEventReasons: 0x0 })).toMatchObject({
      powerCappedSeconds: 5,
      heatCappedSeconds: 0,
    });
    expect(sums({ clockEventReasons: 0x60 }, { clockEventReasons: 0x24 })).toMatchObject({
      powerCappedSeconds: 5,
      heatCappedSeconds: 10,
    });
  });

  test('is not known where neither is told', () => {
    expect(sums({ clockEventReasons: null }, { clockEventReasons: null })).toMatchObject({
      powerCappedSeconds: null,
      heatCappedSeconds: null,
    });
  });

  test('a counter that fell with its driver, or leapt, says nothing: the reasons of the moment do', () => {
    const found = sums(
      { powerHeldSeconds: 100, clockEventReasons: 0 },
      { powerHeldSeconds: 2, clockEventReasons: 0x80 },
    );
    expect(found.powerCappedSeconds).toBe(5);
    expect(sums({ powerHeldSeconds: 100 }, { powerHeldSeconds: 9000 }).powerCappedSeconds).toBe(0);
  });

  test('a counter of bytes comes before a rate', () => {
    const link = { nvlinkBytesPerSecond: 1e11, pcieBytesPerSecond: 1e9 };
    expect(sums(link, { ...link, nvlinkBytesPerSecond: 3e11 })).toMatchObject({ nvlinkBytes: 2e12, pcieBytes: 1e10 });
    expect(sums({ ...link, nvlinkBytes: 5e12 }, { ...link, nvlinkBytes: 6e12 }).nvlinkBytes).toBe(1e12);
    expect(sums({}, {})).toMatchObject({ nvlinkBytes: null, pcieBytes: null });
  });
});
