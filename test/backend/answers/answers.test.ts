import { RENTAL_DEFAULTS } from '#shared/model/cost-book-defaults.ts';
import { beforeAll, describe, expect, it } from 'vitest';
import { createMemoryStore } from '#backend/store/memory-store.ts';
import type { FactBatch, Store } from '#backend/store/store.ts';
import { FIGURE_NAMES } from '#shared/contract/backend-api.ts';
import type { BackendClient } from '#shared/contract/client.ts';
import type { CostBook } from '#shared/model/cost-book.ts';
import { epochMs } from '#shared/time/instant.ts';
import { hour, NOW, SMALL_BOOK, SMALL_FLEET, START, WINDOW } from '../../golden/small-fleet.ts';
import { engineFact, gpuFact, NO_BATCH } from '../store/store-facts.ts';
import { ask, clientOver } from './ask.ts';

/** Answers about the fleet that test/golden/small-fleet.ts describes, or a part of it. */
async function storeOf(...batches: readonly FactBatch[]): Promise<Store> {
  const store = createMemoryStore();
  for (const batch of batches) await store.append(batch);
  return store;
}

async function clientOf(batch: FactBatch = SMALL_FLEET, book: CostBook = SMALL_BOOK): Promise<BackendClient> {
  return clientOver({ store: await storeOf(batch), book, now: NOW });
}

/** The fleet with the price of B200 missing. */
const WITHOUT_B200: CostBook = {
  revisions: SMALL_BOOK.revisions.map((revision) => ({
    ...revision,
    hardware: revision.hardware.filter((price) => price.sku !== 'B200'),
  })),
};

