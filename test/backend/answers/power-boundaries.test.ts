import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '#backend/store/memory-store.ts';
import type { FactBatch } from '#backend/store/store.ts';
import type { FigureName } from '#shared/contract/backend-api.ts';
import { SAMPLE_COST_BOOK } from '#shared/cost/sample-cost-book.ts';
import type { GpuFact, MeterFact } from '#shared/model/fact.ts';
import type { GpuSeat } from '#shared/model/gpu.ts';
import type { Meter } from '#shared/model/meter.ts';
import { at, engineFact, gpuFact, NO_BATCH, SEATS, SPANS } from '../store/store-facts.ts';
import { ask, clientOver } from './ask.ts';

/** An hour of nodes of two GPUs, each GPU at 500 W: 1 kWh of boards a node. The book: node x 1.3, module x 1.1, PUE 1.25. */
const WINDOW = { from: at(0), to: at(3600) };

function seatsOf(nodes: readonly string[]): GpuSeat[] {
  return nodes.flatMap((node) =>
    [0, 1].map((index) => ({
      ...SEATS[0]!,
      key: `${node}/${index}`,
      gpu: `${node}/${index}`,
      node,
      sku: 'NVIDIA B200',
    })),
  );
}

function gpuFactsOf(seats: readonly GpuSeat[], watts = 500): GpuFact[] {
  return seats.flatMap(({ key }) =>
    Array.from({ length: 12 }, (_, piece) => {
      const seconds = 300;
      const energy = { energyJoules: watts * seconds, energyIntegratedJoules: 0, energySeconds: seconds };
      return gpuFact({ seat: key, start: at(piece * seconds), seconds, observedSeconds: seconds, ...energy });
    }),
  );
}

function meterOf(node: string, changes: Partial<Meter> = {}): Meter {
  const key = `${node} ${changes.boundary ?? 'node'}`;
  const known = { site: null, rack: null, pool: null, node, boundary: 'node', origin: 'ipmi', parts: 1 } as const;
  return { ...known, key, meter: key, since: at(0), until: null, ...changes };
}

/** Facts of a meter at a constant power, W, until a second of the hour. */
function measured(meter: Meter, watts: number, until = 3600): MeterFact[] {
  return Array.from({ length: until / 300 }, (_, piece) => {
    const energyJoules = watts * 300;
    const known = { energyJoules, energyIntegratedJoules: energyJoules, observedSeconds: 300, partSeconds: 300 };
    return { meter: meter.key, start: at(piece * 300), seconds: 300, ...known };
  });
}

async function figureOf(name: FigureName, batch: Partial<FactBatch>) {
  const store = createMemoryStore();
  await store.append({ ...NO_BATCH, ...batch });
  const client = clientOver({ store, book: SAMPLE_COST_BOOK, now: at(3605) });
  return await ask(client, 'figure', { name, window: WINDOW, basis: 'output' });
}

const NODES = ['node-a', 'node-b', 'node-c'];
const FLEET = { seats: seatsOf(NODES), gpuFacts: gpuFactsOf(seatsOf(NODES)) };

describe('power', () => {
  it('of nodes without a meter is that of the boards, with the stated overhead', async () => {
    const figure = await figureOf('power', FLEET);
    expect(figure.value).toBeCloseTo(3 * 1000 * 1.3, 6);
    expect(figure.powerBoundary).toBe('IT: GPU boards × 1.3 for the rest of the node');
    expect(figure.notes).toEqual([]);
  });

  it('G08: of a metered node is what its meter reads: boards are not added, no overhead either', async () => {
    const meters = NODES.map((node) => meterOf(node));
    const figure = await figureOf('power', {
      ...FLEET,
      meters,
      meterFacts: meters.flatMap((one) => measured(one, 1450)),
    });
    expect(figure.value).toBeCloseTo(3 * 1450, 6);
    expect(figure.powerBoundary).toBe('IT: node meters');
    expect(figure.formula).toBe('node energy ÷ hours');
    expect(figure.working).toBe('4.35 kWh ÷ 1 h = 4.35 kW of 6 GPUs');
    expect(figure.inputs.filter(({ unit }) => unit !== 's')).toEqual([
      expect.objectContaining({
        label: 'Node energy',
        value: expect.closeTo(4.35, 9),
        source: 'power readings of node meters, integrated, 6 GPU-h covered',
        quality: 'estimated',
      }),
    ]);
    expect(figure.notes[0]).toContain('shared over its GPUs by the energy of their boards');
  });

  it('of a fleet in part metered says how many nodes rest on what', async () => {
    const meters = NODES.slice(0, 2).map((node) => meterOf(node));
    const figure = await figureOf('power', {
      ...FLEET,
      meters,
      meterFacts: meters.flatMap((one) => measured(one, 1450)),
    });
    expect(figure.value).toBeCloseTo(2 * 1450 + 1300, 6);
    expect(figure.powerBoundary).toBe('IT: node meters (2 of 3 nodes), rest GPU boards × 1.3');
    expect(figure.formula).toBe('(node energy + GPU board energy × node overhead) ÷ hours');
    expect(figure.working).toBe('(2.9 kWh + 1 kWh × 1.3) ÷ 1 h = 4.2 kW of 6 GPUs');
    expect(figure.inputs.map(({ label }) => label)).toEqual([
      'Node energy, node meters',
      'GPU board energy, GPU boards',
      'Node overhead, GPU boards',
      'Length of the window',
    ]);
  });

  it('of a node whose meter fell silent rests on it while it measured and on the boards after, and says so', async () => {
    const meter = meterOf('node-a');
    const batch = { ...FLEET, seats: FLEET.seats.slice(0, 2), gpuFacts: FLEET.gpuFacts.slice(0, 24) };
    const figure = await figureOf('power', { ...batch, meters: [meter], meterFacts: measured(meter, 1450, 1200) });
    expect(figure.value).toBeCloseTo((1450 * 1200 + 1000 * 1.3 * 2400) / 3600, 6);
    expect(figure.powerBoundary).toBe('IT: node meters (33.3 % of GPU time), rest GPU boards × 1.3');
    expect(figure.notes).toContain('node-a rests on a meter for part of the time only.');
  });

  it('of a superchip tray is its modules and the stated overhead for the rest of the tray', async () => {
    const tray = meterOf('node-a', { boundary: 'module', origin: 'gpu', parts: 2 });
    const batch = { ...FLEET, seats: FLEET.seats.slice(0, 2), gpuFacts: FLEET.gpuFacts.slice(0, 24) };
    const figure = await figureOf('power', { ...batch, meters: [tray], meterFacts: measured(tray, 1300) });
    expect(figure.value).toBeCloseTo(1300 * 1.1, 6);
    expect(figure.powerBoundary).toBe('IT: superchip modules × 1.1');
    expect(figure.working).toBe('1.3 kWh × 1.1 ÷ 1 h = 1.43 kW of 2 GPUs');
  });

  it('tells of meters without a GPU and of meters that read less than the boards they hold', async () => {
    const [stranger, low] = [meterOf('10.0.0.9'), meterOf('node-b')];
    const meterFacts = [...measured(stranger, 900), ...measured(low, 300)];
    const figure = await figureOf('power', { ...FLEET, meters: [stranger, low], meterFacts });
    expect(figure.value).toBeCloseTo(3 * 1000 * 1.3, 6);
    expect(figure.notes).toEqual([
      '10.0.0.9 is measured, but no GPU is known there: left out. If a BMC names its node otherwise, give its target a label "node".',
      'The node meters of node-b read less than the GPU boards in them: not used.',
    ]);
  });
});

