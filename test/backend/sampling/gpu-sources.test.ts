import { describe, expect, test } from 'vitest';

import type { GpuSample, Scrape } from '#shared/model/sample.ts';
import { engine, gpu, kindsOf, scrape, startFleet, totalOf } from './readings.ts';

const WATTS = 500;
const energyAt = (seconds: number): number => 1_000_000 + seconds * WATTS;

/** A reading by NVML on the machine itself: with energy, without pods. */
const byNvml = (seconds: number, changes: Partial<GpuSample> = {}): Scrape => {
  const told = { smActive: null, tensorActive: null, dramActive: null, xid: null };
  const sample = gpu({ origin: 'nvml', energyCounterJoules: energyAt(seconds), ...told, ...changes });
  return scrape(seconds, { gpus: [sample] }, { target: 'GPUs of node-1' });
};

const POD = { pod: 'pod-1', namespace: 'ns', share: 1 };

/** A reading by dcgm-exporter, whose values are as old as its collection. */
const byDcgm = (seconds: number, changes: Partial<GpuSample> = {}, lag = 0): Scrape => {
  const sample = gpu({ energyCounterJoules: energyAt(seconds - lag), workloads: [POD], rack: 'r1', ...changes });
  return scrape(seconds, { gpus: [sample] }, { target: 'dcgm' });
};

/** The same exporter through a server that scrapes it each minute, handed over up to a minute late. */
const byServer = (seconds: number, changes: Partial<GpuSample> = {}): Scrape => ({
  ...byDcgm(seconds, changes),
  target: 'dcgm node-1:9400',
  monotonicMs: null,
  intervalSeconds: 60,
});

const joulesOf = (fleet: ReturnType<typeof startFleet>): number => totalOf(fleet.all('gpuFacts'), 'energyJoules');
const secondsOf = (fleet: ReturnType<typeof startFleet>): number => totalOf(fleet.all('gpuFacts'), 'observedSeconds');

describe('M10 a GPU that two sources tell', () => {
  test.each([
    ['NVML and dcgm-exporter', [byNvml, byDcgm]],
    ['dcgm-exporter and NVML', [byDcgm, byNvml]],
    ['dcgm-exporter whose values are 30 s old, and NVML', [(at: number) => byDcgm(at, {}, 30), byNvml]],
  ])('counts each joule and each second once: %s', (_, readers) => {
    const fleet = startFleet();
    for (let at = 0; at <= 600; at += 10) fleet.take(...readers.map((read) => read(at)));
    expect([joulesOf(fleet), secondsOf(fleet)]).toEqual([600 * WATTS, 600]);
    expect(totalOf(fleet.all('gpuFacts'), 'energyIntegratedJoules')).toBe(0);
    expect(new Set(fleet.all('gpuFacts').map(({ seat }) => seat)).size).toBe(1);
    expect(fleet.batches.flatMap(kindsOf)).toEqual([]);
  });

  test('directly and through a server counts once', () => {
    const fleet = startFleet();
    for (let at = 0; at <= 600; at += 10) {
      fleet.take(byDcgm(at), ...(at % 60 === 50 ? [byServer(at - 50)] : []));
    }
    expect([joulesOf(fleet), secondsOf(fleet)]).toEqual([600 * WATTS, 600]);
    expect([...fleet.sampler.gpuSources()]).toEqual([
      ['dcgm node-1:9400', '1 GPU: facts come from dcgm: it is asked directly'],
    ]);
  });

  test.each([
    ['it asks the driver more directly', byNvml(10), byDcgm(10)],
    ['it has the energy counter', byDcgm(10), byNvml(10, { energyCounterJoules: null })],
    ['it is asked directly', byDcgm(10), byServer(10)],
    ['it has the energy counter', byServer(10), byDcgm(10, { energyCounterJoules: null })],
  ])('is told by the one of which is said: %s', (why, better, other) => {
    for (const scrapes of [
      [better, other],
      [other, better],
    ]) {
      const fleet = startFleet();
      fleet.take(...scrapes);
      expect([...fleet.sampler.gpuSources()]).toEqual([
        [other.target, `1 GPU: facts come from ${better.target}: ${why}`],
      ]);
    }
  });

  test('has what its preferred source leaves out from the other: pods, rack, activity', () => {
    const fleet = startFleet();
    const serving = (at: number) =>
      scrape(at, { engines: [engine({ counters: { outputTokens: 100 + at } })] }, { target: 'engine' });
    for (let at = 0; at <= 60; at += 10) fleet.take(serving(at), byNvml(at), byDcgm(at));
    const facts = fleet.all('gpuFacts');
    expect(facts.every(({ placement }) => placement?.startsWith('pod:') === true)).toBe(true);
    expect(totalOf(facts, 'dramActiveSeconds')).toBeCloseTo(0.2 * 60, 9);
    expect(fleet.all('seats').at(-1)).toMatchObject({ rack: 'r1' });
  });

  test('keeps its source while one reading lacks the energy counter: they do not take turns', () => {
    const fleet = startFleet();
    for (let at = 0; at <= 120; at += 10) {
      fleet.take(byNvml(at, at % 30 === 20 ? { energyCounterJoules: null } : {}), byDcgm(at));
      expect([...fleet.sampler.gpuSources().keys()]).toEqual(['dcgm']);
    }
  });
});

