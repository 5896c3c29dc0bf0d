import { ENERGY_DEFAULTS, REVISION_DEFAULTS } from '#shared/model/cost-book-defaults.ts';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openDuckdbStore } from '#backend/store/duckdb/duckdb-store.ts';
import { createMemoryStore } from '#backend/store/memory-store.ts';
import type { Store } from '#backend/store/store.ts';
import type { CostBook } from '#shared/model/cost-book.ts';
import { at, engineFact, FLEET, gpuFact, latencyFact, NO_BATCH, PLACEMENTS, SEATS, SPANS } from './store-facts.ts';

const folder = await mkdtemp(join(tmpdir(), 'tokenwatt-store-'));
afterAll(() => rm(folder, { recursive: true }));
let files = 0;

async function openDuckdb(path: string): Promise<Store> {
  const opened = await openDuckdbStore({ path });
  if (!opened.ok) throw new Error(opened.failure.message);
  return opened.value;
}

const IMPLEMENTATIONS: readonly (readonly [string, () => Promise<Store>])[] = [
  ['memory', async () => createMemoryStore()],
  ['DuckDB in memory', () => openDuckdb(':memory:')],
  ['DuckDB in a file', () => openDuckdb(join(folder, `store-${(files += 1)}.duckdb`))],
];

const HOUR = { from: at(0), to: at(3600) };
const TOTAL = { window: HOUR, by: [], stepSeconds: null } as const;

