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

describe('a power limit', () => {
  test('that is set anew is told once for the machine, with both values', () => {
    const fleet = startFleet();
    const both = (powerLimitWatts: number | null) =>
      ['GPU-0', 'GPU-1'].map((name, index) => gpu({ gpu: name, index: String(index), powerLimitWatts }));
    [1000, 1000.4, null, 1000, 800, 800].forEach((watts, at) => fleet.take(scrape(10 * at, { gpus: both(watts) })));
    const events = fleet.all('events').filter(({ kind }) => kind === 'power-limit-changed');
    expect(events).toEqual([
      expect.objectContaining({ subject: 'node-1', message: 'power limit 1000 W to 800 W (2 GPUs)' }),
    ]);
  });
});

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
      const known = {
        seat,
        moment,
        energyMovedAt: moment,
        isEnergyHeldOut: false,
        isEnergyAhead: false,
        throttling: null,
        smClockTopHertz: null,
        heldSince: null,
      };
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

describe('G05 a card that is divided anew by MIG', () => {
  const pod = (name: string, share: number) => ({ pod: name, namespace: null, share });
  const WHOLE = [pod('pod-1', 1)];
  const HALVES = [pod('pod-1', 3 / 7), pod('pod-2', 4 / 7)];
  const SEVENTHS = Array.from({ length: 7 }, (_, at) => pod(`pod-${at + 1}`, 1 / 7));

  /** Two minutes each of these workloads, read each 10 s; copies of the counter lie up to 2 J apart. */
  function dividedAs(layouts: readonly GpuSample['workloads'][]) {
    const fleet = startFleet();
    const engines = SEVENTHS.map((one) => engine({ engine: `${one.pod}/llama`, pod: one.pod }));
    let poll = 0;
    for (const workloads of layouts) {
      for (const last = poll + 12; poll < last; poll += 1) {
        const energyCounterJoules = 1e6 + poll * 5000 + (workloads.length === 1 ? 0 : 2);
        fleet.take(
          scrape(poll * 10, { engines }, { target: 'engines' }),
          scrape(poll * 10, { gpus: [gpu({ workloads, energyCounterJoules })] }),
        );
      }
    }
    return { fleet, polls: poll - 1 };
  }

  test.each([
    ['whole to sevenths and back', [WHOLE, SEVENTHS, WHOLE]],
    ['halves to sevenths to whole', [HALVES, SEVENTHS, WHOLE]],
  ])('keeps its energy and its GPU-hours: %s', (_, layouts) => {
    const { fleet, polls } = dividedAs(layouts);
    const facts = fleet.all('gpuFacts');
    expect(totalOf(facts, 'observedSeconds')).toBe(polls * 10);
    expect(Math.abs(totalOf(facts, 'energyJoules') - polls * 5000)).toBeLessThanOrEqual(4);
    expect(totalOf(facts, 'energyIntegratedJoules')).toBe(0);
    expect(new Set(facts.map(({ seat }) => seat)).size).toBe(1);
    expect(fleet.batches.flatMap(kindsOf)).toEqual([]);
  });

  test('has shares that add up to it, before and after', () => {
    const { fleet } = dividedAs([HALVES, SEVENTHS]);
    const placements = new Map(fleet.all('placements').map((placement) => [placement.key, placement]));
    expect([...placements.values()].map(({ members }) => members.length)).toEqual([2, 7]);
    for (const { members } of placements.values())
      expect(members.reduce((total, { share }) => total + share, 0)).toBeCloseTo(1, 12);
    expect(fleet.all('gpuFacts').every(({ placement }) => placements.has(placement ?? ''))).toBe(true);
  });

  test('a copy that stands a little below the one before is no driver reload', () => {
    const fleet = startFleet();
    for (const [poll, joules] of [1e6, 1_005_000, 1_004_999.5, 1_010_000].entries())
      fleet.take(scrape(poll * 10, { gpus: [gpu({ energyCounterJoules: joules })] }));
    expect(totalOf(fleet.all('gpuFacts'), 'energyJoules')).toBe(10_000);
    expect(totalOf(fleet.all('gpuFacts'), 'energyIntegratedJoules')).toBe(0);
  });
});

