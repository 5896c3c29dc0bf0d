import { describe, expect, test } from 'vitest';

import type { GpuSample } from '#shared/model/sample.ts';
import {
  engine,
  gpu,
  kindsOf,
  POLL_SECONDS,
  scrape,
  secondsAfterStart,
  START,
  startFleet,
  totalOf,
} from './readings.ts';

/** One GPU read each poll with the given energy counters, J; other readings as in `gpu`. */
function energyOf(counters: readonly (number | null)[], changes: Partial<GpuSample> = {}) {
  const fleet = startFleet();
  counters.forEach((energyCounterJoules, poll) => {
    fleet.take(scrape(poll * POLL_SECONDS, { gpus: [gpu({ ...changes, energyCounterJoules })] }));
  });
  const facts = fleet.all('gpuFacts');
  return {
    fleet,
    joules: totalOf(facts, 'energyJoules'),
    integrated: totalOf(facts, 'energyIntegratedJoules'),
    events: fleet.batches.flatMap(kindsOf),
  };
}

describe('energy counters', () => {
  test('count what they grew by, once', () => {
    expect(energyOf([1e6, 1_005_000, 1_009_000])).toMatchObject({ joules: 9000, integrated: 0, events: [] });
  });

  test('G04 that fall are a new baseline: power fills the interval, and nothing jumps', () => {
    expect(energyOf([1e6, 1_005_000, 400, 5400])).toMatchObject({ joules: 15_000, integrated: 5000, events: [] });
  });

  test('G04 of another driver are a new baseline though they climbed past the old value', () => {
    const fleet = startFleet();
    fleet.take(scrape(0, { gpus: [gpu({ energyCounterJoules: 1000 })] }));
    fleet.take(scrape(10, { gpus: [gpu({ energyCounterJoules: 4000, driverVersion: '590.2' })] }));
    expect(fleet.all('gpuFacts')).toEqual([
      expect.objectContaining({ energyJoules: 5000, energyIntegratedJoules: 5000 }),
    ]);
    expect(fleet.batches.flatMap(kindsOf)).toEqual(['driver-version-changed']);
  });

  test('M07 that jump are held out once, told once, and leave no trace', () => {
    const { joules, events } = energyOf([1e6, 1_005_000, 1e15, 1e15 + 1e12, 1_020_000, 1_025_000]);
    expect([joules, events]).toEqual([5 * 5000, ['counter-held-out']]);
  });

  test.each([
    [30, [0, 0, 3, 3, 3, 6, 6, 6, 9]],
    [15, [0, 0, 1.5, 3, 3, 4.5, 6, 6, 7.5]],
  ])('of an exporter that collects each %i s repeat themselves, then catch up: none is held out', (_, steps) => {
    const full = 10_000;
    const { joules, integrated, events } = energyOf(
      steps.map((step) => 1e6 + step * full),
      { powerWatts: 1000 },
    );
    expect([joules, integrated, events]).toEqual([steps.at(-1)! * full, 0, []]);
  });

  test('M02 that are refused for a while count neither twice nor from zero', () => {
    expect(energyOf([1e6, 1_005_000, null, 1_015_000, 1_020_000])).toMatchObject({
      joules: 20_000,
      integrated: 10_000,
    });
  });
});

describe('a gap in the readings of a GPU', () => {
  const afterGap = (seconds: number, joules: number) => {
    const fleet = startFleet();
    fleet.take(scrape(0, { gpus: [gpu({ energyCounterJoules: 1e6 })] }));
    return fleet.take(scrape(seconds, { gpus: [gpu({ energyCounterJoules: 1e6 + joules })] })).gpuFacts;
  };

  test('is bridged by its energy as a whole, and nobody observed it', () => {
    expect(afterGap(600, 300_000)).toEqual([
      expect.objectContaining({
        state: 'unobserved',
        energyJoules: 300_000,
        bridgedSeconds: 600,
        observedSeconds: 0,
        placement: null,
      }),
    ]);
  });

  test('is not bridged over more than a day, nor by a counter that fell or jumped', () => {
    expect(afterGap(86_401, 300_000)).toEqual([]);
    expect(afterGap(600, -5000)).toEqual([]);
    expect(afterGap(600, 1e12)).toEqual([]);
  });
});