describe('figure', () => {
  it.each(FIGURE_NAMES)(
    '%s explains itself: formula, working that arrives at the value, inputs, coverage',
    async (name) => {
      const client = await clientOf();
      const figure = await ask(client, 'figure', { name, window: WINDOW });
      expect(figure.value).toBeGreaterThan(0);
      expect(figure.formula).not.toBe('');
      expect(figure.inputs.length).toBeGreaterThan(0);
      expect(figure.inputs.every((input) => input.label !== '' && input.source !== '')).toBe(true);
      expect(figure.coverage).toEqual({ observedSeconds: 22 * 3600, expectedSeconds: 24 * 3600 });
      const keys = figure.inputs.map((input) => `${input.label} ${input.source}`);
      expect(new Set(keys).size).toBe(keys.length);
      expect(figure.notes.join(' ')).toContain('8.33 % of the GPUs');
    },
  );

  it.each([
    ['cost-per-million-tokens', '$78.24 ÷ 83.6 Mtok = 0.9359 $/Mtok'],
    ['serving-cost-per-million-tokens', '$40.04 ÷ 83.6 Mtok = 0.4789 $/Mtok'],
    ['marginal-cost-per-million-tokens', '$2.244 ÷ 83.6 Mtok = 0.02684 $/Mtok'],
    ['spend', '$78.24'],
    ['spend-rate', '$78.24 ÷ 4 h = $19.56/h'],
    ['tokens', '83.60 M tokens'],
    ['throughput', '83.60 M tokens ÷ 14.40 k s = 5806 tok/s'],
    ['power', '8.8 kWh × 1.2 ÷ 4 h = 2.64 kW of 6 GPUs'],
    ['energy', '8.8 kWh × 1.2 × 1.25, then 1.5 = 14.52 kWh'],
    ['efficiency', '83.60 M tokens ÷ 38.02 M J = 2.199 tok/J'],
    ['idle-spend', '$20.2 for 8 idle GPU-h'],
    ['idle-spend-rate', '$20.2 for 8 idle GPU-h ÷ 4 h = $5.051/h'],
    ['idle-share', '$20.2 ÷ $78.24 = 25.82 %'],
    ['coverage', '22 GPU-h ÷ 24 GPU-h = 91.67 %'],
  ] as const)('%s shows its working', async (name, working) => {
    expect((await ask(await clientOf(), 'figure', { name, window: WINDOW })).working).toBe(working);
  });

  it('names every price that was used, and when it held', async () => {
    const { inputs } = await ask(await clientOf(), 'figure', { name: 'spend', window: WINDOW });
    const lines = inputs.map((input) => [input.label, input.value]);
    expect(lines).toContainEqual(['NVIDIA B200, rate, until 2026-03-03 02:00 UTC', 4]);
    expect(lines).toContainEqual(['NVIDIA B200, rate, from 2026-03-03 02:00 UTC', 5]);
    expect(lines).toContainEqual(['NVIDIA B200, GPU time, until 2026-03-03 02:00 UTC', 4]);
    expect(lines).toContainEqual(['Electricity, from 2026-03-03 02:00 UTC', 0.2]);
  });

  it('explains a model by its own GPU time, not that of the fleet', async () => {
    const scope = { model: 'qwen' };
    const { inputs, notes } = await ask(await clientOf(), 'figure', { name: 'spend', window: WINDOW, scope });
    expect(inputs.some((input) => input.label.includes('H100'))).toBe(false);
    const hours = inputs.filter((input) => input.unit === 'GPU-h').map((input) => input.value);
    expect(hours).toEqual([2, 2]);
    expect(notes.some((note) => note.startsWith('Energy is known'))).toBe(false);
  });

  it('has no cost where a product has no price: absent, and no part of the sum in sight', async () => {
    const client = await clientOf(SMALL_FLEET, WITHOUT_B200);
    for (const name of FIGURE_NAMES.filter(
      (one) => one.includes('cost') || one.includes('spend') || one === 'idle-share',
    )) {
      const figure = await ask(client, 'figure', { name, window: WINDOW });
      expect([name, figure.value, figure.absence]).toEqual([name, null, 'no-price']);
      expect(figure.parts).toEqual([]);
      expect(figure.working).not.toMatch(/\$\d/);
      expect(figure.notes.join(' ')).toContain('no price for NVIDIA B200');
    }
    const { rows, total } = await ask(client, 'costBreakdown', { window: WINDOW, by: 'node' });
    expect([total.spendUsd, total.idleUsdPerHour, total.cost]).toEqual([null, null, null]);
    expect(rows.find((row) => row.key === 'node-a')!.spendUsd).toBeCloseTo(21.02, 9);
    const series = await ask(client, 'costSeries', { window: WINDOW, bucketsMax: 4 });
    expect(series.cost).toEqual([null, null, null, null]);
    expect(series.tokensPerSecond.every((value) => value !== null)).toBe(true);
  });

  it('has no unit cost without tokens', async () => {
    const client = await clientOf({ ...SMALL_FLEET, engineFacts: [] });
    const { value, absence, parts } = await ask(client, 'figure', { name: 'cost-per-million-tokens', window: WINDOW });
    expect({ value, absence, parts }).toEqual({ value: null, absence: 'no-tokens', parts: [] });
    expect((await ask(client, 'figure', { name: 'tokens', window: WINDOW })).absence).toBe('no-tokens');
  });

  it('does not call tokens free whose GPUs nobody knows', async () => {
    const client = await clientOf({ ...SMALL_FLEET, gpuFacts: [], seats: [] });
    const figure = await ask(client, 'figure', { name: 'cost-per-million-tokens', window: WINDOW });
    expect([figure.value, figure.absence]).toEqual([null, 'no-gpus']);
  });

  it('does not call energy free that nobody measured', async () => {
    const gpuFacts = SMALL_FLEET.gpuFacts.map((fact) => ({ ...fact, energyJoules: null, energySeconds: null }));
    const client = await clientOf({ ...SMALL_FLEET, gpuFacts });
    for (const name of ['marginal-cost-per-million-tokens', 'power', 'energy', 'efficiency'] as const) {
      const figure = await ask(client, 'figure', { name, window: WINDOW });
      expect([figure.value, figure.absence]).toEqual([null, 'no-energy']);
    }
    const spend = await ask(client, 'figure', { name: 'spend', window: WINDOW });
    expect(spend.value).toBeCloseTo(76, 9);
    expect(spend.notes).toContainEqual('Energy is known for 0.00 % of the observed time; the rest is left out.');
  });

  it('charges unseen GPUs their capital and no energy', async () => {
    const figure = await ask(await clientOf(), 'figure', {
      name: 'spend',
      window: { from: hour(1), to: hour(2) },
      scope: { node: 'node-b' },
    });
    expect(figure.value).toBeCloseTo(8, 12);
    expect(figure.parts.filter((part) => part.value > 0).map((part) => part.key)).toEqual(['down-unseen']);
  });

  it('gives the energy of a bridged gap to what was not seen, once', async () => {
    const bridge = gpuFact({ seat: 'b0', start: hour(1), seconds: 3600, state: 'unobserved', observedSeconds: 0 });
    const sums = { bridgedSeconds: 3600, energyJoules: 3.6e6, energyIntegratedJoules: 0, energySeconds: 3600 };
    const client = await clientOf({ ...SMALL_FLEET, gpuFacts: [...SMALL_FLEET.gpuFacts, { ...bridge, ...sums }] });
    const { rows } = await ask(client, 'costBreakdown', { window: WINDOW, by: 'model' });
    const unseen = rows.find((row) => row.key === 'unseen')!;
    // 8 USD of GPU time + 1 kWh x 1.2 x 1.25 x 0.10
    expect(unseen.spendUsd).toBeCloseTo(8.15, 9);
    expect(unseen.gpuSeconds.unobserved).toBe(7200);
    expect(unseen.powerWatts).toBeCloseTo(300, 9);
    expect((await ask(client, 'figure', { name: 'spend', window: WINDOW })).value).toBeCloseTo(78.394, 9);
  });

  it('does not charge energy that the rent includes, and says so', async () => {
    const revisions = SMALL_BOOK.revisions.map((revision) => ({
      ...revision,
      hardware: revision.hardware.map((price) => ({
        ...price,
        terms: { ...RENTAL_DEFAULTS, kind: 'rented' as const, usdPerGpuHour: 1, includesEnergy: true },
      })),
    }));
    const figure = await ask(await clientOf(SMALL_FLEET, { revisions }), 'figure', { name: 'spend', window: WINDOW });
    expect(figure.value).toBe(24);
    expect(figure.powerBoundary).toBeNull();
    expect(figure.notes.join(' ')).toContain('rent includes power');
  });

  it('begins a rate with the first fact, and says so', async () => {
    const window = { from: epochMs(START - 20 * 3_600_000), to: hour(4) };
    const figure = await ask(await clientOf(), 'figure', { name: 'spend-rate', window });
    expect(figure.value).toBeCloseTo(78.244 / 4, 9);
    expect(figure.notes[0]).toBe('Facts begin at 2026-03-03 00:00 UTC: the figure covers the time since then.');
  });

  it('says what is missing before the first fact', async () => {
    const client = await clientOf(NO_BATCH);
    for (const name of FIGURE_NAMES) {
      const figure = await ask(client, 'figure', { name, window: WINDOW });
      expect(figure.value).toBeNull();
      expect(figure.absence).not.toBeNull();
    }
  });

  it('counts silence as unobserved time once the next poll is overdue', async () => {
    const store = await storeOf(SMALL_FLEET);
    const late = clientOver({ store, book: SMALL_BOOK, now: epochMs(hour(4) + 31_000) });
    const window = { from: hour(3), to: hour(5) };
    const { coverage } = await ask(late, 'figure', { name: 'coverage', window });
    expect(coverage.expectedSeconds - coverage.observedSeconds).toBeCloseTo(6 * 31, 6);
  });

  it('begins where facts are whole while the past is being read', async () => {
    const history = { wholeSince: hour(3), message: 'History is still being read.' };
    const client = clientOver({ store: await storeOf(SMALL_FLEET), book: SMALL_BOOK, now: NOW, history });
    const figure = await ask(client, 'figure', { name: 'coverage', window: WINDOW });
    expect(figure.coverage.expectedSeconds).toBe(6 * 3600);
    expect(figure.notes).toContain(history.message);
  });
});

