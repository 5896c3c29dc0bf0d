import { describe, expect, test } from 'vitest';

import { bridgedGpuSums, energyMaxJoules, missingGpuSums, watchedGpuSums } from '#backend/sampling/gpu-fact-of.ts';
import { epochMs } from '#shared/time/instant.ts';
import { gpu } from './readings.ts';

const interval = { kind: 'watched', start: epochMs(0), seconds: 10, clockStepped: false } as const;

describe('sums of a watched interval', () => {
  test('take energy from the counter and gauges as the mean of both readings', () => {
    const sums = watchedGpuSums(gpu({ utilisation: 0.2 }), gpu({ utilisation: 0.6 }), interval, {
      kind: 'grown',
      amount: 4800,
    });
    expect(sums).toMatchObject({
      observedSeconds: 10,
      energyJoules: 4800,
      energyIntegratedJoules: 0,
      energySeconds: 10,
      utilisationSeconds: 4,
      smCycles: 1.5e10,
      powerWattsMin: 500,
      powerWattsMax: 500,
    });
  });

  test.each([{ kind: 'unknown' }, { kind: 'reset', amount: 0 }, { kind: 'held-out', reason: 'too much' }] as const)(
    'integrate power, kept apart, where the counter is $kind',
    (energy) => {
      const sums = watchedGpuSums(gpu({ powerWatts: 400 }), gpu({ powerWatts: 600 }), interval, energy);
      expect(sums).toMatchObject({ energyJoules: 5000, energyIntegratedJoules: 5000, energySeconds: 10 });
    },
  );

  test('leave energy unknown where neither counter nor power is known at both ends', () => {
    const sums = watchedGpuSums(gpu({ powerWatts: null }), gpu(), interval, { kind: 'unknown' });
    expect(sums).toMatchObject({ energyJoules: null, energySeconds: null, powerWattsMax: 500 });
  });
});

test('a bridged gap knows its energy and nothing else; a missing GPU knows its time and nothing else', () => {
  const bridged = Object.entries(bridgedGpuSums(5000, 600)).filter(([, value]) => value !== null);
  expect(Object.fromEntries(bridged)).toEqual({
    observedSeconds: 0,
    bridgedSeconds: 600,
    energyJoules: 5000,
    energyIntegratedJoules: 0,
    energySeconds: 600,
  });
  const missing = Object.entries(missingGpuSums(10)).filter(([, value]) => value !== null);
  expect(Object.fromEntries(missing)).toEqual({ observedSeconds: 10 });
});

test.each([
  [1000, 12_000],
  [0, 30_000],
  [null, 30_000],
])('the largest believable energy of 10 s at a limit of %s W is %s J', (powerLimitWatts, joules) => {
  expect(energyMaxJoules(gpu({ powerLimitWatts }), 10)).toBe(joules);
});
