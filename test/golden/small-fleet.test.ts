import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDuckdbStore } from '#backend/store/duckdb/duckdb-store.ts';
import { createMemoryStore } from '#backend/store/memory-store.ts';
import type { Store } from '#backend/store/store.ts';
import type { BreakdownRow, FigureName } from '#shared/contract/backend-api.ts';
import type { BackendClient } from '#shared/contract/client.ts';
import { ask, clientOver } from '../backend/answers/ask.ts';
import { hour, NOW, SMALL_BOOK, SMALL_FLEET, WINDOW } from './small-fleet.ts';

/*
 * GPU time, USD:           hours 0, 1          hours 2, 3
 *   llama   (a, serving)   2 x 2 h x 2 =  8    2 x 2 h x 3 = 12
 *   qwen    (b, serving)   2 x 1 h x 4 =  8    1 x 2 h x 5 = 10
 *   unseen  (b, hour 1)    2 x 1 h x 4 =  8
 *   down    (b1)                               1 x 2 h x 5 = 10
 *   free    (c)            2 x 2 h x 2 =  8    2 x 2 h x 3 = 12
 *                          sum          32     sum          44    together 76
 *
 * Energy: one kWh of the boards costs 1.2 x 1.25 x 0.10 = 0.15 USD before, 1.2 x 1.50 x 0.20 = 0.36 USD after:
 *   llama   2 x 0.5 kW x 2 h = 2   kWh -> 0.30     2   kWh -> 0.72
 *   qwen    2 x 1 kW x 1 h   = 2   kWh -> 0.30     2   kWh -> 0.72
 *   free    2 x 0.1 kW x 2 h = 0.4 kWh -> 0.06     0.4 kWh -> 0.144
 *                                  sum    0.66         sum    1.584   together 2.244
 */
const LLAMA_USD = round(8 + 12 + 0.3 + 0.72);
const QWEN_USD = round(8 + 10 + 0.3 + 0.72);
const FREE_USD = round(8 + 12 + 0.06 + 0.144);
const DOWN_USD = 10;
const UNSEEN_USD = 8;
const ALL_USD = 78.244;

/*
 * Tokens, millions: llama 6 uncached + 4 cached + 2 output an hour for four hours, qwen 3 + 1 an hour for three.
 *   billed before: llama 2 x (6 + 0.4 + 2 x 5) = 32.8   qwen 1 x (3 + 1 x 5) =  8
 *   billed after:  llama 2 x (6 + 0.4 + 2 x 4) = 28.8   qwen 2 x (3 + 1 x 4) = 14
 */
const LLAMA_BILLED = 61.6;
const QWEN_BILLED = 22;

const STORES: readonly { readonly name: string; readonly open: () => Promise<Store> }[] = [
  { name: 'in memory', open: async () => createMemoryStore() },
  {
    name: 'in DuckDB',
    open: async () => {
      const opened = await openDuckdbStore({ path: ':memory:' });
      if (!opened.ok) throw new Error(opened.failure.message);
      return opened.value;
    },
  },
];