describe('a source that goes silent', () => {
  test('is followed by the other without a gap and without a joule too many, and takes over again', () => {
    const fleet = startFleet();
    const preferredAt: string[] = [];
    for (let at = 0; at <= 900; at += 10) {
      const isSilent = at > 300 && at <= 600;
      fleet.take(...(isSilent ? [] : [byNvml(at)]), byDcgm(at));
      preferredAt.push([...fleet.sampler.gpuSources().keys()].join());
    }
    expect([joulesOf(fleet), secondsOf(fleet)]).toEqual([900 * WATTS, 900]);
    expect(fleet.all('gpuFacts').some(({ state }) => state === 'unobserved')).toBe(false);
    expect(new Set(preferredAt)).toEqual(new Set(['dcgm', '']));
  });

  test('is followed by one whose values are older: what was counted is not counted again', () => {
    const fleet = startFleet();
    for (let at = 0; at <= 600; at += 10) fleet.take(...(at <= 300 ? [byNvml(at)] : []), byDcgm(at, {}, 30));
    // The exporter's last reading is 30 s old: its joules are still to come.
    expect(joulesOf(fleet)).toBe(570 * WATTS);
    expect(secondsOf(fleet)).toBe(600);
  });

  test('is followed by Triton, whose counter started with the server: power fills the seam, no counter jumps', () => {
    const fleet = startFleet();
    const byTriton = (at: number): Scrape =>
      scrape(
        at,
        { gpus: [gpu({ origin: 'triton', energyCounterJoules: 7_000_000 + at * WATTS, sku: 'unknown GPU' })] },
        { target: 'triton' },
      );
    for (let at = 0; at <= 600; at += 10) {
      fleet.take(...(at <= 200 || at > 400 ? [byDcgm(at)] : []), byTriton(at));
    }
    expect([joulesOf(fleet), secondsOf(fleet)]).toEqual([600 * WATTS, 600]);
    expect(totalOf(fleet.all('gpuFacts'), 'energyIntegratedJoules')).toBeLessThanOrEqual(40 * WATTS);
    expect(fleet.batches.flatMap(kindsOf)).toEqual([]);
    expect(new Set(fleet.all('seats').map(({ sku }) => sku))).toEqual(new Set(['NVIDIA B200']));
  });
});

describe('a GPU that one of two sources no longer lists', () => {
  const other = gpu({ gpu: 'GPU-1', origin: 'nvml', energyCounterJoules: 5000 });
  const withOther = (reading: Scrape): Scrape => ({ ...reading, gpus: [...reading.gpus, other] });

  test('G03 is not lost as long as the other tells of it', () => {
    const fleet = startFleet();
    for (let at = 0; at <= 200; at += 10) {
      const nvml = withOther(byNvml(at));
      fleet.take(at <= 100 ? nvml : { ...nvml, gpus: [other] }, byDcgm(at));
    }
    expect(
      joulesOf(fleet) -
        totalOf(
          fleet.all('gpuFacts').filter(({ seat }) => seat.startsWith('GPU-1')),
          'energyJoules',
        ),
    ).toBe(200 * WATTS);
    expect(fleet.batches.flatMap(kindsOf)).toEqual([]);
  });

  test('G03 is lost when none does, once', () => {
    const fleet = startFleet();
    for (let at = 0; at <= 200; at += 10) {
      const isThere = at <= 100;
      const nvml = withOther(byNvml(at));
      const dcgm = withOther(byDcgm(at));
      fleet.take(isThere ? nvml : { ...nvml, gpus: [other] }, isThere ? dcgm : { ...dcgm, gpus: [other] });
    }
    expect(fleet.batches.flatMap(kindsOf)).toEqual(['gpu-lost']);
    const lost = fleet.all('gpuFacts').filter(({ state }) => state === 'unhealthy');
    expect(totalOf(lost, 'observedSeconds')).toBe(100);
  });

  test('is not lost because Triton no longer uses it', () => {
    const fleet = startFleet();
    const byTriton = (at: number, gpus: readonly GpuSample[]) => scrape(at, { gpus }, { target: 'triton' });
    const [one, two] = [gpu({ origin: 'triton' }), gpu({ gpu: 'GPU-1', origin: 'triton' })];
    fleet.take(byTriton(0, [one, two]));
    fleet.take(byTriton(10, [one]));
    expect(fleet.batches.flatMap(kindsOf)).toEqual([]);
    expect(fleet.all('gpuFacts').map(({ state }) => state)).toEqual(['serving']);
  });
});