describe('a machine that changes', () => {
  const eight = (changes: Partial<GpuSample> = {}, first = 0) =>
    Array.from({ length: 8 }, (_, at) => gpu({ gpu: `GPU-${first + at}`, index: String(at), ...changes }));

  test('G06 tells a new driver once, with both versions, however many GPUs and targets it has', () => {
    const fleet = startFleet();
    const halves = (seconds: number, changes: Partial<GpuSample>) => {
      const gpus = eight(changes);
      return [
        scrape(seconds, { gpus: gpus.slice(0, 4) }, { target: 'one' }),
        scrape(seconds, { gpus: gpus.slice(4) }, { target: 'two' }),
      ];
    };
    fleet.take(...halves(0, { driverVersion: '580.1', cudaVersion: '13.0' }));
    fleet.take(...halves(10, { driverVersion: '590.2', cudaVersion: '13.1' }));
    const [one, two] = halves(20, { driverVersion: '600.3', cudaVersion: '13.1' });
    fleet.take(one!);
    fleet.take(two!);
    fleet.take(...halves(30, { driverVersion: '590.2', cudaVersion: '13.1' }));
    expect(fleet.all('events')).toMatchObject([
      {
        kind: 'driver-version-changed',
        subject: 'node-1',
        node: 'node-1',
        message: 'driver 580.1 to 590.2, CUDA 13.0 to 13.1 (8 GPUs)',
      },
      { message: expect.stringMatching(/^driver 590\.2 to 600\.3 \(/) },
      { message: 'driver 600.3 to 590.2 (8 GPUs)' },
    ]);
  });

  test('G06 has a seat for each driver: what was before belongs to the old one', () => {
    const fleet = startFleet();
    fleet.take(scrape(0, { gpus: [gpu({ driverVersion: '580.1' })] }));
    fleet.take(scrape(10, { gpus: [gpu({ driverVersion: '590.2' })] }));
    fleet.take(scrape(20, { gpus: [gpu({ driverVersion: '590.2' })] }));
    const seats = new Map(fleet.all('seats').map((seat) => [seat.key, seat]));
    expect(fleet.all('gpuFacts').map(({ seat }) => seats.get(seat)?.driverVersion)).toEqual(['580.1', '590.2']);
  });

  test('G10 a GPU replaced in its slot is another GPU: nothing of the old one goes on in it', () => {
    const fleet = startFleet();
    fleet.take(scrape(0, { gpus: eight({ energyCounterJoules: 1e6 }) }));
    const replaced = (joules: number) => [
      ...eight({ energyCounterJoules: joules }).slice(1),
      gpu({ gpu: 'GPU-new', index: '0', energyCounterJoules: joules + 5e6 }),
    ];
    fleet.take(scrape(10, { gpus: replaced(1_005_000) }));
    fleet.take(scrape(20, { gpus: replaced(1_010_000) }));
    const ofNew = fleet.all('gpuFacts').filter(({ seat }) => seat.startsWith('GPU-new'));
    expect(ofNew.map(({ energyJoules }) => energyJoules)).toEqual([5000]);
    expect(fleet.all('events').map(({ kind, subject }) => [kind, subject])).toEqual([['gpu-lost', 'GPU-0']]);
    expect(fleet.spans.seats.current('GPU-0')?.gpu).toBe('GPU-0');
  });

  test('G11 renamed, keeps its GPUs and their counters, and says so once', () => {
    const fleet = startFleet();
    fleet.take(scrape(0, { gpus: eight({ energyCounterJoules: 1e6 }) }));
    fleet.take(scrape(10, { gpus: eight({ energyCounterJoules: 1_005_000, node: 'node-9' }) }));
    expect(totalOf(fleet.all('gpuFacts'), 'energyJoules')).toBe(8 * 5000);
    expect(fleet.all('events')).toMatchObject([
      { kind: 'node-changed', node: 'node-9', message: 'GPUs of node-1 are in node-9 now (8 GPUs)' },
    ]);
  });

  test('G11 whose name is told with and without its domain is one', () => {
    const fleet = startFleet();
    for (let poll = 0; poll < 6; poll += 1)
      fleet.take(scrape(poll * 10, { gpus: [gpu({ node: poll % 2 === 0 ? 'node-1' : 'node-1.rack.example' })] }));
    expect(fleet.all('events')).toEqual([]);
    expect(new Set(fleet.all('gpuFacts').map(({ seat }) => seat)).size).toBe(1);
  });

  test('G11 whose address another machine has now is unheard, not lost: looks like another machine', () => {
    const fleet = startFleet();
    fleet.take(scrape(0, { gpus: eight() }));
    for (let poll = 1; poll <= 5; poll += 1) fleet.take(scrape(poll * 10, { gpus: eight({ node: 'node-9' }, 100) }));
    expect(fleet.all('events')).toMatchObject([
      { kind: 'node-changed', node: 'node-9', message: expect.stringContaining('looks like another machine') },
    ]);
    expect(fleet.all('gpuFacts').filter(({ seat }) => seat.startsWith('GPU-0@'))).toEqual([]);
    expect(fleet.sampler.lost()).toEqual([]);
  });

  test('G11 rebooted, starts its counters anew: power fills the seam', () => {
    const fleet = startFleet();
    fleet.take(scrape(0, { gpus: [gpu({ energyCounterJoules: 1e6 })] }));
    fleet.take(scrape(10, { gpus: [gpu({ energyCounterJoules: 300 })] }));
    fleet.take(scrape(20, { gpus: [gpu({ energyCounterJoules: 5300 })] }));
    expect(totalOf(fleet.all('gpuFacts'), 'energyJoules')).toBe(10_000);
    expect(totalOf(fleet.all('gpuFacts'), 'energyIntegratedJoules')).toBe(5000);
  });
});

describe('G08 power of a module', () => {
  test('is never added to the energy of its GPUs, with and without an energy counter', () => {
    for (const energy of [(poll: number) => 1e6 + poll * 1700, () => null]) {
      const fleet = startFleet();
      for (let poll = 0; poll <= 6; poll += 1) {
        const chip = (name: string) =>
          gpu({ gpu: name, boardSerial: '77', powerWatts: 170, moduleWatts: 460, energyCounterJoules: energy(poll) });
        fleet.take(scrape(poll * 10, { gpus: [chip('GPU-0'), chip('GPU-1')] }));
      }
      expect(totalOf(fleet.all('gpuFacts'), 'energyJoules')).toBe(2 * 170 * 60);
    }
  });

  test('alone is no energy of a GPU', () => {
    const fleet = startFleet();
    for (let poll = 0; poll <= 6; poll += 1)
      fleet.take(scrape(poll * 10, { gpus: [gpu({ powerWatts: null, moduleWatts: 460, energyCounterJoules: null })] }));
    expect(
      fleet.all('gpuFacts').every(({ energyJoules, energySeconds }) => energyJoules === null && energySeconds === null),
    ).toBe(true);
  });

  test('is not integrated over more than 1.5 intervals', () => {
    const fleet = startFleet();
    const metered = gpu({ energyCounterJoules: null });
    for (const at of [0, 15, 31]) fleet.take(scrape(at, { gpus: [metered] }));
    expect(fleet.all('gpuFacts').map(({ energySeconds }) => energySeconds)).toEqual([15]);
  });
});

describe('an engine that tells no rack', () => {
  const domain = 'a1b2c3d4-0000-4000-8000-000000000007/2';
  const rackOf = (fleet: ReturnType<typeof startFleet>) => fleet.all('engineSpans').at(-1)?.rack;

  test('stands in the rack of the GPUs of its node: named, else that of their NVLink domain', () => {
    const fleet = startFleet();
    fleet.take(scrape(0, { engines: [engine()] }, { target: 'engine' }));
    expect(rackOf(fleet)).toBeNull();
    fleet.take(scrape(10, { engines: [engine()] }, { target: 'engine' }), scrape(10, { gpus: [gpu({ domain })] }));
    expect(rackOf(fleet)).toBe('NVLink a1b2c3d4-0000-4000-8000-000000000007');
    expect(fleet.all('seats').at(-1)?.rack).toBe('NVLink a1b2c3d4-0000-4000-8000-000000000007');
    fleet.take(
      scrape(20, { gpus: [gpu({ domain, rack: 'r1' })] }),
      scrape(20, { engines: [engine()] }, { target: 'engine' }),
    );
    expect([rackOf(fleet), fleet.all('seats').at(-1)?.rack]).toEqual(['r1', 'r1']);
    expect(new Set(fleet.all('engineSpans').map(({ key }) => key)).size).toBe(1);
    const named = startFleet();
    named.take(
      scrape(0, { gpus: [gpu({ domain, rack: 'r1', site: 'dallas' })] }),
      scrape(0, { engines: [engine(), engine({ engine: 'other', node: 'node-2' })] }, { target: 'engine' }),
    );
    expect(named.all('engineSpans').map(({ site, rack }) => [site, rack])).toEqual([
      ['dallas', 'r1'],
      [null, null],
    ]);
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

  test('requests that wait for their turn keep an engine from being idle', () => {
    const waiting = engine({ requestsRunning: 0, requestsWaiting: 3 });
    expect(statesOf([quiet, ...Array.from({ length: 9 }, () => waiting)]).at(-1)).toBe('serving placed');
  });

  test('a busy GPU whose clock fell by more than a tenth under its highest is throttled, where no reason is told', () => {
    const fleet = startFleet();
    const clocks = [1.98e9, 1.8e9, 1.78e9, 1.78e9, 1.98e9];
    const states = clocks.map((smClockHertz, poll) => {
      const sample = { ...held, utilisation: 0.9, smClockHertz, clockEventReasons: null, throttledSeconds: null };
      const engines = [scrape(poll * 10, { engines: [engine()] }, { target: 'engine' })];
      return fleet.take(...engines, scrape(poll * 10, { gpus: [gpu(sample)] })).gpuFacts[0]?.state;
    });
    expect(states.slice(1)).toEqual(['serving', 'throttled', 'throttled', 'serving']);
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