describe('costSeries', () => {
  it('aligns steps and prices each bucket with the prices of its time', async () => {
    const series = await ask(await clientOf(), 'costSeries', { window: WINDOW, bucketsMax: 4 });
    expect(series.stepSeconds).toBe(3600);
    expect(series.starts).toEqual([hour(0), hour(1), hour(2), hour(3)]);
    // 4 H100, 2 B200, and the kWh of node-a, node-b and node-c; nobody measured node-b in hour 1.
    const hour0 = 4 * 2 + 2 * 4 + (1 + 2 + 0.2) * 0.15;
    const hour1 = 4 * 2 + 2 * 4 + (1 + 0.2) * 0.15;
    const later = 4 * 3 + 2 * 5 + (1 + 1 + 0.2) * 0.36;
    expect(series.spendPerHour).toEqual([hour0, hour1, later, later].map((value) => expect.closeTo(value, 9)));
    expect(series.coverage).toEqual([1, expect.closeTo(4 / 6, 9), 1, 1]);
  });

  it('prices both sides of a change inside one bucket', async () => {
    const series = await ask(await clientOf(), 'costSeries', { window: WINDOW, bucketsMax: 2 });
    expect(series.stepSeconds).toBe(10_800);
    // Three hours: H100 4 x (2 + 2 + 3) = 28, B200 2 x (4 + 4 + 5) = 26, energy 0.48 + 0.18 + 0.792.
    expect(series.spendPerHour[0]).toBeCloseTo((28 + 26 + 0.48 + 0.18 + 0.792) / 3, 9);
  });

  it('draws a bucket that hardly anybody watched as a gap, in its place', async () => {
    const series = await ask(await clientOf(), 'costSeries', {
      window: WINDOW,
      bucketsMax: 4,
      scope: { node: 'node-b' },
    });
    expect(series.cost.map((value) => value === null)).toEqual([false, true, false, false]);
    expect(series.coverage[1]).toBe(0);
  });

  it('takes no steps shorter than a poll, and only such as divide a day', async () => {
    const client = clientOver({ store: await storeOf(SMALL_FLEET), book: SMALL_BOOK, now: NOW, pollSeconds: 70 });
    const { stepSeconds } = await ask(client, 'costSeries', {
      window: { from: hour(3), to: hour(4) },
      bucketsMax: 2000,
    });
    expect(stepSeconds).toBe(300);
  });

  it('shows events of the scope', async () => {
    const of = async (scope: object) =>
      (await ask(await clientOf(), 'costSeries', { window: WINDOW, scope })).events.map((event) => event.kind);
    expect(await of({})).toEqual(['gpu-lost', 'engine-restarted']);
    expect(await of({ node: 'node-a' })).toEqual(['engine-restarted']);
  });
});

