import { describe, expect, test } from 'vitest';

import { moduleMeters } from '#backend/sampling/module-meters.ts';
import { nodeNames } from '#backend/sampling/node-names.ts';
import type { MeterFact } from '#shared/model/fact.ts';
import type { MeterSample, Scrape } from '#shared/model/sample.ts';
import { gpu, POLL_SECONDS, scrape, secondsAfterStart, startFleet } from './readings.ts';

function meter(changes: Partial<MeterSample> = {}): MeterSample {
  const place = { site: null, rack: null, pool: null, node: 'node-1' };
  const known = { meter: 'ipmi', boundary: 'node', origin: 'ipmi', parts: 1 } as const;
  return { ...place, ...known, watts: 6000, energyCounterJoules: null, ...changes };
}

/** A scrape of one exporter of meters, named by the first of them. */
function metersAt(seconds: number, meters: readonly MeterSample[], changes: Partial<Scrape> = {}): Scrape {
  return scrape(seconds, { meters }, { target: `meters of ${meters[0]?.meter ?? 'nothing'}`, ...changes });
}

function joulesOf(facts: readonly MeterFact[]): number {
  return facts.reduce((total, fact) => total + (fact.energyJoules ?? 0), 0);
}

const spansOf = (facts: readonly MeterFact[]) => facts.map(({ start, seconds }) => [secondsAfterStart(start), seconds]);

describe('energy of a meter', () => {
  test('is the mean of both powers over their interval, and said to be integrated', () => {
    const fleet = startFleet();
    fleet.take(metersAt(0, [meter({ watts: 6000 })]));
    const { meterFacts, meters } = fleet.take(metersAt(10, [meter({ watts: 7000 })]));
    expect(meterFacts).toMatchObject([
      { observedSeconds: 10, energyJoules: 65_000, energyIntegratedJoules: 65_000, partSeconds: 10 },
    ]);
    expect(meters).toEqual([]);
    expect(fleet.all('meters')).toMatchObject([{ node: 'node-1', boundary: 'node', origin: 'ipmi', parts: 1 }]);
  });

  test('is what its counter counted, where it has one', () => {
    const fleet = startFleet();
    for (const [poll, joules] of [1e9, 1e9 + 60_000, 1e9 + 125_000].entries()) {
      fleet.take(metersAt(poll * 10, [meter({ watts: null, energyCounterJoules: joules })]));
    }
    const facts = fleet.all('meterFacts');
    expect(joulesOf(facts)).toBe(125_000);
    expect(facts.every((fact) => fact.energyIntegratedJoules === 0)).toBe(true);
  });

  test('M05: is not known over the restart of a counter, and never negative', () => {
    const fleet = startFleet();
    for (const [poll, joules] of [5_000_000, 5_060_000, 1000, 61_000].entries()) {
      fleet.take(metersAt(poll * 10, [meter({ watts: null, energyCounterJoules: joules })]));
    }
    expect(fleet.all('meterFacts').map(({ energyJoules }) => energyJoules)).toEqual([60_000, 60_000]);
  });

  test('G08: is not integrated over a silence: a gap stays a gap', () => {
    const fleet = startFleet();
    for (const at of [0, 10, 20, 60, 70]) fleet.take(metersAt(at, [meter()]));
    expect(spansOf(fleet.all('meterFacts'))).toEqual([
      [0, 10],
      [10, 10],
      [60, 10],
    ]);
  });

  test('of a meter that is read once a minute is one fact a minute, divided at minutes', () => {
    const fleet = startFleet();
    for (const at of [30, 90, 150]) fleet.take(metersAt(at, [meter()], { intervalSeconds: 60 }));
    expect(spansOf(fleet.all('meterFacts'))).toEqual([
      [30, 30],
      [60, 30],
      [90, 30],
      [120, 30],
    ]);
  });
});

