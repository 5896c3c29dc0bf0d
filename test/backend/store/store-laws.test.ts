import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openDuckdbStore } from '#backend/store/duckdb/duckdb-store.ts';
import { createMemoryStore } from '#backend/store/memory-store.ts';
import type { EngineDimension, FactQuery, FactRow, GpuDimension, LatencyRow, Store } from '#backend/store/store.ts';
import type { BucketSlots } from '#backend/store/bucket-slots.ts';
import { GPU_FACT_COLUMNS, type EngineFactSums, type GpuFactColumn, type GpuFactSums } from '#shared/model/fact.ts';
import { bucketStarts } from '#shared/time/buckets.ts';
import { epochMs } from '#shared/time/instant.ts';
import { at, createRandom, DAY_START, FLEET, randomBatch, type Random } from './store-facts.ts';

/**
 * The memory store goes through all facts for each question, so it is taken as right; the DuckDB store must answer the
 * same from whatever tiers it likes.
 */

const SPAN_SECONDS = 60 * 3600;
const GPU_DIMENSIONS: readonly GpuDimension[] = [
  'site',
  'rack',
  'pool',
  'node',
  'gpu',
  'sku',
  'state',
  'model',
  'engine',
  'version',
  'tenant',
  'deployment',
];
const ENGINE_DIMENSIONS: readonly EngineDimension[] = [
  'site',
  'rack',
  'pool',
  'node',
  'model',
  'engine',
  'kind',
  'version',
  'tenant',
  'deployment',
];
const STEPS = [10, 30, 60, 90, 300, 3600, 10_800, 86_400, null];

const folder = await mkdtemp(join(tmpdir(), 'tokenwatt-store-'));
afterAll(() => rm(folder, { recursive: true }));

async function openFile(name: string): Promise<Store> {
  const opened = await openDuckdbStore({ path: join(folder, name) });
  if (!opened.ok) throw new Error(opened.failure.message);
  return opened.value;
}

async function appendTo(stores: readonly Store[], ...batch: Parameters<Store['append']>): Promise<void> {
  for (const store of stores) expect(await store.append(...batch)).toEqual({ ok: true, value: undefined });
}

describe.each([11, 22, 33])('with random facts of seed %i, DuckDB answers as memory does', (seed) => {
  it('before roll-up, after it, with late facts, after packing them, after reopening and after forgetting', async () => {
    const random = createRandom(seed);
    const memory = createMemoryStore();
    let duckdb = await openFile(`laws-${seed}.duckdb`);
    const both = [memory, duckdb];
    await appendTo(both, FLEET);
    await appendTo(both, randomBatch(random, DAY_START, SPAN_SECONDS, 900));
    expect(await duckdb.extent()).toEqual(await memory.extent());
    await expectSameAnswers(random, duckdb, memory, 8);

    await duckdb.rollUp(at(25 * 3600 + 1234));
    await expectSameAnswers(random, duckdb, memory, 8);
    await duckdb.rollUp(at(41 * 3600 + 777));
    await expectSameAnswers(random, duckdb, memory, 8);

    await appendTo(both, randomBatch(random, epochMs(DAY_START - 7200_000), SPAN_SECONDS, 200));
    await expectSameAnswers(random, duckdb, memory, 8);
    await duckdb.rollUp(at(44 * 3600));
    await expectSameAnswers(random, duckdb, memory, 8);

    await duckdb.close();
    duckdb = await openFile(`laws-${seed}.duckdb`);
    await expectSameAnswers(random, duckdb, memory, 8);
    expect(await duckdb.extent()).toEqual(await memory.extent());
    expect(await duckdb.placements()).toEqual(await memory.placements());
    expect(await duckdb.seats({ from: at(0), to: at(1) })).toEqual(await memory.seats({ from: at(0), to: at(1) }));
    expect(await duckdb.engineSpans({ from: at(0), to: at(1) })).toEqual(
      await memory.engineSpans({ from: at(0), to: at(1) }),
    );

    const now = at(60 * 3600);
    for (const store of [duckdb, memory]) await store.forget(now, { rawDays: 0.5, minuteDays: 1, hourDays: 30 });
    await expectSameAnswers(
      random,
      duckdb,
      memory,
      15,
      (query) => query.slots === undefined && (isWholeHours(query) || query.window.from >= at(48 * 3600)),
    );
    await duckdb.close();
  });
});