describe('a GPU that its exporter no longer lists', () => {
  const both = [gpu(), gpu({ gpu: 'GPU-1' })];

  test('G03 is unavailable from then on, without energy, and its neighbour is untouched', () => {
    const fleet = startFleet();
    fleet.take(scrape(0, { gpus: both }));
    fleet.take(scrape(10, { gpus: [gpu({ energyCounterJoules: 1_005_000 })] }));
    const batch = fleet.take(scrape(20, { gpus: [gpu({ energyCounterJoules: 1_010_000 })] }));
    expect(batch.gpuFacts.map((fact) => [fact.state, fact.observedSeconds, fact.energyJoules])).toEqual([
      ['serving', 10, 5000],
      ['unhealthy', 10, null],
    ]);
    expect(fleet.batches.flatMap(kindsOf)).toEqual(['gpu-lost']);
  });

  test('G04 returns in its old seat with a new baseline and fresh gauges: no jump', () => {
    const fleet = startFleet();
    fleet.take(scrape(0, { gpus: both }));
    for (let poll = 1; poll < 360; poll += 1) fleet.take(scrape(poll * 10, { gpus: [gpu()] }));
    const back = gpu({ gpu: 'GPU-1', energyCounterJoules: 1_700_000, powerWatts: 200, utilisation: 0 });
    const batch = fleet.take(scrape(3600, { gpus: [gpu(), back] }));
    expect(batch.gpuFacts.at(-1)).toMatchObject({
      energyJoules: 2000,
      energyIntegratedJoules: 2000,
      utilisationSeconds: 0,
    });
    expect(fleet.batches.flatMap(kindsOf)).toEqual(['gpu-lost', 'gpu-returned']);
    const next = fleet.take(scrape(3610, { gpus: [gpu(), { ...back, energyCounterJoules: 1_702_000 }] }));
    expect(next.gpuFacts.at(-1)).toMatchObject({ energyJoules: 2000, energyIntegratedJoules: 0 });
    expect(new Set(fleet.all('seats').map((seat) => seat.key)).size).toBe(2);
  });

  test('I11 is judged by its own exporter: two exporters of one node that take turns lose nothing', () => {
    const fleet = startFleet();
    for (let poll = 0; poll < 6; poll += 1) {
      fleet.take(scrape(poll * 10, { gpus: [gpu()] }, { target: 'first' }));
      fleet.take(scrape(poll * 10 + 0.2, { gpus: [gpu({ gpu: 'GPU-1' })] }, { target: 'second' }));
    }
    expect(fleet.batches.flatMap(kindsOf)).toEqual([]);
    expect(fleet.all('gpuFacts').every((fact) => fact.state === 'serving')).toBe(true);
  });

  test('G03 known from before a restart of ours counts as lost once its node was read three times without it', () => {
    const before = startFleet();
    before.take(scrape(0, { gpus: both }));
    const fleet = startFleet();
    const { spans, sampler } = before;
    const tracks = both.map((sample) => {
      const seat = spans.seats.current(sample.gpu)!;
      const moment = { at: START, monotonicMs: null };
      const known = { seat, moment, energyMovedAt: moment, isEnergyHeldOut: false, heldSince: null };
      return { sample, target: null, ...known, isMissing: false, hasGauges: false };
    });
    fleet.sampler.resume(new Map(), new Map(tracks.map((track) => [track.sample.gpu, track])));
    for (let poll = 1; poll <= 5; poll += 1) fleet.take(scrape(poll * 10, { gpus: [gpu()] }));
    const lost = fleet.all('gpuFacts').filter((fact) => fact.state === 'unhealthy');
    expect(lost.map((fact) => [secondsAfterStart(fact.start), fact.observedSeconds])).toEqual([
      [30, 10],
      [40, 10],
    ]);
    expect(sampler.lost()).toEqual([]);
    expect(fleet.sampler.lost().map((track) => track.sample.gpu)).toEqual(['GPU-1']);
  });

  test('I2 an empty answer, or none, loses no GPU', () => {
    const fleet = startFleet();
    fleet.take(scrape(0, { gpus: both }));
    fleet.take(scrape(10, {}));
    const batch = fleet.take(scrape(20, { gpus: both }));
    expect(batch.gpuFacts.every((fact) => fact.state === 'unobserved')).toBe(true);
    expect(fleet.batches.flatMap(kindsOf)).toEqual([]);
  });
});

