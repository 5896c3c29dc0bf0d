import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { beforeAll, describe, expect, it } from 'vitest';
import { createMemoryStore } from '#backend/store/memory-store.ts';
import type { Store } from '#backend/store/store.ts';
import { ledgerOf } from '#backend/reports/ledger/charge-ledger.ts';
import { tableOf } from '#backend/reports/focus/checks/checked-export.ts';
import { FOCUS_CHECKS } from '#backend/reports/focus/checks/focus-checks.ts';
import { columnsOf, FOCUS_VERSIONS } from '#backend/reports/focus/focus-columns.ts';
import { focusExport, type FocusAsk, type FocusFiles } from '#backend/reports/focus/focus-export.ts';
import { FOCUS_SETTINGS, type FocusContext } from '#backend/reports/focus/focus-settings.ts';
import { focusSources } from '#backend/reports/focus/focus-sources.ts';
import { correctionRows } from '#shared/cost/charges/correction-rows.ts';
import { epochMs } from '#shared/time/instant.ts';
import { monthAt } from '#shared/time/zone-clock.ts';
import { HARD_NAMES, MONTH, monthBook, monthFleet, PLAIN_NAMES, ZONE, type FleetNames } from './month-fleet.ts';

const CONTEXT: FocusContext = {
  version: '1.2',
  settings: FOCUS_SETTINGS,
  account: { id: 'fleet:test', name: 'Test fleet' },
  zone: ZONE,
  state: 'provisional',
  snapshotId: 'abc',
};

const COMMITMENT = { gpus: 8, since: epochMs(MONTH.from + 5 * 86_400_000), years: 1, upfrontShare: 0.2 };

const STORES = new Map<FleetNames, Store>();

/** A store of the month, filled once: what is asked of it changes nothing. */
async function storeOf(names: FleetNames): Promise<Store> {
  const known = STORES.get(names);
  if (known !== undefined) return known;
  const store = createMemoryStore();
  await store.append(monthFleet(names));
  STORES.set(names, store);
  return store;
}

async function askOf(names: FleetNames, book = monthBook(COMMITMENT)): Promise<FocusAsk> {
  const store = await storeOf(names);
  return {
    ledger: await ledgerOf(store, book, { asked: MONTH, window: MONTH, zone: ZONE }),
    sources: await focusSources(store, book, { window: MONTH, scope: {} }),
    corrections: null,
    context: CONTEXT,
    baseName: 'fleet-2026-03',
    at: MONTH.to,
    by: '1.0.0',
  };
}

function csvOf({ files }: FocusFiles): string {
  return Buffer.from(files[0]?.bytes ?? []).toString('utf8');
}

function failedOf({ checks }: FocusFiles): string[] {
  return checks.filter(({ passed }) => !passed).map(({ id, detail }) => `${id} ${detail}`);
}

