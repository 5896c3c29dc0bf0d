import { describe, expect, it } from 'vitest';
import { capacityValue, cashAvoidable } from '#shared/cost/idle/capacity-value.ts';
import { headroomSensitivity, recoverableCapacity, sumOfParts } from '#shared/cost/idle/recoverable-capacity.ts';
import { usdPerGpuHour, usdPerKilowattHour, watts } from '#shared/units/quantities.ts';

/** Source of the first case: economics reference, section 6.3; arithmetic beside each figure. */

const DEMAND = [
  42, 36, 30, 26, 24, 28, 45, 70, 96, 118, 130, 134, 128, 131, 138, 142, 136, 122, 104, 90, 110, 84, 66, 52,
];
const POOL = DEMAND.map((thousands) => ({ replicas: 10, demand: thousands * 1000 }));
const NEED = { capacityPerReplica: 20_000, headroom: 0.2, lookAheadSteps: 2, replicasMin: 2 };
const RELEASE = { stepHours: 1, holdSteps: 3, transitionHours: 0.5 };
const PRICE = {
  gpusPerReplica: 8,
  fixedRate: usdPerGpuHour(2.6),
  loadedIdlePower: watts(550),
  pue: 1.25,
  tariff: usdPerKilowattHour(0.08),
};

describe('a day of ten replicas of eight GPUs', () => {
  const { steps, hours, releases, deficitSteps, utilisation } = recoverableCapacity(POOL, NEED, RELEASE);

  it('needs the peak of this hour and the next, a fifth more, in whole replicas', () => {
    // first: 1.2 x 42 / 20 = 2.52 -> 3; last but nine: 1.2 x max(142, 136) / 20 = 8.52 -> 9; 24 and 28: 1.68 -> 2
    expect(steps.map((step) => step.required)).toEqual([
      3, 3, 2, 2, 2, 3, 5, 6, 8, 8, 9, 9, 8, 9, 9, 9, 9, 8, 7, 7, 7, 6, 4, 4,
    ]);
    expect(deficitSteps).toBe(0);
  });

  it('divides its 240 replica-hours', () => {
    expect(hours.provisioned).toBe(240);
    // demand adds up to 2,082 thousand; / 20
    expect(hours.load).toBeCloseTo(104.1, 10);
    // required adds up to 147
    expect(hours.headroom).toBeCloseTo(147 - 104.1, 10);
    expect(utilisation).toBeCloseTo(104.1 / 240, 12);
    // excess 7 7 8 8 8 7 5 4 2 2 1 1 2 1 1 1 1 2 3 3 3 4 6 6, 93 replica-hours:
    // k=1: all 24 h; k=2: 10, 1 (short), 7; k=3: 8, 6; k=4: 8, 3; k=5: 7, 2 (short); k=6: 6, 2 (short); k=7: 6; k=8: 3
    expect(releases.map((run) => [run.level, run.steps])).toEqual([
      [1, 24],
      [2, 10],
      [2, 7],
      [3, 8],
      [3, 6],
      [4, 8],
      [4, 3],
      [5, 7],
      [6, 6],
      [7, 6],
      [8, 3],
    ]);
    expect(hours.tooShort).toBe(1 + 2 + 2);
    // 11 runs x 0.5 h
    expect(hours.transition).toBe(5.5);
    // 93 - 5 - 5.5
    expect(hours.recoverable).toBe(82.5);
    expect(sumOfParts(hours)).toBeCloseTo(240, 10);
  });

  it('values what could be recovered at 1,716 USD, of which energy is 36.30', () => {
    const value = capacityValue(hours, PRICE);
    // 82.5 x 8 GPUs
    expect(value.recoverableGpuHours).toBe(660);
    // 660 x 2.60; 42.9 x 8 x 2.60; (5 + 5.5) x 8 x 2.60
    expect(value.recoverable).toBeCloseTo(1716, 9);
    expect(value.headroom).toBeCloseTo(892.32, 9);
    expect(value.unrecoverable).toBeCloseTo(218.4, 9);
    // 660 x 0.55 kW x 1.25 x 0.08
    expect(value.avoidableEnergy).toBeCloseTo(36.3, 9);
    expect(cashAvoidable(value, PRICE, null)).toBeCloseTo(36.3, 9);
    // a contract that takes back 100 of the 660: 100 x 2.60 + 36.30
    expect(cashAvoidable(value, PRICE, 100)).toBeCloseTo(296.3, 9);
    expect(cashAvoidable(value, PRICE, 5000)).toBeCloseTo(1716 + 36.3, 9);
  });

  it('gives back less the more headroom it keeps', () => {
    const sensitivity = headroomSensitivity(POOL, NEED, RELEASE);
    expect(sensitivity.map((one) => one.headroom)).toEqual([0.1, 0.2, 0.3, 0.4, 0.5]);
    expect(sensitivity[1]).toEqual({ headroom: 0.2, recoverableReplicaHours: 82.5, deficitSteps: 0 });
    // 1.5 x 142 / 20 = 10.65 > 10 at two steps; 1.5 x 138 = 10.35 at two, 136 -> 10.2 at one; 134 and 131 -> 10.05 and 9.8
    expect(sensitivity[4]!.deficitSteps).toBeGreaterThan(0);
  });
});

