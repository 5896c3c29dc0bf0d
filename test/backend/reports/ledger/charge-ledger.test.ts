import { beforeAll, describe, expect, it } from 'vitest';
import { createMemoryStore } from '#backend/store/memory-store.ts';
import type { Store } from '#backend/store/store.ts';
import { chargeLedger, ledgerOf } from '#backend/reports/ledger/charge-ledger.ts';
import type { BackendClient } from '#shared/contract/client.ts';
import type { ChargeLedger, ChargeRow } from '#shared/model/charge-row.ts';
import type { CostBook } from '#shared/model/cost-book.ts';
import { ENERGY_DEFAULTS, HARDWARE_DEFAULTS, REVISION_DEFAULTS } from '#shared/model/cost-book-defaults.ts';
import { epochMs } from '#shared/time/instant.ts';
import { monthAt } from '#shared/time/zone-clock.ts';
import { ask, clientOver } from '../../answers/ask.ts';
import { randomBook, randomFleet, SPAN_SECONDS } from '../../answers/random-fleet.ts';
import { at, createRandom, gpuFact, NO_BATCH, SEATS } from '../../store/store-facts.ts';

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

  it.each([
    { pool: 'prod' },
    { rack: 'rack-1' },
    { model: 'llama' },
    { model: null },
    { tenant: 'team-a', site: 'south' },
  ])('of a scope add to its cost, %j', async (scope) => {
    const part = await ledgerOf(store, book, { asked: WINDOW, window: WINDOW, zone: ZONE, scope });
    const { value } = await ask(client, 'figure', { name: 'spend', window: WINDOW, scope });
    expectSame(part.total ?? 0, value ?? 0);
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

const RATE = 2.5;

function bookWithCommitment(gpus: number): CostBook {
  const provenance = { quality: 'entered', note: 'seeded', asOf: null } as const;
  return {
    revisions: [
      {
        ...REVISION_DEFAULTS,
        from: epochMs(0),
        weights: { input: 1, cached: 0.1, output: 5 },
        hardware: [
          {
            ...HARDWARE_DEFAULTS,
            sku: 'H100',
            terms: {
              kind: 'rented',
              usdPerGpuHour: RATE,
              includesEnergy: true,
              commitment: { gpus, since: at(12 * 3600), years: 1, upfrontShare: 0.25 },
            },
            provenance,
          },
        ],
        energy: { ...ENERGY_DEFAULTS, usdPerKilowattHour: 0.1, pue: 1.25, nodeOverhead: 1.2, provenance },
      },
    ],
  };
}

describe('the charge rows of reserved GPUs', () => {
  const HOURS = 24;
  const month = { from: at(0), to: at(HOURS * 3600) };
  const seats = SEATS.filter(({ sku }) => sku.includes('H100'));
  const gpuFacts = seats.flatMap(({ key }) =>
    Array.from({ length: HOURS }, (_, hour) =>
      gpuFact({ seat: key, start: at(hour * 3600), seconds: 3600, observedSeconds: 3600, energyJoules: 3.6e6 }),
    ),
  );

  async function hoursBy(gpus: number) {
    const store = createMemoryStore();
    await store.append({ ...NO_BATCH, seats, gpuFacts });
    const context = {
      store,
      costBook: () => bookWithCommitment(gpus),
      clock: { now: () => month.to, monotonicMs: () => 0, sleep: async () => {} },
      pollSeconds: 10,
      history: () => null,
      reference: async () => {
        throw new Error('no report asks for references');
      },
    };
    const ledger = await chargeLedger(context, { window: month, zone: 'UTC' });
    const of = (component: ChargeRow['component'], use: ChargeRow['use']) =>
      added(
        ledger.rows.filter((row) => row.component === component && row.use === use),
        ({ gpuHours }) => gpuHours,
      );
    return {
      ledger,
      reserved: of('reserved', 'serving'),
      unused: of('reserved', 'unused-commitment'),
      rest: of('capital', 'serving'),
    };
  }

  it('divide the GPU time where more GPUs are known than are committed, from the hour of the term on', async () => {
    const { reserved, unused, rest, ledger } = await hoursBy(3);
    // Four GPUs for 24 h; three of them are committed for the last 12 h.
    expect([reserved, unused, rest]).toEqual([36, 0, 60]);
    expect(ledger.total).toBe(96 * RATE);
  });

  it('show the rent of committed GPUs that are not there', async () => {
    const { reserved, unused, rest } = await hoursBy(6);
    expect([reserved, unused, rest]).toEqual([48, 24, 48]);
  });

  it('list what is paid in the window, which is the contract over its term', async () => {
    const { ledger } = await hoursBy(3);
    const contract = 3 * 8760 * RATE;
    expect(ledger.payments.map(({ kind, cost }) => [kind, cost])).toEqual([
      ['prepayment', contract / 4],
      ['monthly', (contract * 3) / 4 / 12],
    ]);
    expect(ledger.payments[0]?.commitment).toBe('commitment:for%3DH100:2026-03-03');
    expect(ledger.payments[0]?.commitment).toBe(ledger.rows.find((row) => row.commitment !== null)?.commitment);
  });

  it('show energy that the rent includes, at no price', async () => {
    const { ledger } = await hoursBy(3);
    const energy = ledger.rows.filter(({ component }) => component === 'energy');
    expect(energy.map(({ cost }) => cost)).toEqual([0]);
    expect(energy[0]?.kilowattHours).toBeCloseTo(96 * 1.2 * 1.25, 9);
  });
});

describe('the charge rows of a month with a clock change', () => {
  it('have days of 23, 24 and 25 hours that tile it, and all their GPU-hours', async () => {
    for (const [month, change, hours] of [
      [2, '2026-03-29', 23],
      [9, '2026-10-25', 25],
    ] as const) {
      const zone = 'Europe/Berlin';
      const window = monthAt(epochMs(Date.UTC(2026, month, 15)), zone);
      const store = createMemoryStore();
      await store.append({ ...NO_BATCH, seats: SEATS.slice(0, 1).map((seat) => ({ ...seat, since: window.from })) });
      const book = bookWithCommitment(0);
      const { rows } = await ledgerOf(store, book, { asked: window, window, zone });
      const days = rows.filter(({ component }) => component === 'capital');
      for (const [index, { period }] of days.entries())
        expect(period.from).toBe(days[index - 1]?.period.to ?? window.from);
      expect(days.at(-1)?.period.to).toBe(window.to);
      expect(days.find(({ day }) => day === change)?.gpuHours).toBe(hours);
      expect(days.filter(({ day }) => day !== change).every(({ gpuHours }) => gpuHours === 24)).toBe(true);
    }
  });
});
