import { describe, expect, it } from 'vitest';
import {
  hasOccupancyChanged,
  isOccupancySteady,
  occupancyChange,
  occupancyOf,
  steadyGain,
} from '#shared/cost/savings/occupancy.ts';
import { loadBinOf, stratumOf, type WorkConditions } from '#shared/cost/savings/stratum.ts';
import { unusableBecause } from '#shared/cost/savings/usable-window.ts';
import { settledFrom } from '#shared/cost/savings/washout.ts';
import { epochMs, plusSeconds } from '#shared/time/instant.ts';

describe('the washout after a change', () => {
  const changedAt = epochMs(1_770_000_000_000);
  const minute = (at: number) => plusSeconds(changedAt, at * 60);
  const windows = (...ttft: readonly (number | null)[]) =>
    ttft.map((ttftP99Seconds, index) => ({ from: minute(index * 30), ttftP99Seconds }));

  it('lasts an hour even where all is well', () => {
    expect(settledFrom(changedAt, windows(1, 1, 1, 1))).toBe(minute(60));
  });

  it('lasts until p99 TTFT is within twice its later median', () => {
    // from the hour on 9, 3, 2, 1, 1: median 2, so 4 is enough
    expect(settledFrom(changedAt, windows(70, 70, 9, 3, 2, 1, 1))).toBe(minute(90));
  });

  it('does not end in a window that served nothing, and not before one tells', () => {
    expect(settledFrom(changedAt, windows(1, 1, null, 1))).toBe(minute(90));
    expect(settledFrom(changedAt, windows(1, 1, null, null))).toBeNull();
    expect(settledFrom(changedAt, windows(1, 1))).toBeNull();
  });

  it('takes windows in any order', () => {
    expect(settledFrom(changedAt, windows(70, 70, 9, 3, 2, 1, 1).toReversed())).toBe(minute(90));
  });
});

describe('occupancy', () => {
  it('is the share of the nominal concurrency that was in flight', () => {
    // 1,000 tok/s x 8 s / (1,000 tokens x 8) = 1
    const load = {
      outputTokensPerSecond: 1000,
      latencySeconds: 8,
      outputTokensPerRequest: 1000,
      nominalConcurrency: 8,
    };
    expect(occupancyOf(load)).toBe(1);
    expect(occupancyOf({ ...load, nominalConcurrency: 0 })).toBeNull();
  });

  it('marks a gain whose occupancy went from 0.53 to 0.97, and not one from 0.95 to 1.05', () => {
    expect(hasOccupancyChanged(0.53, 0.97)).toBe(true);
    expect(hasOccupancyChanged(0.97, 0.53)).toBe(true);
    expect(hasOccupancyChanged(0.95, 1.05)).toBe(false);
    expect(hasOccupancyChanged(0, 1)).toBe(true);
  });

  it('has a steady gain without the start-up in it', () => {
    const load = { outputTokensPerSecond: 1, latencySeconds: 10, outputTokensPerRequest: 1, nominalConcurrency: 1 };
    expect(steadyGain(load, { ...load, latencySeconds: 9 })).toBeCloseTo(0.1, 12);
  });
});

describe('the load of what was compared', () => {
  const row = (day: string, stratum: string, perGpu: number | null, weightedTokens: number) => {
    const load = perGpu === null ? null : { requestSeconds: perGpu * 100, gpuSeconds: 100 };
    return { day, stratum, spent: 100, weightedTokens, windows: 12, load };
  };
  const before = [row('d1', 'low', 4, 10), row('d1', 'high', 8, 1000)];

  it('is weighed by the work after the change', () => {
    // (300 x 5 + 100 x 8) / (300 x 4 + 100 x 8) = 2300 / 2000
    const after = [row('d2', 'low', 5, 300), row('d2', 'high', 8, 100), row('d2', 'burst', 99, 1e6)];
    expect(occupancyChange({ before, after }, ['low', 'high'])).toBeCloseTo(0.15, 12);
  });

  it('leaves out strata that do not tell, and is not known where none does', () => {
    const after = [row('d2', 'low', null, 300), row('d2', 'high', 12, 100)];
    expect(occupancyChange({ before, after }, ['low', 'high'])).toBeCloseTo(0.5, 12);
    expect(occupancyChange({ before, after }, ['low'])).toBeNull();
  });

  it('is steady up to 15 % either way, and where nobody tells', () => {
    expect([0.15, -0.15, null].map(isOccupancySteady)).toEqual([true, true, true]);
    expect([0.151, -0.151].map(isOccupancySteady)).toEqual([false, false]);
  });
});