describe('half an hour a step, with replicas that come and go', () => {
  // mu 10, headroom 50 %, this step only, at least one stays; half an hour lost per release of at least two steps.
  const need = { capacityPerReplica: 10, headroom: 0.5, lookAheadSteps: 1, replicasMin: 1 };
  const release = { stepHours: 0.5, holdSteps: 2, transitionHours: 0.5 };
  const pool = [
    { replicas: 4, demand: 12 }, // 1.5 x 12 / 10 = 1.8 -> 2, excess 2
    { replicas: 4, demand: 0 }, //                     -> 1, excess 3
    { replicas: 2, demand: 18 }, // 2.7 -> 3 > 2: deficit, excess 0
    { replicas: 3, demand: 30 }, // 4.5 -> 5 > 3: deficit, load no more than 3
    { replicas: 0, demand: 0 }, //  at least one > 0: deficit
    { replicas: 3, demand: null }, // not known: neither needed nor free
    { replicas: 3, demand: 5 }, //  0.75 -> 1, excess 2
  ];
  const { steps, hours, releases, deficitSteps, utilisation } = recoverableCapacity(pool, need, release);

  it('is capped at what there is, and says where more was needed', () => {
    expect(steps.map((step) => step.required)).toEqual([2, 1, 2, 3, 0, null, 1]);
    expect(steps.map((step) => step.excess)).toEqual([2, 3, 0, 0, 0, 0, 2]);
    expect(deficitSteps).toBe(3);
  });

  it('divides its hours', () => {
    expect(hours.provisioned).toBe(9.5);
    // (1.2 + 0 + 1.8 + 3 + 0 + 0.5) x 0.5
    expect(hours.load).toBeCloseTo(3.25, 12);
    // required 2 1 2 3 0 1 = 9, x 0.5 = 4.5
    expect(hours.headroom).toBeCloseTo(1.25, 12);
    // 3 replicas x 0.5 h
    expect(hours.unobserved).toBe(1.5);
    // levels 1 and 2: two steps, then one; level 3: one step
    expect(releases).toEqual([
      { level: 1, from: 0, steps: 2 },
      { level: 2, from: 0, steps: 2 },
    ]);
    expect(hours.tooShort).toBe(3 * 0.5);
    expect(hours.transition).toBe(2 * 0.5);
    expect(hours.recoverable).toBe(2 * (1 - 0.5));
    expect(sumOfParts(hours)).toBeCloseTo(9.5, 12);
    expect(utilisation).toBeCloseTo(3.25 / 9.5, 12);
  });
});
