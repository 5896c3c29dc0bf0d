import { expect, it } from 'vitest';
import { freeCapacity, usableGpus } from '#shared/cost/idle/free-capacity.ts';
import { holdTimeOf } from '#shared/cost/idle/hold-time.ts';
import { recoverableCapacity } from '#shared/cost/idle/recoverable-capacity.ts';
import { releaseSteps, wholeNodeGpuHours } from '#shared/cost/idle/release-by-step.ts';
import { epochMs } from '#shared/time/instant.ts';
import { createRandom } from '../../../backend/store/store-facts.ts';

const RULE = { stepHours: 1, holdSteps: 3, gpusPerReplica: null };

it('only whole nodes, or room for whole replicas, can be given back', () => {
  expect(usableGpus({ freeGpus: 8, gpus: 8, heardShare: 1 }, null)).toBe(8);
  expect(usableGpus({ freeGpus: 7.9, gpus: 8, heardShare: 1 }, null)).toBe(8);
  expect(usableGpus({ freeGpus: 7, gpus: 8, heardShare: 1 }, null)).toBe(0);
  expect(usableGpus({ freeGpus: 7, gpus: 8, heardShare: 1 }, 2)).toBe(6);
  expect(usableGpus({ freeGpus: 1, gpus: 8, heardShare: 1 }, 2)).toBe(0);
  expect(usableGpus({ freeGpus: 3, gpus: 0, heardShare: 1 }, null)).toBe(0);
});

it('a node that was free for all the time that was heard was free', () => {
  expect(usableGpus({ freeGpus: 6, gpus: 8, heardShare: 0.75 }, null)).toBe(8);
  expect(usableGpus({ freeGpus: 5, gpus: 8, heardShare: 0.75 }, null)).toBe(0);
  expect(usableGpus({ freeGpus: 0, gpus: 8, heardShare: 0 }, null)).toBe(0);
});

it('free GPU-hours are recoverable, too short or in pieces, without rest', () => {
  const steps = [8, 8, 8, 8, 3, 8].map((freeGpus) => [
    { freeGpus, gpus: 8, heardShare: 1 },
    { freeGpus: 2, gpus: 8, heardShare: 1 },
  ]);
  expect(freeCapacity(steps, RULE).hours).toEqual({ free: 55, recoverable: 32, tooShort: 8, fragments: 15 });
  for (const seed of [1, 2, 3, 4, 5]) {
    const random = createRandom(seed);
    const many = Array.from({ length: 40 }, () =>
      Array.from({ length: 4 }, () => ({
        freeGpus: random.below(2) === 0 ? 8 : random.next() * 8,
        gpus: 8,
        heardShare: 1,
      })),
    );
    const { free, recoverable, tooShort, fragments } = freeCapacity(many, { ...RULE, gpusPerReplica: 2 }).hours;
    expect(recoverable + tooShort + fragments).toBeCloseTo(free, 9);
    for (const part of [recoverable, tooShort, fragments]) expect(part).toBeGreaterThanOrEqual(0);
  }
});

it('reserved rent goes back by the day, committed rent by the month, all else as the service level says', () => {
  const rented = { kind: 'rented', usdPerGpuHour: 2, includesEnergy: false } as const;
  const committed = (years: number) => ({
    ...rented,
    commitment: { gpus: 8, since: epochMs(0), years, upfrontShare: 0 },
  });
  expect(holdTimeOf(3, { ...rented, commitment: null }).hours).toBe(3);
  expect(holdTimeOf(3, null).hours).toBe(3);
  expect(holdTimeOf(3, committed(0.5)).hours).toBe(24);
  expect(holdTimeOf(30, committed(0.5)).hours).toBe(30);
  expect(holdTimeOf(3, committed(1)).hours).toBe(730);
});

it('releases by step add to the recoverable hours, and whole nodes are at most all of them', () => {
  const random = createRandom(7);
  const pool = Array.from({ length: 60 }, () => ({ replicas: 12, demand: random.next() * 100 }));
  const release = { stepHours: 0.5, holdSteps: 2, transitionHours: 0.7 };
  const capacity = recoverableCapacity(
    pool,
    { capacityPerReplica: 10, headroom: 0.2, lookAheadSteps: 2, replicasMin: 2 },
    release,
  );
  const steps = releaseSteps(capacity, release);
  expect(capacity.hours.recoverable).toBeGreaterThan(0);
  expect(steps.reduce((sum, step) => sum + step.recoverableHours, 0)).toBeCloseTo(capacity.hours.recoverable, 9);
  const wholeOf = (gpusPerReplica: number) => wholeNodeGpuHours(steps, { gpusPerReplica, gpusPerNode: 8 });
  expect(wholeOf(8)).toBeCloseTo(capacity.hours.recoverable * 8, 9);
  expect(wholeOf(2)).toBeLessThan(capacity.hours.recoverable * 2);
  expect(wholeNodeGpuHours(steps, { gpusPerReplica: 2, gpusPerNode: 0 })).toBe(0);
});