describe('a window is left out', () => {
  const good = { telemetryShare: 1, fingerprints: 1, hasIncident: false, isScaling: false, isWashout: false };

  it.each([
    ['for telemetry under 95 %', { telemetryShare: 0.949 }, 'telemetry'],
    ['for two fingerprints', { fingerprints: 2 }, 'mixed fingerprints'],
    ['for no fingerprint', { fingerprints: 0 }, 'mixed fingerprints'],
    ['for an incident', { hasIncident: true }, 'incident'],
    ['for scaling', { isScaling: true }, 'scaling'],
    ['in the washout', { isWashout: true }, 'washout'],
    ['for nothing else', { telemetryShare: 0.95 }, null],
  ])('%s', (_, conditions, expected) => {
    expect(unusableBecause({ ...good, ...conditions })).toBe(expected);
  });
});

describe('work is of one stratum', () => {
  const work: WorkConditions = {
    model: 'llama',
    sku: 'B200',
    precision: 'fp8',
    recipe: 'tp4',
    concurrencyPerGpu: 8,
    inputTokensPerRequest: 1024,
    outputTokensPerRequest: 200,
    cacheHitRate: 0.3,
    powerClass: '1000 W',
  };
  const isWith = (other: Partial<WorkConditions>) => stratumOf({ ...work, ...other }) === stratumOf(work);

  it.each<[string, Partial<WorkConditions>, boolean]>([
    ['within a quarter octave of load', { concurrencyPerGpu: 9.5 }, true],
    ['not with a fifth more load', { concurrencyPerGpu: 9.6 }, false],
    ['not with a hair less', { concurrencyPerGpu: 7.999 }, false],
    ['not with an idle pool', { concurrencyPerGpu: 0 }, false],
    ['not with half the input', { inputTokensPerRequest: 1023 }, false],
    ['within an octave of output', { outputTokensPerRequest: 129 }, true],
    ['within 25 points of cache hits', { cacheHitRate: 0.49 }, true],
    ['not beyond them', { cacheHitRate: 0.5 }, false],
    ['not where cache hits are unknown', { cacheHitRate: null }, false],
    ['not at another precision', { precision: 'fp4' }, false],
    ['not under another power cap', { powerClass: '700 W' }, false],
  ])('%s', (_, other, expected) => {
    expect(isWith(other)).toBe(expected);
  });

  it('tells its load, from one edge of its bin to the other', () => {
    expect(loadBinOf(stratumOf(work))).toEqual({ from: 8, to: expect.closeTo(9.514, 3) });
    expect(loadBinOf(stratumOf({ ...work, concurrencyPerGpu: 0.3 }))).toEqual({
      from: 0.297302,
      to: expect.closeTo(0.353553, 5),
    });
    expect(loadBinOf(stratumOf({ ...work, concurrencyPerGpu: 0 }))).toEqual({ from: 0, to: 0 });
    expect(loadBinOf(stratumOf({ ...work, concurrencyPerGpu: null }))).toBeNull();
  });

  it('has all cache hits in the last bin', () => {
    expect(stratumOf({ ...work, cacheHitRate: 1 })).toBe(stratumOf({ ...work, cacheHitRate: 0.75 }));
  });
});