describe('what a GPU does, by the engine on it', () => {
  const held = gpu({
    workloads: [{ pod: 'pod-1', namespace: 'inference', share: 1 }],
    utilisation: 0,
    memoryUsedBytes: 150e9,
  });
  const quiet = engine({ requestsRunning: 0 });

  /** States of one GPU when the engine's readings are as given, one a poll; null: the engine does not answer. */
  function statesOf(readings: readonly (ReturnType<typeof engine> | null)[]): string[] {
    const fleet = startFleet();
    return readings.map((reading, poll) => {
      const engines = reading === null ? [] : [scrape(poll * 10, { engines: [reading] }, { target: 'engine' })];
      const [fact] = fleet.take(...engines, scrape(poll * 10, { gpus: [held] })).gpuFacts;
      return fact === undefined ? '' : `${fact.state}${fact.placement === null ? '' : ' placed'}`;
    });
  }

  test('hysteresis: loaded-idle after 60 s without requests, serving at once', () => {
    const states = statesOf([engine(), ...Array.from({ length: 8 }, () => quiet), engine()]);
    expect(states.slice(1)).toEqual([
      ...Array.from({ length: 7 }, () => 'serving placed'),
      'loaded-idle placed',
      'serving placed',
    ]);
  });

  test('tokens without running requests at the instant of reading are work', () => {
    const working = [1, 2, 3].map((poll) => engine({ requestsRunning: 0, counters: { outputTokens: 100 + poll * 9 } }));
    expect(statesOf([quiet, ...working]).slice(1)).toEqual(Array.from({ length: 3 }, () => 'serving placed'));
  });

  test('G01 a silent engine is loading, not idle', () => {
    expect(statesOf([engine(), engine(), null, null, null, null]).at(-1)).toBe('loading placed');
  });

  test('an engine that a server reads each minute is not silent between its readings', () => {
    const fleet = startFleet();
    const states = new Set<string>();
    for (let poll = 0; poll <= 36; poll += 1) {
      const slow = scrape(poll * 10, { engines: [engine()] }, { target: 'engine', intervalSeconds: 60 });
      const batch = fleet.take(...(poll % 6 === 0 ? [slow] : []), scrape(poll * 10, { gpus: [held] }));
      for (const fact of batch.gpuFacts) states.add(fact.state);
    }
    expect([...states]).toEqual(['serving']);
  });
});

describe('I9 a step of the wall clock', () => {
  const reading = (poll: number) => ({
    gpus: [0, 1, 2, 3].map((at) => gpu({ gpu: `GPU-${at}`, energyCounterJoules: 1e6 + poll * 5000 })),
    engines: [
      engine({ requestsRunning: poll < 3 ? 2 : 0, counters: { outputTokens: poll < 3 ? 100 + poll * 50 : 200 } }),
    ],
  });

  /** Twenty polls with the wall clock ahead by so many seconds from the sixth poll on. */
  function steppedBy(wallAheadSeconds: number) {
    const fleet = startFleet();
    for (let poll = 0; poll < 20; poll += 1) {
      fleet.take(scrape(poll * 10, reading(poll), { wallAheadSeconds: poll < 6 ? 0 : wallAheadSeconds }));
    }
    return fleet;
  }

  test.each([3600, -3600, 86_400 * 365])(
    'by %i s gives one event, no long interval and no lost joule or token',
    (step) => {
      const fleet = steppedBy(step);
      expect(fleet.batches.flatMap(kindsOf)).toEqual(['clock-stepped']);
      const facts = [...fleet.all('gpuFacts'), ...fleet.all('engineFacts')];
      expect(Math.max(...facts.map((fact) => fact.seconds))).toBeLessThanOrEqual(10);
      expect(Math.min(...facts.map((fact) => fact.seconds))).toBeGreaterThan(0);
      expect(totalOf(fleet.all('gpuFacts'), 'energyJoules')).toBe(4 * 19 * 5000);
      expect(totalOf(fleet.all('engineFacts'), 'outputTokens')).toBe(100);
      expect(totalOf(fleet.all('gpuFacts'), 'observedSeconds')).toBe(4 * 180);
    },
  );

  test.each([3600, -3600])('by %i s does not change what an engine counts as doing', (step) => {
    const states = (wallAhead: number) =>
      steppedBy(wallAhead)
        .all('gpuFacts')
        .filter((fact) => fact.state !== 'unobserved')
        .slice(-40)
        .map((fact) => fact.state);
    expect(states(step)).toEqual(states(0));
    expect(states(step).at(-1)).toBe('loaded-idle');
  });

  test('T03 slewing by less than two seconds a poll is no step', () => {
    const fleet = startFleet();
    for (let poll = 0; poll < 6; poll += 1)
      fleet.take(scrape(poll * 10, reading(poll), { wallAheadSeconds: poll * 0.5 }));
    expect(fleet.batches.flatMap(kindsOf)).toEqual([]);
    expect(totalOf(fleet.all('gpuFacts'), 'observedSeconds')).toBeCloseTo(4 * 52.5, 9);
  });

  test('T04 sleep: energy that the monotonic time cannot hold lies on the whole span, marked as bridged', () => {
    const fleet = startFleet();
    fleet.take(scrape(0, { gpus: [gpu({ energyCounterJoules: 1e6 })] }));
    const eightHours = 8 * 3600;
    const batch = fleet.take(
      scrape(
        10,
        { gpus: [gpu({ energyCounterJoules: 1e6 + eightHours * 500 })] },
        { wallAheadSeconds: eightHours - 10 },
      ),
    );
    const [fact] = batch.gpuFacts;
    expect(fact).toMatchObject({ state: 'unobserved', bridgedSeconds: eightHours, energySeconds: eightHours });
    expect(secondsAfterStart(fact!.start)).toBe(0);
    expect(kindsOf(batch)).toEqual(['clock-stepped']);
  });
});