describe.each([
  ['plain names', PLAIN_NAMES],
  ['names that break what is careless', HARD_NAMES],
] as const)('a FOCUS export of a month with %s', (_words, names) => {
  let ask: FocusAsk;
  let made: FocusFiles;

  beforeAll(async () => {
    ask = await askOf(names);
    made = await focusExport(ask);
  });

  it.each(FOCUS_VERSIONS)('passes every check as version %s', async (version) => {
    const exported = await focusExport({ ...ask, context: { ...CONTEXT, version } });
    expect(failedOf(exported)).toEqual([]);
    expect(exported.checks.map(({ id }) => id)).toEqual(
      Array.from({ length: 20 }, (_, index) => `FX-${String(index + 1).padStart(2, '0')}`),
    );
  });

  it('passes every check with ASCII names, without reservations, and as an allocation', async () => {
    const settings = {
      ...FOCUS_SETTINGS,
      hasAsciiNames: true,
      hasCapacityReservations: false,
      billedCost: 'allocation',
      tags: { env: 'prod' },
    } as const;
    const exported = await focusExport({ ...ask, context: { ...CONTEXT, settings } });
    expect(failedOf(exported)).toEqual([]);
    // oxlint-disable-next-line no-control-regex -- the range of ASCII
    expect(csvOf(exported)).toMatch(/^[\u0000-\u007F]*$/);
    const rows = tableOf(csvOf(exported))?.rows ?? [];
    expect(new Set(rows.map(({ BilledCost }) => BilledCost))).toEqual(new Set(['0.0']));
    expect(rows.every(({ CapacityReservationId }) => CapacityReservationId === null)).toBe(true);
  });

  it('is the same to the byte when it is made again', async () => {
    const again = await focusExport(await askOf(names));
    for (const [index, { name, bytes }] of made.files.entries()) {
      expect(again.files[index]?.name).toBe(name);
      expect(Buffer.compare(again.files[index]?.bytes ?? new Uint8Array(), bytes)).toBe(0);
    }
  });

  it('reads back in a database as it was meant, from both files', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tokenwatt-test-'));
    try {
      const [csv, parquet] = made.files.map(({ name }) => join(folder, name));
      for (const { name, bytes } of made.files) await writeFile(join(folder, name), bytes);
      const instance = await DuckDBInstance.create(':memory:');
      const connection = await instance.connect();
      const columns = columnsOf('1.2');
      const types = { String: 'VARCHAR', Json: 'VARCHAR', Decimal: 'DOUBLE', DateTime: 'TIMESTAMPTZ' };
      const typed = columns.map(({ name, type }) => `'${name}': '${types[type]}'`).join(', ');
      const fromCsv = `read_csv('${csv}', columns = {${typed}}, header = true, allow_quoted_nulls = false, parallel = false)`;
      for (const [one, other] of [
        [fromCsv, `read_parquet('${parquet}')`],
        [`read_parquet('${parquet}')`, fromCsv],
      ]) {
        const differ = await connection.runAndReadAll(`SELECT count(*) FROM (FROM ${one} EXCEPT ALL FROM ${other})`);
        expect(Number(differ.getRowsJS()[0]?.[0])).toBe(0);
      }
      const sums = await connection.runAndReadAll(
        `SELECT sum(ConsumedQuantity) FILTER (ConsumedUnit = 'Tokens')::DOUBLE, sum(EffectiveCost) FROM read_parquet('${parquet}')`,
      );
      const [tokens, cost] = sums.getRowsJS()[0] ?? [];
      expect(tokens).toBe(ask.sources.tokens);
      expect(cost).toBeCloseTo(ask.sources.spend ?? Number.NaN, 6);
      connection.closeSync();
      instance.closeSync();
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('bills what is committed by its purchases, and nothing else differs from what is effective', () => {
    const rows = tableOf(csvOf(made))?.rows ?? [];
    const sum = (list: typeof rows, name: 'BilledCost' | 'EffectiveCost') =>
      list.reduce((total, row) => total + Number(row[name]), 0);
    const committed = rows.filter(({ CommitmentDiscountId }) => CommitmentDiscountId !== null);
    const rest = rows.filter(({ CommitmentDiscountId }) => CommitmentDiscountId === null);
    expect(sum(rest, 'BilledCost')).toBe(sum(rest, 'EffectiveCost'));
    const usage = committed.filter(({ ChargeCategory }) => ChargeCategory === 'Usage');
    expect([sum(usage, 'BilledCost'), usage.length > 0]).toEqual([0, true]);
    const bought = committed.filter(({ ChargeCategory }) => ChargeCategory === 'Purchase');
    expect(bought.map(({ ChargeFrequency }) => ChargeFrequency)).toEqual(['One-Time', 'Recurring']);
    expect(sum(bought, 'EffectiveCost')).toBe(0);
  });

  it('shares every price of a place and day between those that use it, whole', async () => {
    const exported = await focusExport({ ...ask, context: { ...CONTEXT, version: '1.4' } });
    const rows = (tableOf(csvOf(exported))?.rows ?? []).filter(({ AllocatedMethodId }) => AllocatedMethodId !== null);
    const origins = Map.groupBy(rows, (row) =>
      JSON.stringify([row.ChargePeriodStart, row.ResourceId, row.SkuPriceId, row.CommitmentDiscountId]),
    );
    expect(origins.size).toBeGreaterThan(31);
    for (const list of origins.values()) {
      const ratios = list.map(({ AllocatedMethodDetails }) => {
        const details = JSON.parse(AllocatedMethodDetails ?? '') as { Elements: { AllocatedRatio: number }[] };
        return details.Elements[0]?.AllocatedRatio ?? Number.NaN;
      });
      expect(ratios.reduce((total, ratio) => total + ratio, 0)).toBeCloseTo(1, 12);
    }
  });
});

describe('corrections of a closed month', () => {
  it('are differences in the open month that add to what the rows became', async () => {
    const closed = await askOf(PLAIN_NAMES, monthBook());
    const dearer = monthBook();
    const now = await askOf(PLAIN_NAMES, {
      revisions: dearer.revisions.map((revision) => ({
        ...revision,
        energy: { ...revision.energy, usdPerKilowattHour: revision.energy.usdPerKilowattHour * 1.1 },
      })),
    });
    const rows = correctionRows(closed.ledger.rows, now.ledger.rows);
    const change = rows.reduce((total, { cost }) => total + (cost ?? 0), 0);
    expect(change).toBeCloseTo((now.ledger.total ?? 0) - (closed.ledger.total ?? 0), 6);
    expect(rows.every(({ component, quantity }) => component === 'energy' && quantity === 0)).toBe(true);
    expect(correctionRows(closed.ledger.rows, closed.ledger.rows)).toEqual([]);

    const billingPeriod = monthAt(MONTH.to, ZONE);
    const made = await focusExport({ ...closed, corrections: { rows, billingPeriod } });
    expect(failedOf(made)).toEqual([]);
    const corrected = (tableOf(csvOf(made))?.rows ?? []).filter(({ ChargeClass }) => ChargeClass === 'Correction');
    expect(corrected.length).toBe(rows.length);
    expect(new Set(corrected.map(({ BillingPeriodStart }) => BillingPeriodStart))).toEqual(
      new Set(['2026-03-31T22:00:00Z']),
    );
  });

  it('take back what is gone, with its GPU-hours and tokens, and add what came', async () => {
    const { ledger } = await askOf(PLAIN_NAMES, monthBook());
    const gone = ledger.rows.filter(({ tokens }) => tokens !== null)[0]!;
    const rest = ledger.rows.filter((row) => row !== gone);
    const [back] = correctionRows(ledger.rows, rest);
    expect(back).toMatchObject({ cost: -gone.cost!, quantity: -gone.quantity, gpuHours: -gone.gpuHours! });
    expect(back?.tokens?.output).toBe(-gone.tokens!.output);
    expect(correctionRows(rest, ledger.rows)).toEqual([{ ...gone, gpuHours: gone.gpuHours }]);
  });

  it('charge in full what had no price when the month was closed', async () => {
    const { ledger } = await askOf(PLAIN_NAMES, monthBook());
    const row = ledger.rows[0]!;
    const [correction] = correctionRows([{ ...row, unitPrice: null, cost: null }], [row]);
    expect(correction?.cost).toBe(row.cost);
  });
});

describe('a month whose charges have no price', () => {
  it('leaves them out of the file, and says so', async () => {
    const book = monthBook();
    const made = await focusExport(
      await askOf(PLAIN_NAMES, {
        revisions: book.revisions.map((revision) => ({
          ...revision,
          hardware: revision.hardware.filter(({ sku }) => sku === 'H100'),
        })),
      }),
    );
    const check = made.checks.find(({ id }) => id === 'FX-15');
    expect(check?.passed).toBe(false);
    expect(check?.detail).toContain('no price for NVIDIA B200');
    const sidecar = JSON.parse(Buffer.from(made.files[2]?.bytes ?? []).toString('utf8')) as {
      Tokenwatt: { ChargesWithoutPrice: number };
    };
    expect(sidecar.Tokenwatt.ChargesWithoutPrice).toBeGreaterThan(0);
  });
});

it('there are twenty checks', () => {
  expect(FOCUS_CHECKS.length).toBe(20);
});