describe.each(STORES)('a fleet worked out by hand, its facts $name', ({ open }) => {
  let store: Store;
  let client: BackendClient;

  beforeAll(async () => {
    store = await open();
    expect(await store.append(SMALL_FLEET)).toEqual({ ok: true, value: undefined });
    client = clientOver({ store, book: SMALL_BOOK, now: NOW });
  });
  afterAll(() => store.close());

  it.each<[FigureName, 'billed' | 'output' | 'total', number]>([
    ['spend', 'billed', 78.244],
    ['spend-rate', 'billed', 78.244 / 4],
    ['cost-per-million-tokens', 'billed', 78.244 / 83.6],
    ['cost-per-million-tokens', 'output', 78.244 / 11],
    ['cost-per-million-tokens', 'total', 78.244 / 60],
    ['serving-cost-per-million-tokens', 'billed', (21.02 + 19.02) / 83.6],
    ['marginal-cost-per-million-tokens', 'billed', 2.244 / 83.6],
    ['tokens', 'billed', 83.6e6],
    ['tokens', 'total', 60e6],
    ['tokens', 'output', 11e6],
    ['throughput', 'total', 60e6 / 14_400],
    // 8.8 kWh of the boards x 1.2 = 10.56 kWh in 4 h
    ['power', 'billed', 2640],
    // 4.4 kWh x 1.2 x 1.25 + 4.4 kWh x 1.2 x 1.5 = 6.6 + 7.92
    ['energy', 'billed', 14.52 * 3.6e6],
    ['efficiency', 'billed', 83.6e6 / (10.56 * 3.6e6)],
    ['idle-spend-rate', 'billed', 20.204 / 4],
    ['idle-share', 'billed', 20.204 / 78.244],
    // hours: a 8, b 2 + 4, c 8 of 24
    ['coverage', 'billed', 22 / 24],
  ])('%s of %s tokens', async (name, basis, expected) => {
    const figure = await ask(client, 'figure', { name, window: WINDOW, basis });
    expect(figure.absence).toBeNull();
    expect(figure.value! / expected).toBeCloseTo(1, 12);
  });

  it('divides between models, and between what belongs to none', async () => {
    const { rows, total } = await ask(client, 'costBreakdown', { window: WINDOW, by: 'model' });
    expect(spendByKey(rows)).toEqual({
      llama: LLAMA_USD,
      qwen: QWEN_USD,
      free: FREE_USD,
      down: DOWN_USD,
      unseen: UNSEEN_USD,
    });
    expect(total.spendUsd).toBeCloseTo(ALL_USD, 9);
    expect(rows[0]!.cost).toBeCloseTo(LLAMA_USD / LLAMA_BILLED, 12);
    expect(rows[1]!.cost).toBeCloseTo(QWEN_USD / QWEN_BILLED, 12);
    expect(total.cost).toBeCloseTo(ALL_USD / (LLAMA_BILLED + QWEN_BILLED), 12);
    expect(rows.map((row) => [row.key, row.gpus])).toEqual([
      ['llama', 2],
      ['qwen', 1],
      ['free', 2],
      ['down', 0.5],
      ['unseen', 0.5],
    ]);
    // 4 h: 4 kWh x 1.2 each for llama and qwen, 0.8 kWh x 1.2 for the free ones.
    expect(rows.map((row) => row.powerWatts)).toEqual([1200, 1200, 240, null, null].map(closeTo));
  });

  it('divides between nodes, the lost and the unseen GPUs with their own', async () => {
    const { rows } = await ask(client, 'costBreakdown', { window: WINDOW, by: 'node' });
    expect(spendByKey(rows)).toEqual({
      'node-b': round(QWEN_USD + DOWN_USD + UNSEEN_USD),
      'node-a': LLAMA_USD,
      'node-c': FREE_USD,
    });
    expect(rows.find((row) => row.key === 'node-b')!.coverage).toEqual({
      observedSeconds: 6 * 3600,
      expectedSeconds: 8 * 3600,
    });
  });

  it('takes a model in a scope for its own share, and leaves the unseen to what runs nothing', async () => {
    const spendOf = async (scope: object) =>
      (await ask(client, 'figure', { name: 'spend', window: WINDOW, scope })).value;
    expect(await spendOf({ model: 'llama' })).toBeCloseTo(LLAMA_USD, 9);
    expect(await spendOf({ model: 'qwen' })).toBeCloseTo(QWEN_USD, 9);
    expect(await spendOf({ model: null })).toBeCloseTo(FREE_USD + DOWN_USD + UNSEEN_USD, 9);
    expect(await spendOf({ node: 'node-b' })).toBeCloseTo(QWEN_USD + DOWN_USD + UNSEEN_USD, 9);
    expect(await spendOf({ node: 'node-b', model: 'qwen' })).toBeCloseTo(QWEN_USD, 9);
    expect(await spendOf({ node: 'node-b', model: null })).toBeCloseTo(DOWN_USD + UNSEEN_USD, 9);
    expect(await spendOf({ node: 'node-a', model: 'qwen' })).toBeNull();
  });

  it('prices each half of the window with the prices of its time', async () => {
    const spendOf = async (from: number, to: number) =>
      (await ask(client, 'figure', { name: 'spend', window: { from: hour(from), to: hour(to) } })).value;
    expect(await spendOf(0, 2)).toBeCloseTo(32 + 0.66, 9);
    expect(await spendOf(2, 4)).toBeCloseTo(44 + 1.584, 9);
  });

  it('counts every GPU-hour in one state', async () => {
    const { gpuHours, nodes } = await ask(client, 'idleWaste', { window: WINDOW });
    expect(gpuHours).toEqual({
      serving: 12,
      throttled: 0,
      loading: 0,
      'loaded-idle': 0,
      unallocated: 8,
      unhealthy: 2,
      unobserved: 2,
    });
    expect(nodes).toEqual([{ node: 'node-c', idleGpuHours: 8, idleUsd: closeTo(FREE_USD) }]);
  });
});

function spendByKey(rows: readonly BreakdownRow[]): Record<string, number> {
  return Object.fromEntries(rows.map((row) => [row.key, round(row.spendUsd!)]));
}

function round(value: number): number {
  return Number(value.toFixed(9));
}

function closeTo(value: number | null): unknown {
  return value === null ? null : expect.closeTo(value, 9);
}