describe('costBreakdown', () => {
  it.each([
    ['fleet', ['fleet']],
    ['model', ['llama', 'qwen', 'free', 'down', 'unseen']],
    ['engine', ['node-a:8000', 'node-b:8000', 'free', 'down', 'unseen']],
    ['version', ['0.9.1', 'free', 'down', 'unseen', 'unplaced']],
    ['node', ['node-b', 'node-a', 'node-c']],
    ['rack', ['rack-1', 'rack-2']],
    ['pool', ['prod', 'unplaced']],
    ['site', ['site-1']],
  ] as const)('by %s has the members by spend, then what belongs to none', async (by, keys) => {
    const { rows } = await ask(await clientOf(), 'costBreakdown', { window: WINDOW, by });
    expect(rows.map((row) => row.key)).toEqual(keys);
  });

  it('keeps tokens of an unknown version beside its GPU time', async () => {
    const { rows } = await ask(await clientOf(), 'costBreakdown', { window: WINDOW, by: 'version' });
    const unknown = rows.at(-1)!;
    expect(unknown.label).toBe('Version not known');
    expect(unknown.cost).toBeCloseTo(19.02 / 22, 9);
  });

  it('counts rows beyond the limit and keeps them in the total', async () => {
    const { rows, total, omitted } = await ask(await clientOf(), 'costBreakdown', {
      window: WINDOW,
      by: 'node',
      limit: 1,
    });
    expect([rows.length, omitted]).toEqual([1, 2]);
    expect(total.spendUsd).toBeCloseTo(78.244, 9);
  });

  it('gives every bucket of a sparkline its place, gaps included', async () => {
    const input = { window: WINDOW, historyBuckets: 4, by: 'node' } as const;
    const { rows } = await ask(await clientOf(), 'costBreakdown', input);
    const history = rows.find((row) => row.key === 'node-b')!.history;
    expect(history.map((value) => value === null)).toEqual([false, true, false, false]);
    const scoped = await ask(await clientOf(), 'costBreakdown', { ...input, by: 'engine', scope: { model: 'qwen' } });
    expect(scoped.rows[0]!.history.map((value) => value === null)).toEqual([false, true, false, false]);
  });

  it('compares with the window before only where it was watched', async () => {
    const rowOf = async (from: number, to: number) =>
      (await ask(await clientOf(), 'costBreakdown', { window: { from: hour(from), to: hour(to) }, by: 'fleet' })).total;
    expect((await rowOf(3, 4)).costBefore).toBeCloseTo((await rowOf(2, 3)).cost!, 9);
    expect((await rowOf(2, 3)).costBefore).toBeNull();
  });
});

