import { beforeAll, describe, expect, it } from 'vitest';
import { createMemoryStore } from '#backend/store/memory-store.ts';
import type { Store } from '#backend/store/store.ts';
import { ledgerOf } from '#backend/reports/ledger/charge-ledger.ts';
import type { BackendClient } from '#shared/contract/client.ts';
import type { ChargeLedger, ChargeRow } from '#shared/model/charge-row.ts';
import type { CostBook } from '#shared/model/cost-book.ts';
import { epochMs } from '#shared/time/instant.ts';
import { ask, clientOver } from '../../answers/ask.ts';
import { randomBook, randomFleet, SPAN_SECONDS } from '../../answers/random-fleet.ts';
import { at, createRandom } from '../../store/store-facts.ts';

const WINDOW = { from: at(0), to: at(SPAN_SECONDS) };

/** Its day ends after an hour of the fleet. */
const ZONE = 'Atlantic/Azores';

/** Relative difference that sums of floating-point numbers may show. */
const SAME = 1e-9;

function expectSame(actual: number, wanted: number): void {
  expect(Math.abs(actual - wanted)).toBeLessThanOrEqual(SAME * Math.max(1, Math.abs(wanted)));
}

function added(rows: readonly ChargeRow[], of: (row: ChargeRow) => number | null): number {
  return rows.reduce((sum, row) => sum + (of(row) ?? 0), 0);
}

describe.each([1, 2, 3, 5, 8, 13, 21])('the charge rows of a random fleet, seed %i', (seed) => {
  const random = createRandom(seed);
  const batch = randomFleet(random);
  const book: CostBook = randomBook(random);
  let store: Store;
  let client: BackendClient;
  let ledger: ChargeLedger;
  let rows: readonly ChargeRow[];

  beforeAll(async () => {
    store = createMemoryStore();
    await store.append(batch);
    client = clientOver({ store, book, now: at(SPAN_SECONDS + 5) });
    ledger = await ledgerOf(store, book, { asked: WINDOW, window: WINDOW, zone: ZONE });
    rows = ledger.rows;
  });

  it('add to the cost that the fleet shows, and by pool, site, model and tenant to theirs', async () => {
    expect(ledger.total).not.toBeNull();
    expectSame(
      added(rows, ({ cost }) => cost),
      ledger.total ?? Number.NaN,
    );
    expectSame(ledger.total ?? 0, (await ask(client, 'figure', { name: 'spend', window: WINDOW })).value ?? -1);
    for (const by of ['pool', 'site', 'model', 'tenant'] as const) {
      for (const value of new Set(rows.map((row) => row[by]))) {
        const scope = { [by]: value };
        const { value: spend } = await ask(client, 'figure', { name: 'spend', window: WINDOW, scope });
        const own = rows.filter((row) => row[by] === value);
        expectSame(
          added(own, ({ cost }) => cost),
          spend ?? 0,
        );
      }
    }
  });

  it('add to the GPU-hours of the fleet, each in one use', async () => {
    const idle = await ask(client, 'idleWaste', { window: WINDOW });
    const hoursOf = (use: ChargeRow['use']) =>
      added(
        rows.filter((row) => row.use === use),
        ({ gpuHours }) => gpuHours,
      );
    const { gpuHours: states } = idle;
    expectSame(hoursOf('serving'), states.serving + states.throttled + states.loading);
    expectSame(hoursOf('loaded-quiet'), states['loaded-idle']);
    expectSame(hoursOf('idle'), states.unallocated);
    expectSame(hoursOf('unavailable'), states.unhealthy);
    expectSame(hoursOf('unobserved'), states.unobserved);
    const owned = ledger.capacity.reduce((sum, { coverage }) => sum + coverage.expectedSeconds / 3600, 0);
    expectSame(
      added(rows, ({ gpuHours }) => gpuHours),
      owned,
    );
  });

  it('hold every token once, in whole numbers, on serving rows', async () => {
    const facts = await store.engineFacts({ window: WINDOW, by: ['model'], stepSeconds: null });
    for (const { by, sums } of facts) {
      const own = rows.filter(({ model }) => model === by[0]);
      expect(added(own, ({ tokens }) => tokens?.input ?? null)).toBe(sums.inputTokens ?? 0);
      expect(added(own, ({ tokens }) => tokens?.cached ?? null)).toBe(sums.cachedTokens ?? 0);
      expect(added(own, ({ tokens }) => tokens?.output ?? null)).toBe(sums.outputTokens ?? 0);
    }
    for (const { tokens, use, component } of rows) {
      if (tokens === null) continue;
      expect(Number.isInteger(tokens.input) && Number.isInteger(tokens.output)).toBe(true);
      expect([use, ['capital', 'reserved'].includes(component)]).toEqual(['serving', true]);
    }
  });

  it('cost the very product of their price and quantity', () => {
    for (const { cost, unitPrice, quantity } of rows) expect(cost).toBe((unitPrice ?? Number.NaN) * quantity);
  });

  it('lie on two local days, and each price belongs to one SKU', () => {
    expect([...new Set(rows.map(({ day }) => day))]).toEqual(['2026-03-02', '2026-03-03']);
    const skus = Map.groupBy(rows, ({ skuPriceId }) => skuPriceId);
    for (const list of skus.values()) {
      expect(new Set(list.map(({ skuId }) => skuId)).size).toBe(1);
      expect(new Set(list.map(({ unitPrice }) => unitPrice)).size).toBe(1);
    }
    const keys = rows.map(({ day, site, pool, model, tenant, version, use, skuPriceId, commitment }) =>
      JSON.stringify([day, site, pool, model, tenant, version, use, skuPriceId, commitment]),
    );
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('are the same when the window is read in two parts', async () => {
    const cut = epochMs(at(3600));
    const parts = await Promise.all(
      [
        { from: WINDOW.from, to: cut },
        { from: cut, to: WINDOW.to },
      ].map((window) => ledgerOf(store, book, { asked: window, window, zone: ZONE })),
    );
    expectSame((parts[0]?.total ?? 0) + (parts[1]?.total ?? 0), ledger.total ?? -1);
  });

  it('make no energy of time that nobody saw and no counter told', () => {
    const unseen = rows.filter(({ use, kilowattHours }) => use === 'unobserved' && kilowattHours !== null);
    const isBridged = batch.gpuFacts.some(({ bridgedSeconds }) => (bridgedSeconds ?? 0) > 0);
    if (!isBridged) expect(unseen).toEqual([]);
    expect(rows.filter(({ component }) => component === 'energy').length).toBeGreaterThan(0);
  });
});