describe.each(IMPLEMENTATIONS)('a store of kind %s', (_name, open) => {
  async function openWith(batch: Partial<typeof NO_BATCH>): Promise<Store> {
    const store = await open();
    expect(await store.append({ ...FLEET, ...batch })).toEqual({ ok: true, value: undefined });
    return store;
  }

  it('is empty at first: no extent, no rows, no cost book', async () => {
    const store = await open();
    expect(await store.extent()).toBeNull();
    expect(await store.gpuFacts(TOTAL)).toEqual([]);
    expect(await store.latencies(TOTAL)).toEqual([]);
    expect(await store.costBook()).toBeNull();
    await store.rollUp(at(3600));
    expect(await store.gpuFacts(TOTAL)).toEqual([]);
    await store.close();
  });

  it('divides a fact at the edge of the window by the share of its interval inside', async () => {
    const store = await openWith({
      gpuFacts: [gpuFact({ start: at(0), seconds: 10, energyJoules: 1000, powerWattsMax: 700 })],
    });
    const [row] = await store.gpuFacts({ ...TOTAL, window: { from: at(7), to: at(60) } });
    expect(row?.sums.energyJoules).toBeCloseTo(300, 9);
    expect(row?.sums.powerWattsMax).toBe(700);
    await store.close();
  });

  it('keeps a bridged fact whole in the bucket of its start, and leaves it out where that lies outside', async () => {
    const bridged = { start: at(50), seconds: 7000, bridgedSeconds: 7000 };
    const store = await openWith({
      gpuFacts: [gpuFact({ ...bridged, energyJoules: 9000 })],
      engineFacts: [engineFact({ ...bridged, outputTokens: 77 })],
      latencyFacts: [latencyFact({ start: at(50), seconds: 7000, count: 5 })],
    });
    const late = { ...TOTAL, window: { from: at(55), to: at(9000) } };
    const early = { ...TOTAL, window: { from: at(45), to: at(55) }, stepSeconds: 10 };
    for (const _tier of ['raw', 'rolled up']) {
      expect(await store.gpuFacts(late)).toEqual([]);
      expect((await store.gpuFacts(early)).map(({ start, sums }) => [start, sums.energyJoules])).toEqual([
        [at(50), 9000],
      ]);
      expect((await store.engineFacts(early))[0]?.sums.outputTokens).toBe(77);
      expect((await store.latencies(early)).map(({ start, count }) => [start, count])).toEqual([[at(50), 5]]);
      expect((await store.gpuFacts({ ...TOTAL, stepSeconds: 60 }))[0]).toMatchObject({ start: at(0), by: [] });
      await store.rollUp(at(3600));
    }
    await store.close();
  });

  it('tells nothing measured from zero: a sum over nulls alone is null, over some it skips them', async () => {
    const store = await openWith({
      gpuFacts: [
        gpuFact({ start: at(0), energyJoules: 5, smCycles: null }),
        gpuFact({ start: at(10), energyJoules: null, smCycles: null, utilisationSeconds: 0 }),
      ],
    });
    for (const _tier of ['raw', 'rolled up']) {
      const [row] = await store.gpuFacts(TOTAL);
      expect(row?.sums).toMatchObject({ energyJoules: 5, smCycles: null, utilisationSeconds: 0 });
      await store.rollUp(at(3600));
    }
    await store.close();
  });

  it('divides GPU facts by the shares of their placement when asked by model, and whole otherwise', async () => {
    const store = await openWith({
      gpuFacts: [
        gpuFact({ start: at(0), seat: 'seat-2', placement: 'placement-1', energyJoules: 100, powerWattsMax: 600 }),
        gpuFact({ start: at(0), seat: 'seat-4', placement: null, energyJoules: 8 }),
      ],
    });
    const byModel = await store.gpuFacts({ ...TOTAL, by: ['model'] });
    expect(byModel.map(({ by, sums }) => [...by, sums.energyJoules, sums.powerWattsMax])).toEqual([
      ['llama', 25, 600],
      ['qwen', 75, 600],
      [null, 8, null],
    ]);
    const unplaced = await store.gpuFacts({ ...TOTAL, by: ['gpu'], scope: { model: null } });
    expect(unplaced.map(({ by }) => by)).toEqual([['GPU-4']]);
    const llama = await store.gpuFacts({ ...TOTAL, scope: { model: 'llama' } });
    expect(llama[0]?.sums.energyJoules).toBe(25);
    expect((await store.gpuFacts({ ...TOTAL, by: ['node'] })).map(({ sums }) => sums.energyJoules)).toEqual([100, 8]);
    await store.close();
  });

  it('leaves the part of a GPU that workloads without a known engine have with no model', async () => {
    const store = await openWith({
      gpuFacts: [gpuFact({ start: at(0), placement: 'placement-3', energyJoules: 100 })],
    });
    const byModel = await store.gpuFacts({ ...TOTAL, by: ['model'] });
    expect(byModel.map(({ by, sums }) => [...by, sums.energyJoules])).toEqual([
      ['llama', 60],
      [null, 40],
    ]);
    expect((await store.gpuFacts(TOTAL))[0]?.sums.energyJoules).toBe(100);
    expect((await store.placements()).at(-1)).toEqual(PLACEMENTS.at(-1));
    await store.close();
  });

  it('keeps token counts exact up to 2^53', async () => {
    const store = await openWith({
      engineFacts: [
        engineFact({ start: at(0), outputTokens: 2 ** 53 - 3 }),
        engineFact({ start: at(10), outputTokens: 2 }),
      ],
    });
    await store.rollUp(at(3600));
    expect((await store.engineFacts(TOTAL))[0]?.sums.outputTokens).toBe(2 ** 53 - 1);
    await store.close();
  });

  it('orders rows by bucket, then by key with null last, and bins by measure and bound', async () => {
    const store = await openWith({
      gpuFacts: [5, 0, 3].flatMap((seat) =>
        [3600, 0].map((start) => gpuFact({ start: at(start), seat: `seat-${seat}`, observedSeconds: 10 })),
      ),
      latencyFacts: [
        latencyFact({ start: at(0), measure: 'ttft', upperBoundSeconds: Infinity, count: 4 }),
        latencyFact({ start: at(10), measure: 'ttft', upperBoundSeconds: 0.1, count: 3 }),
        latencyFact({ start: at(20), measure: 'endToEnd', upperBoundSeconds: 0.5, count: 2 }),
        latencyFact({ start: at(30), measure: 'ttft', upperBoundSeconds: 0.1, count: 1 }),
      ],
    });
    const rows = await store.gpuFacts({
      window: { from: at(0), to: at(7200) },
      by: ['pool', 'gpu'],
      stepSeconds: 3600,
    });
    expect(rows.map(({ start, by }) => [start - at(0), ...by])).toEqual([
      [0, 'prod', 'GPU-0'],
      [0, 'prod', 'GPU-3'],
      [0, null, 'GPU-5'],
      [3600_000, 'prod', 'GPU-0'],
      [3600_000, 'prod', 'GPU-3'],
      [3600_000, null, 'GPU-5'],
    ]);
    const bins = await store.latencies({ ...TOTAL, by: ['model'] });
    expect(bins.map(({ measure, upperBoundSeconds, count }) => [measure, upperBoundSeconds, count])).toEqual([
      ['endToEnd', 0.5, 2],
      ['ttft', 0.1, 4],
      ['ttft', Infinity, 4],
    ]);
    await store.close();
  });

  it('counts late facts at once, before and after the next roll-up', async () => {
    const store = await openWith({ gpuFacts: [gpuFact({ start: at(30), energyJoules: 1, powerWattsMin: 90 })] });
    await store.rollUp(at(7200));
    await store.append({
      ...NO_BATCH,
      gpuFacts: [
        gpuFact({ start: at(40), energyJoules: 2, powerWattsMin: 80 }),
        gpuFact({ start: at(-600), energyJoules: 4 }),
      ],
    });
    const query = { window: { from: at(-3600), to: at(3600) }, by: [], stepSeconds: 3600 };
    const expected = [
      [at(-3600), 4, null],
      [at(0), 3, 80],
    ];
    const answer = async () =>
      (await store.gpuFacts(query)).map(({ start, sums }) => [start, sums.energyJoules, sums.powerWattsMin]);
    expect(await answer()).toEqual(expected);
    await store.rollUp(at(7200));
    expect(await answer()).toEqual(expected);
    await store.close();
  });

  it('gives the extent from the first start to the last end', async () => {
    const store = await openWith({
      gpuFacts: [gpuFact({ start: at(100), seconds: 10 })],
      engineFacts: [engineFact({ start: at(20.5), seconds: 500, bridgedSeconds: 500 })],
    });
    expect(await store.extent()).toEqual({ from: at(20.5), to: at(520.5) });
    await store.close();
  });

  it('widens the extent with each batch, and narrows it with what is forgotten', async () => {
    const day = 86_400;
    const store = await openWith({ gpuFacts: [gpuFact({ start: at(9 * day), seconds: 10 })] });
    expect(await store.extent()).toEqual({ from: at(9 * day), to: at(9 * day + 10) });
    await store.append({ ...NO_BATCH, gpuFacts: [gpuFact({ start: at(100.25), seconds: 0.1 })] });
    expect(await store.extent()).toEqual({ from: at(100.25), to: at(9 * day + 10) });
    await store.rollUp(at(9 * day + 3600));
    await store.forget(at(9 * day + 7200), { rawDays: 1, minuteDays: 1, hourDays: 1 });
    expect(await store.extent()).toEqual({ from: at(9 * day), to: at(9 * day + 10) });
    await store.close();
  });

  it('replaces seats and spans by key and gives those that overlap a window', async () => {
    const store = await openWith({ gpuFacts: [gpuFact({ start: at(0), energyJoules: 3 })] });
    await store.append({ ...NO_BATCH, seats: [{ ...SEATS[0]!, rack: 'rack-7', until: at(50) }] });
    expect((await store.seats({ from: at(50), to: at(60) })).map(({ key }) => key)).toEqual(
      SEATS.slice(1).map(({ key }) => key),
    );
    expect((await store.seats({ from: at(49), to: at(50) }))[0]).toMatchObject({ key: 'seat-0', rack: 'rack-7' });
    expect((await store.gpuFacts({ ...TOTAL, by: ['rack'] }))[0]?.by).toEqual(['rack-7']);
    expect(await store.engineSpans({ from: at(0), to: at(1) })).toEqual(SPANS);
    expect(await store.placements()).toEqual(FLEET.placements);
    await store.close();
  });

  it('keeps events of a window in order, and the newest checkpoint of each thing', async () => {
    const event = { kind: 'gpu-lost', subject: 'GPU-1', model: null, node: 'node-0', message: 'gone' } as const;
    const checkpoint = { thing: 'gpu:GPU-1', startedAt: null, counters: { energy: 5 } };
    const newest = { ...checkpoint, at: at(20), startedAt: at(1), counters: { energy: 9.25 } };
    const store = await openWith({
      events: [
        { ...event, at: at(9) },
        { ...event, at: at(3), model: 'llama' },
        { ...event, at: at(10) },
      ],
      checkpoints: [newest, { ...checkpoint, at: at(10) }, { ...checkpoint, thing: 'engine:e', at: at(5) }],
    });
    const kept = [{ ...checkpoint, thing: 'engine:e', at: at(5) }, newest];
    expect(await store.events({ from: at(3), to: at(10) })).toEqual([
      { ...event, at: at(3), model: 'llama' },
      { ...event, at: at(9) },
    ]);
    expect(await store.checkpoints()).toEqual(kept);
    await store.forget(at(60), { rawDays: 1, minuteDays: 1, hourDays: 1 });
    expect(await store.checkpoints()).toEqual(kept);
    await store.close();
  });

  it('keeps the cost book as it was saved last', async () => {
    const store = await open();
    await store.saveCostBook(BOOK);
    await store.saveCostBook({ revisions: [...BOOK.revisions, { ...BOOK.revisions[0]!, from: at(60) }] });
    expect((await store.costBook())?.revisions.map(({ from }) => from)).toEqual([at(0), at(60)]);
    await store.saveCostBook(BOOK);
    expect(await store.costBook()).toEqual(BOOK);
    await store.close();
  });

  it('forgets facts that every tier is too old for, and still answers by the hour what only raw has lost', async () => {
    const day = 86_400;
    const store = await openWith({
      gpuFacts: [0, 2 * day, 9 * day].map((start) => gpuFact({ start: at(start + 90), energyJoules: start + 1 })),
    });
    await store.rollUp(at(9 * day + 3600));
    await store.forget(at(9 * day + 7200), { rawDays: 1, minuteDays: 1, hourDays: 8 });
    const rows = await store.gpuFacts({ window: { from: at(0), to: at(10 * day) }, by: [], stepSeconds: 3600 });
    expect(rows.map(({ start, sums }) => [start, sums.energyJoules])).toEqual([
      [at(2 * day), 2 * day + 1],
      [at(9 * day), 9 * day + 1],
    ]);
    await store.close();
  });

  it('refuses facts of a seat it was never told of', async () => {
    const store = await open();
    await expect(store.append({ ...NO_BATCH, gpuFacts: [gpuFact({ start: at(0) })] })).rejects.toThrow('seat-0');
    expect(await store.extent()).toBeNull();
    await store.close();
  });

  it('keeps the last document of a name, and none of a name that was never saved', async () => {
    const store = await open();
    expect(await store.document('marks')).toBeNull();
    await store.saveDocument('marks', { marks: [1] });
    await store.saveDocument('marks', { marks: ['it’s 2'] });
    await store.saveDocument('budgets', []);
    expect(await store.document('marks')).toEqual({ marks: ['it’s 2'] });
    expect(await store.document('budgets')).toEqual([]);
    await store.close();
  });
});

const BOOK: CostBook = {
  revisions: [
    {
      ...REVISION_DEFAULTS,
      from: at(0),
      hardware: [],
      energy: {
        ...ENERGY_DEFAULTS,
        usdPerKilowattHour: 0.12,
        pue: 1.3,
        nodeOverhead: 1.1,
        moduleOverhead: 1.05,
        provenance: { quality: 'entered', note: "the operator's", asOf: null },
      },
      weights: { input: 0.25, cached: 0.1, output: 1 },
    },
  ],
};