describe('overview', () => {
  it('shows now, the window and who was heard, in the asked scope', async () => {
    const overview = await ask(await clientOf(), 'overview', { window: WINDOW, basis: 'total' });
    expect(overview.heard).toEqual({ until: hour(4), gpusHeard: 5, gpusKnown: 6, readingHistory: null });
    expect(overview.now.window).toEqual({ from: epochMs(hour(4) - 300_000), to: hour(4) });
    // 4 x 3 + 2 x 5 USD/h of GPU time, 2.2 kW x 0.36
    expect(overview.now.spendRate.value).toBeCloseTo(22.792, 9);
    expect(overview.range.cost.value).toBeCloseTo(78.244 / 60, 9);
    expect(overview.dayBefore).toBeNull();
    expect([overview.engines, overview.models]).toEqual([2, 2]);
    const scoped = await ask(await clientOf(), 'overview', { window: WINDOW, scope: { node: 'node-a' } });
    expect([scoped.engines, scoped.models, scoped.heard.gpusKnown]).toEqual([1, 1, 2]);
  });

  it('shows the day before where it was watched', async () => {
    const day = 86_400_000;
    const now = epochMs(NOW + day);
    const start = epochMs(hour(4) - 300_000 + day);
    const today = SMALL_FLEET.seats.map((seat) =>
      gpuFact({ seat: seat.key, start, seconds: 300, observedSeconds: 300, state: 'serving' }),
    );
    const store = await storeOf(SMALL_FLEET, { ...NO_BATCH, gpuFacts: today });
    const overview = await ask(clientOver({ store, book: SMALL_BOOK, now }), 'overview', { window: WINDOW });
    expect(overview.dayBefore!.spendRate.value).toBeCloseTo(22.792, 9);
  });
});

describe('idleWaste', () => {
  it('takes a scope, and its nodes add to its spend', async () => {
    const idle = await ask(await clientOf(), 'idleWaste', { window: WINDOW, scope: { rack: 'rack-2' } });
    expect(idle.idleSpend.value! * 4).toBeCloseTo(
      idle.nodes.reduce((sum, node) => sum + node.idleUsd!, 0),
      9,
    );
    const none = await ask(await clientOf(), 'idleWaste', { window: WINDOW, scope: { rack: 'rack-1' } });
    expect([none.idleSpend.value, none.nodes]).toEqual([0, []]);
  });
});