describe.each([
  ['memory', async () => createMemoryStore()],
  ['DuckDB', () => openFile('tiles.duckdb')],
] as const)('in %s', (_name, open) => {
  it('the parts of a split window add up to the whole', async () => {
    const random = createRandom(44);
    const store = await open();
    await appendTo([store], FLEET);
    await appendTo([store], randomBatch(random, DAY_START, SPAN_SECONDS, 800));
    await store.rollUp(at(30 * 3600));
    for (let round = 0; round < 10; round += 1) {
      const window = randomWindow(random);
      const middle = epochMs(window.from + random.below(window.to - window.from));
      const parts = [
        { from: window.from, to: middle },
        { from: middle, to: window.to },
      ];
      const whole = await totalsOf(store, window);
      const split = await Promise.all(parts.map((part) => totalsOf(store, part)));
      for (const [name, value] of Object.entries(whole)) {
        expect(
          split.reduce((total, part) => total + (part[name] ?? 0), 0),
          name,
        ).toBeCloseTo(value, 4);
      }
    }
    await store.close();
  });
});

async function totalsOf(store: Store, window: FactQuery<never>['window']): Promise<Record<string, number>> {
  const query = { window, by: [], stepSeconds: null };
  const [gpu] = await store.gpuFacts({ ...query, by: [] });
  const [engine] = await store.engineFacts(query);
  const bins = await store.latencies(query);
  const sums = { ...gpu?.sums, ...engine?.sums };
  const isSum = ([name, value]: [string, number | null]) => value !== null && !/M(in|ax)$/.test(name);
  const total = Object.fromEntries(Object.entries(sums).filter(isSum)) as Record<string, number>;
  return { ...total, latencyCount: bins.reduce((count, bin) => count + bin.count, 0) };
}

type AskedQuery = Pick<FactQuery<never>, 'window' | 'stepSeconds' | 'slots'>;

async function expectSameAnswers(
  random: Random,
  store: Store,
  oracle: Store,
  rounds: number,
  isAsked: (query: AskedQuery) => boolean = () => true,
): Promise<void> {
  for (let round = 0; round < rounds; round += 1) {
    const gpu = withSlots(random, { ...randomQuery(random, GPU_DIMENSIONS, GPU_VALUES), ...randomColumns(random) });
    const engine = randomQuery(random, ENGINE_DIMENSIONS, ENGINE_VALUES);
    if (isAsked(gpu)) {
      expectSameRows(await store.gpuFacts(gpu), await oracle.gpuFacts(gpu), gpu);
    }
    if (isAsked(engine)) {
      expectSameRows(await store.engineFacts(engine), await oracle.engineFacts(engine), engine);
      expectSameBins(await store.latencies(engine), await oracle.latencies(engine), engine);
    }
  }
}

const GPU_VALUES: { readonly [Name in GpuDimension]: readonly (string | null)[] } = {
  site: [null],
  rack: ['rack-1', 'rack-9'],
  pool: ['prod', null],
  node: ['node-0', 'node-1'],
  gpu: ['GPU-3'],
  sku: ['NVIDIA B200'],
  state: ['serving', 'unobserved'],
  model: ['llama', 'qwen', null],
  engine: ['engine-0', null],
  version: ['0.9.1', null],
  tenant: ['team-a', null],
  deployment: ['llama · team-a', 'llama', null],
};

const ENGINE_VALUES: { readonly [Name in EngineDimension]: readonly (string | null)[] } = {
  ...GPU_VALUES,
  kind: ['vllm', 'other'],
};

