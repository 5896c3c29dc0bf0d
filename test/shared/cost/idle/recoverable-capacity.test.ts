import { describe, expect, it } from 'vitest';
import { capacityValue } from '#shared/cost/idle/capacity-value.ts';
import { recoverableCapacity, sumOfParts } from '#shared/cost/idle/recoverable-capacity.ts';
import { divideSteps } from '#shared/cost/idle/required-replicas.ts';
import { releaseRuns } from '#shared/cost/idle/release-runs.ts';
import { usdPerGpuHour, usdPerKilowattHour, watts } from '#shared/units/quantities.ts';
import { createRandom } from '../../../backend/store/store-facts.ts';

const NEED = { capacityPerReplica: 11_000, headroom: 0.1, lookAheadSteps: 1, replicasMin: 0 };
const RELEASE = { stepHours: 1, holdSteps: 1, transitionHours: 0 };

function randomPool(seed: number) {
  const random = createRandom(seed);
  const pool = Array.from({ length: 1 + random.below(60) }, () => ({
    replicas: random.below(20),
    demand: random.below(8) === 0 ? null : random.below(4) === 0 ? 0 : random.next() * 200_000,
  }));
  const need = {
    capacityPerReplica: 1000 + random.next() * 20_000,
    headroom: random.next() * 0.5,
    lookAheadSteps: random.below(5),
    replicasMin: random.below(6),
  };
  const release = {
    stepHours: random.pick([0.25, 1 / 3, 1]),
    holdSteps: random.below(6),
    transitionHours: random.next() * 2,
  };
  return { pool, need, release };
}

const CASES = Array.from({ length: 300 }, (_, seed) => randomPool(seed + 1));

describe('replica-hours', () => {
  it('are divided without rest: provisioned = load + headroom + too short + transition + recoverable + unobserved', () => {
    for (const { pool, need, release } of CASES) {
      const { hours } = recoverableCapacity(pool, need, release);
      expect(Math.abs(sumOfParts(hours) - hours.provisioned)).toBeLessThanOrEqual(1e-12 * (1 + hours.provisioned));
      for (const part of Object.values(hours)) expect(part).toBeGreaterThanOrEqual(0);
    }
  });

  it('stay as they are when demand and capacity double, or replicas are half an hour longer in one step', () => {
    for (const { pool, need, release } of CASES) {
      const { hours } = recoverableCapacity(pool, need, release);
      const doubled = recoverableCapacity(
        pool.map((step) => ({ ...step, demand: step.demand === null ? null : 2 * step.demand })),
        { ...need, capacityPerReplica: 2 * need.capacityPerReplica },
        release,
      );
      expect(doubled.hours).toEqual(hours);
      const longer = recoverableCapacity(pool, need, {
        ...release,
        stepHours: 2 * release.stepHours,
        transitionHours: 2 * release.transitionHours,
      });
      expect(longer.hours.recoverable).toBeCloseTo(2 * hours.recoverable, 9);
    }
  });

  it('are worth twice as much at twice the rate, and save twice as much energy money at twice the tariff', () => {
    const { hours } = recoverableCapacity([{ replicas: 5, demand: 22_000 }], NEED, RELEASE);
    const price = {
      gpusPerReplica: 8,
      fixedRate: usdPerGpuHour(2),
      loadedIdlePower: watts(500),
      pue: 1.2,
      tariff: usdPerKilowattHour(0.1),
    };
    const once = capacityValue(hours, price);
    const twice = capacityValue(hours, {
      ...price,
      fixedRate: usdPerGpuHour(4),
      tariff: usdPerKilowattHour(0.2),
    });
    expect(once.recoverable).toBeGreaterThan(0);
    expect(twice.recoverable).toBe(2 * once.recoverable);
    expect(twice.avoidableEnergy).toBe(2 * once.avoidableEnergy);
  });

  it('are all too short where the hold time is longer than the window, and unknown utilisation is absent', () => {
    const pool = [
      { replicas: 2, demand: 0 },
      { replicas: 2, demand: 0 },
    ];
    expect(recoverableCapacity(pool, NEED, { ...RELEASE, holdSteps: 3 }).hours).toMatchObject({
      tooShort: 4,
      transition: 0,
      recoverable: 0,
    });
    expect(recoverableCapacity([], NEED, RELEASE)).toMatchObject({ utilisation: null, deficitSteps: 0 });
  });

  it('are lost whole to a transition that takes longer than the run', () => {
    const pool = [{ replicas: 1, demand: 0 }];
    const { hours } = recoverableCapacity(pool, NEED, { ...RELEASE, transitionHours: 3 });
    expect(hours).toMatchObject({ transition: 1, recoverable: 0 });
  });
});

describe('what a step requires', () => {
  const required = (demand: readonly (number | null)[], need = NEED) =>
    divideSteps(
      demand.map((one) => ({ replicas: 10, demand: one })),
      need,
    ).map((step) => step.required);

  it('is no replica more for a digit that binary fractions add: 1.1 x 200,000 / 20,000 is 11', () => {
    const need = { ...NEED, capacityPerReplica: 20_000 };
    expect((1.1 * 200_000) / 20_000).toBeGreaterThan(11);
    const replicasFor = (demand: number) => divideSteps([{ replicas: 20, demand }], need)[0]!.required;
    expect(replicasFor(200_000)).toBe(11);
    expect(replicasFor(200_001)).toBe(12);
  });

  it('looks ahead to the end of the window and no further, over steps that were not observed', () => {
    const need = { ...NEED, headroom: 0, lookAheadSteps: 3 };
    expect(required([0, null, 33_000, 11_000], need)).toEqual([3, null, 3, 1]);
    expect(required([11_000, 22_000], { ...need, lookAheadSteps: 0 })).toEqual([1, 2]);
  });

  it('is no deficit when all that there is is needed, and one when more is', () => {
    const hasDeficit = (demand: number) =>
      divideSteps([{ replicas: 2, demand }], { ...NEED, headroom: 0 })[0]!.hasDeficit;
    expect(hasDeficit(22_000)).toBe(false);
    expect(hasDeficit(22_001)).toBe(true);
  });

  it('is nothing without demand, unless some must stay', () => {
    expect(required([0])).toEqual([0]);
    expect(required([0], { ...NEED, replicasMin: 2 })).toEqual([2]);
    expect(required([0], { ...NEED, replicasMin: 12 })).toEqual([10]);
  });
});

it('finds each replica-step of excess in one run', () => {
  for (const seed of [1, 2, 3, 4]) {
    const random = createRandom(seed);
    const excess = Array.from({ length: 200 }, () => random.below(9));
    const steps = releaseRuns(excess).reduce((total, run) => total + run.steps, 0);
    expect(steps).toBe(excess.reduce((total, one) => total + one, 0));
  }
  expect(releaseRuns([])).toEqual([]);
  expect(releaseRuns([0, 0])).toEqual([]);
});