describe('costBook and saveCostBook', () => {
  let client: BackendClient;
  beforeAll(async () => {
    client = await clientOf();
  });

  it('adds the rate up for every product in the fleet', async () => {
    const { rates, warnings } = await ask(client, 'costBook', {});
    expect(rates.map(({ sku, gpus, usdPerGpuHour }) => [sku, gpus, usdPerGpuHour])).toEqual([
      ['NVIDIA H100 80GB HBM3', 4, 3],
      ['NVIDIA B200', 2, 5],
    ]);
    expect(warnings).toEqual([]);
  });

  it('reprices all history from the next question on, and names products without a price', async () => {
    const { warnings } = await ask(client, 'saveCostBook', WITHOUT_B200 as never);
    expect(warnings).toEqual(['No price for NVIDIA B200 (2 GPUs): costs that include it are not shown.']);
    expect((await ask(client, 'figure', { name: 'spend', window: WINDOW })).absence).toBe('no-price');
  });

  const [first, second] = SMALL_BOOK.revisions;
  const owned = { kind: 'owned', capexUsd: 1, residualUsd: 2, termMonths: 1, annualRate: 0, method: 'annuity' };
  it.each([
    ['two revisions of one instant', [first, { ...second, from: first!.from }], 'same instant'],
    [
      'two prices of one product',
      [{ ...first, hardware: [first!.hardware[0], { ...first!.hardware[0], sku: ' h100 ' }] }],
      'two prices',
    ],
    ['hardware worth more at the end', [{ ...first, hardware: [{ ...first!.hardware[0], terms: owned }] }], 'residual'],
    ['a name without letters', [{ ...first, hardware: [{ ...first!.hardware[0], sku: '--' }] }], 'letter'],
  ])('refuses %s', async (_, revisions, message) => {
    const saved = await client.saveCostBook({ revisions } as never);
    expect(saved).toMatchObject({ ok: false, failure: { kind: 'bad-input' } });
    expect(!saved.ok && saved.failure.message).toContain(message);
  });

  it('keeps revisions in order of time, whatever order they come in', async () => {
    const { book } = await ask(client, 'saveCostBook', { revisions: [second, first] } as never);
    expect(book.revisions.map((revision) => revision.from)).toEqual([0, hour(2)]);
  });
});

it('capabilities and sourceHealth say what this backend is', async () => {
  const client = await clientOf();
  expect(await ask(client, 'capabilities', {})).toMatchObject({
    host: 'cli',
    isSample: false,
    pollSeconds: 10,
    now: NOW,
  });
  expect(await ask(client, 'sourceHealth', {})).toEqual([]);
});

it('events are those of the window, its end excluded', async () => {
  const kinds = async (from: number, to: number) =>
    (await ask(await clientOf(), 'events', { window: { from: hour(from), to: hour(to) } })).map((event) => event.kind);
  expect(await kinds(0, 3)).toEqual(['gpu-lost']);
  expect(await kinds(2, 4)).toEqual(['gpu-lost', 'engine-restarted']);
});

it('connectSource and removeSource answer with what was not possible', async () => {
  const client = await clientOf();
  expect(await client.connectSource({ address: 'file:///etc/passwd' })).toMatchObject({
    ok: false,
    failure: { kind: 'not-possible' },
  });
  expect(await ask(client, 'removeSource', { name: 'nobody' })).toEqual({ removed: false });
});

it('counts input as uncached where no engine reports the cache', async () => {
  const engineFacts = [
    engineFact({
      engineSpan: 'qwen-b',
      start: hour(3),
      seconds: 3600,
      inputTokens: 10,
      cachedTokens: null,
      outputTokens: 1,
    }),
  ];
  const client = await clientOf({ ...SMALL_FLEET, engineFacts });
  const figure = await ask(client, 'figure', { name: 'tokens', window: WINDOW });
  expect(figure.value).toBe(14);
  expect(figure.notes).toContain('No engine reports cached tokens: all input is weighted as uncached.');
});