describe('energy at the facility', () => {
  it('is node energy × PUE, and a wall meter is at the facility already', async () => {
    const [node, wall] = [meterOf('node-a'), meterOf('node-b', { boundary: 'wall', origin: 'mapped' })];
    const meterFacts = [...measured(node, 1400), ...measured(wall, 2000)];
    const figure = await figureOf('energy', { ...FLEET, meters: [node, wall], meterFacts });
    expect((figure.value ?? 0) / 3.6e6).toBeCloseTo(2 + (1.4 + 1.3) * 1.25, 9);
    expect(figure.formula).toBe('energy at the wall + (node energy + GPU board energy × node overhead) × PUE');
    expect(figure.working).toBe('2 kWh + (1.4 kWh + 1 kWh × 1.3) × 1.25 = 5.375 kWh');
    expect(figure.powerBoundary).toBe(
      'facility: wall meters (1 of 3 nodes), node meters (1 of 3 nodes), rest GPU boards × 1.3; all but the wall × PUE 1.25',
    );
  });

  it('costs what is measured and the stated factors, line by line', async () => {
    const meter = meterOf('node-a');
    const figure = await figureOf('spend', { ...FLEET, meters: [meter], meterFacts: measured(meter, 1400) });
    const costs = figure.inputs.filter(({ label }) => label.startsWith('Cost of energy'));
    expect(costs.map(({ label, source }) => [label, source])).toEqual([
      ['Cost of energy, node meters', '1.4 kWh × 1.25 × $0.08'],
      ['Cost of energy, GPU boards', '2 kWh × 1.3 × 1.25 × $0.08'],
    ]);
    expect(costs.reduce((sum, { value }) => sum + (value ?? 0), 0)).toBeCloseTo((1.4 + 2.6) * 1.25 * 0.08, 9);
  });
});

it('tokens per joule name the boundary that they rest on', async () => {
  const meters = NODES.map((node) => meterOf(node));
  const figure = await figureOf('efficiency', {
    ...FLEET,
    meters,
    meterFacts: meters.flatMap((one) => measured(one, 1450)),
    engineSpans: SPANS,
    engineFacts: [engineFact({ start: at(0), seconds: 3600, outputTokens: 3_132_000, inputTokens: 0 })],
  });
  expect(figure.value).toBeCloseTo(3_132_000 / (4350 * 3600), 9);
  expect(figure.powerBoundary).toBe('IT: node meters');
  expect(figure.formula).toBe('output tokens ÷ node energy');
});

describe('PUE', () => {
  const node = meterOf('node-a');
  const wall = meterOf('node-a', { boundary: 'wall' });
  const label = 'PUE, measured where the wall and IT have meters';

  it('is measured where a meter at the wall stands beside one of IT, over the same time', async () => {
    // 2,080 W at the wall for half an hour, 1,600 W of IT: 1.04 kWh over 0.8 kWh
    const meterFacts = [...measured(wall, 2080, 1800), ...measured(node, 1600)];
    const figure = await figureOf('energy', { ...FLEET, meters: [wall, node], meterFacts });
    const input = figure.inputs.find((one) => one.label === label)!;
    expect(input.value).toBeCloseTo(1.3, 9);
    expect(input.source).toBe('1.04 kWh at the wall ÷ 0.8 kWh of IT in the same places and time');
    expect(figure.notes.join(' ')).toContain('a PUE of 1.3; the cost book says 1.25');
  });

  it('is not told of a wall without a meter of IT, nor of IT without one at the wall', async () => {
    for (const meter of [wall, node]) {
      const figure = await figureOf('energy', { ...FLEET, meters: [meter], meterFacts: measured(meter, 2000) });
      expect(figure.inputs.map((input) => input.label)).not.toContain(label);
    }
  });
});