describe('meters of one thing', () => {
  test('M10: from two exporters are one: the more trusted counts, the other takes over when it falls silent', () => {
    const fleet = startFleet();
    const redfish = meter({ origin: 'redfish', meter: 'redfish', watts: 6300 });
    for (let poll = 0; poll <= 12; poll += 1) {
      const ipmi = poll <= 4 ? [metersAt(poll * 10, [meter()])] : [];
      fleet.take(...ipmi, metersAt(poll * 10 + 1, [redfish]));
    }
    const facts = fleet.all('meterFacts');
    const origins = new Map(fleet.all('meters').map(({ key, origin }) => [key, origin]));
    expect(facts.map((fact) => [origins.get(fact.meter), secondsAfterStart(fact.start)])).toEqual([
      ...[0, 10, 20, 30].map((start) => ['ipmi', start]),
      ...[61, 71, 81, 91, 101, 111, 120].map((start) => ['redfish', start]),
    ]);
  });

  test('that are seen by two routes are one: the second reading of an instant adds nothing', () => {
    const fleet = startFleet();
    for (let poll = 0; poll <= 3; poll += 1) {
      fleet.take(metersAt(poll * 10, [meter()]), metersAt(poll * 10, [meter()], { target: 'the same again' }));
    }
    expect(joulesOf(fleet.all('meterFacts'))).toBe(3 * 60_000);
  });

  test('that are feeds of one rack add, also from targets of their own', () => {
    const fleet = startFleet();
    const feed = (name: string, watts: number) =>
      meter({ node: null, rack: 'r1', boundary: 'rack', origin: 'mapped', meter: name, watts });
    for (let poll = 0; poll <= 3; poll += 1) {
      fleet.take(metersAt(poll * 10, [feed('A', 60_000)]), metersAt(poll * 10, [feed('B', 55_000)]));
    }
    expect(joulesOf(fleet.all('meterFacts'))).toBe(3 * 10 * 115_000);
    expect(fleet.all('meters').at(-1)).toMatchObject({ rack: 'r1', node: null, parts: 2 });
  });

  test('with a feed that fell silent are not whole: half a rack is no rack, until it has been so for a day', () => {
    const fleet = startFleet();
    const feed = (name: string) => meter({ node: null, rack: 'r1', boundary: 'rack', origin: 'mapped', meter: name });
    const minute = { intervalSeconds: 60 };
    for (const at of [0, 60]) fleet.take(metersAt(at, [feed('A')], minute), metersAt(at, [feed('B')], minute));
    const before = fleet.all('meterFacts').length;
    for (let at = 180; at < 86_400; at += 60) fleet.take(metersAt(at, [feed('A')], minute));
    expect(fleet.all('meterFacts')).toHaveLength(before);
    for (let at = 86_400; at < 87_000; at += 60) fleet.take(metersAt(at, [feed('A')], minute));
    expect(fleet.all('meterFacts').length).toBeGreaterThan(before);
    expect(fleet.all('meters').at(-1)).toMatchObject({ parts: 1 });
  });

  test('that map power and energy of one feed count its energy alone', () => {
    const fleet = startFleet();
    const feed = (name: string, changes: Partial<MeterSample>) =>
      meter({ node: null, rack: 'r1', boundary: 'rack', origin: 'mapped', meter: name, ...changes });
    for (let poll = 0; poll <= 3; poll += 1) {
      const energy = feed('kWh', { watts: null, energyCounterJoules: 1e9 + poll * 600_000 });
      fleet.take(metersAt(poll * 10, [feed('kW', { watts: 60_000 }), energy]));
    }
    expect(joulesOf(fleet.all('meterFacts'))).toBe(3 * 600_000);
  });
});

describe('superchips', () => {
  const tray = (watts: readonly number[]) =>
    watts.map((moduleWatts, index) =>
      gpu({
        gpu: `GPU-${index}`,
        sku: 'NVIDIA GB200',
        boardSerial: `board-${index >> 1}`,
        moduleWatts,
        powerWatts: 165,
      }),
    );

  test('G08: the four GPUs of a GB200 tray are two modules, each counted once', () => {
    const fleet = startFleet();
    // Observed on a GB200 tray: telemetry reference, section 0, rule 1.
    for (const at of [0, 10]) fleet.take(scrape(at, { gpus: tray([467, 460, 460, 452]) }));
    const [fact] = fleet.all('meterFacts');
    expect(fact?.energyJoules).toBeCloseTo(((467 + 460) / 2 + (460 + 452) / 2) * 10, 9);
    expect(fleet.all('meters')).toMatchObject([{ node: 'node-1', boundary: 'module', origin: 'gpu', parts: 2 }]);
  });

  test('G03: with a module that no GPU answers for, the tray is not whole', () => {
    const fleet = startFleet();
    for (const at of [0, 10]) fleet.take(scrape(at, { gpus: tray([460, 460, 460, 460]) }));
    for (const at of [20, 30, 40]) fleet.take(scrape(at, { gpus: tray([460, 460]) }));
    expect(spansOf(fleet.all('meterFacts'))).toEqual([[0, 10]]);
  });

  test('of which nobody tells the board are not added: they may be two GPUs of one', () => {
    const unnamed = tray([460, 460]).map((one) => ({ ...one, boardSerial: null }));
    expect(moduleMeters(unnamed)).toEqual([]);
    expect(moduleMeters(unnamed.slice(1))).toMatchObject([{ watts: 460, parts: 1 }]);
    expect(moduleMeters([gpu()])).toEqual([]);
  });
});

describe('the node of a meter', () => {
  const nodeOf = nodeNames(new Set(['gpu-7', 'gpu-8', 'b200-01.dc1.example', 'x.a', 'x.b', '10.0.0.7']));
  test.each([
    ['gpu-7', 'gpu-7'],
    ['gpu-7-bmc', 'gpu-7'],
    ['GPU-7-BMC.oob.example', 'gpu-7'],
    ['ipmi-gpu-8', 'gpu-8'],
    ['gpu-8_idrac', 'gpu-8'],
    ['b200-01', 'b200-01.dc1.example'],
    ['10.0.0.7', '10.0.0.7'],
    ['gpu-9-bmc', 'gpu-9-bmc'],
    ['x', 'x'],
    ['10.0.0.8', '10.0.0.8'],
  ])('%s is %s', (host, node) => expect(nodeOf(host)).toBe(node));

  test('is the one of the GPUs, as soon as they are known', () => {
    const fleet = startFleet();
    for (const at of [0, 10]) {
      fleet.take(metersAt(at, [meter({ node: 'node-1-bmc' })]), scrape(at, { gpus: [gpu()] }));
    }
    expect(fleet.all('meters').map(({ node }) => node)).toEqual(['node-1']);
    expect(POLL_SECONDS).toBe(10);
  });
});