function randomQuery<Dimension extends string>(
  random: Random,
  dimensions: readonly Dimension[],
  values: { readonly [Name in Dimension]: readonly (string | null)[] },
): FactQuery<Dimension> {
  const by = dimensions.filter(() => random.below(4) === 0);
  const scope: { [Name in Dimension]?: string | null } = {};
  for (const name of dimensions) if (random.below(8) === 0) scope[name] = random.pick(values[name]);
  const stepSeconds = random.pick(STEPS);
  const isShort = stepSeconds !== null && stepSeconds < 300;
  return { window: randomWindow(random, isShort ? 4 : 50), scope, by, stepSeconds };
}

/** Half of the questions tell kinds of hours apart. */
function withSlots<Query extends AskedQuery>(random: Random, query: Query): Query & { readonly slots?: BucketSlots } {
  const steps = [900, 1800, 3600].filter(
    (step) => query.stepSeconds === null || step % query.stepSeconds === 0 || query.stepSeconds % step === 0,
  );
  if (random.below(2) === 0 || steps.length === 0) return query;
  const stepSeconds = random.pick(steps);
  const starts = bucketStarts(query.window, stepSeconds);
  return { ...query, slots: { stepSeconds, first: starts[0]!, of: starts.map(() => random.below(3)) } };
}

function randomColumns(random: Random): { readonly columns?: readonly GpuFactColumn[] } {
  const columns = Object.keys(GPU_FACT_COLUMNS).filter(() => random.below(3) === 0) as GpuFactColumn[];
  return random.below(2) === 0 ? {} : { columns };
}

function randomWindow(random: Random, hoursMax = 50) {
  const unit = random.pick([1, 1000, 60_000, 3_600_000]);
  const from = Math.floor((random.below(SPAN_SECONDS * 1000) - 3_600_000) / unit) * unit;
  const length = Math.ceil((1 + random.below(hoursMax * 3_600_000)) / unit) * unit;
  return { from: epochMs(DAY_START + from), to: epochMs(DAY_START + from + length) };
}

function isWholeHours({ window, stepSeconds }: AskedQuery): boolean {
  return [window.from, window.to, (stepSeconds ?? 3600) * 1000].every((edge) => edge % 3_600_000 === 0);
}

function expectSameRows<Sums extends GpuFactSums | EngineFactSums>(
  rows: readonly FactRow<Sums>[],
  expected: readonly FactRow<Sums>[],
  query: unknown,
): void {
  const asked = JSON.stringify(query);
  expect(
    rows.map(({ by, start, slot }) => [start, slot, ...by]),
    asked,
  ).toEqual(expected.map(({ by, start, slot }) => [start, slot, ...by]));
  for (const [index, row] of rows.entries()) {
    for (const [name, value] of Object.entries(expected[index]!.sums)) {
      const actual = (row.sums as Record<string, unknown>)[name];
      if (!isClose(actual, value)) expect(actual, `${name} of row ${index} of ${asked}`).toBe(value);
    }
  }
}

function expectSameBins(rows: readonly LatencyRow[], expected: readonly LatencyRow[], query: unknown): void {
  const keysOf = (row: LatencyRow) => [row.start, ...row.by, row.measure, row.upperBoundSeconds];
  expect(rows.map(keysOf), JSON.stringify(query)).toEqual(expected.map(keysOf));
  for (const [index, row] of rows.entries()) {
    if (!isClose(row.count, expected[index]!.count))
      expect(row.count, JSON.stringify(query)).toBe(expected[index]!.count);
  }
}

/** Equal to 1e-9 of the value: sums are taken in another order. */
function isClose(actual: unknown, expected: number | null): boolean {
  if (typeof actual !== 'number' || expected === null) return actual === expected;
  return Math.abs(actual - expected) <= 1e-9 * Math.abs(expected);
}
