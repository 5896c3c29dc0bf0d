import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { createMemoryStore } from '#backend/store/memory-store.ts';
import { checkFocusExport } from '#backend/reports/focus/checks/focus-checks.ts';
import type { FocusExport } from '#backend/reports/focus/checks/checked-export.ts';
import { columnsOf, type FocusRow } from '#backend/reports/focus/focus-columns.ts';
import { focusCsv } from '#backend/reports/focus/focus-csv.ts';
import { focusParquet } from '#backend/reports/focus/focus-parquet.ts';
import { focusRows } from '#backend/reports/focus/focus-rows.ts';
import { FOCUS_SETTINGS, type FocusContext } from '#backend/reports/focus/focus-settings.ts';
import { focusSidecar } from '#backend/reports/focus/focus-sidecar.ts';
import { focusSources } from '#backend/reports/focus/focus-sources.ts';
import { ledgerOf } from '#backend/reports/ledger/charge-ledger.ts';
import { epochMs } from '#shared/time/instant.ts';
import { MONTH, monthBook, monthFleet, PLAIN_NAMES, ZONE } from './month-fleet.ts';

const CONTEXT: FocusContext = {
  version: '1.2',
  settings: FOCUS_SETTINGS,
  account: { id: 'fleet:test', name: 'Test fleet' },
  zone: ZONE,
  state: 'provisional',
  snapshotId: null,
};

const COLUMNS = columnsOf('1.2');

/** An export whose files say what some rows say, whatever the ledger says. */
function exportOf(sound: FocusExport, meant: readonly FocusRow[], csv = focusCsv(meant, '1.2')): FocusExport {
  const rows = meant.map((row) => COLUMNS.map(({ name }) => row[name]));
  return { ...sound, meant, csv, csvAgain: csv, parquet: { names: COLUMNS.map(({ name }) => name), rows } };
}

let sound: FocusExport;

beforeAll(async () => {
  const store = createMemoryStore();
  await store.append(monthFleet(PLAIN_NAMES));
  const book = monthBook({ gpus: 8, since: epochMs(MONTH.from + 5 * 86_400_000), years: 1, upfrontShare: 0.2 });
  const ledger = await ledgerOf(store, book, { asked: MONTH, window: MONTH, zone: ZONE });
  const meant = focusRows(ledger, CONTEXT);
  const bytes = Buffer.from('some bytes');
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const sidecar = focusSidecar(ledger, CONTEXT, {
    files: [{ name: 'a.csv', bytes: bytes.length, rows: meant.length, sha256 }],
    at: MONTH.to,
    by: '1',
    rowsLeftOut: 0,
    hasCorrections: false,
  });
  sound = exportOf(
    {
      ledger,
      corrections: [],
      context: CONTEXT,
      sources: await focusSources(store, book, { window: MONTH, scope: {} }),
      meant,
      csv: '',
      csvAgain: '',
      parquet: { names: [], rows: [] },
      sidecar,
      files: [{ name: 'a.csv', bytes }],
    },
    meant,
  );
});

function failedIds(exported: FocusExport): string[] {
  return checkFocusExport(exported).flatMap(({ id, passed }) => (passed ? [] : [id]));
}

type Change = Partial<FocusRow> | ((row: FocusRow) => Partial<FocusRow>);

/** The export with the first row of a kind changed. */
function changed(of: (row: FocusRow) => boolean, change: Change): FocusExport {
  const at = sound.meant.findIndex(of);
  expect(at).not.toBe(-1);
  return exportOf(
    sound,
    sound.meant.map((row, index) =>
      index === at ? { ...row, ...(typeof change === 'function' ? change(row) : change) } : row,
    ),
  );
}

/** The export with the text of its CSV changed. */
function retold(from: RegExp, to: string): FocusExport {
  const csv = sound.csv.replace(from, to);
  expect(csv).not.toBe(sound.csv);
  return exportOf(sound, sound.meant, csv);
}

const any = (): boolean => true;
const isServing = (row: FocusRow): boolean => row.ConsumedUnit === 'Tokens';
const isIdle = (row: FocusRow): boolean => row.x_UtilisationClass === 'idle' && row.x_GpuCount !== null;
const isEnergy = (row: FocusRow): boolean => row.SkuMeter === 'Electricity';
const isBought = (row: FocusRow): boolean => row.ChargeCategory === 'Purchase';
const isUnused = (row: FocusRow): boolean => row.CommitmentDiscountStatus === 'Unused';

const MUTATIONS: readonly (readonly [string, string, () => FocusExport])[] = [
  ['FX-01', 'a column is missing', () => retold(/AvailabilityZone,/, '')],
  ['FX-01', 'two columns change places', () => retold(/^AvailabilityZone,BilledCost/, 'BilledCost,AvailabilityZone')],
  ['FX-02', 'an instant has milliseconds', () => retold(/2026-03-01T23:00:00Z/, '2026-03-01T23:00:00.000Z')],
  ['FX-02', 'an instant has an offset', () => retold(/2026-03-01T23:00:00Z/, '2026-03-01T23:00:00+00:00')],
  ['FX-02', 'an instant has a blank', () => retold(/2026-03-01T23:00:00Z/, '2026-03-01 23:00:00Z')],
  ['FX-02', 'a period ends before it begins', () => changed(any, { ChargePeriodEnd: MONTH.from - 1000 })],
  ['FX-02', 'a charge lies outside its month', () => changed(any, { BillingPeriodStart: MONTH.from + 90_000_000 })],
  [
    'FX-03',
    'a day is missing',
    () =>
      exportOf(
        sound,
        sound.meant.filter((row) => !isDay(row, '2026-03-12')),
      ),
  ],
  [
    'FX-03',
    'a pool has no GPU time on a day',
    () =>
      exportOf(
        sound,
        sound.meant.filter((row) => !(isDay(row, '2026-03-12') && row.x_NodePool === 'dev')),
      ),
  ],
  ['FX-04', 'a number has an exponent', () => retold(/,24\.0,/, ',2.4e+1,')],
  ['FX-04', 'a number has no point', () => retold(/,24\.0,/, ',24,')],
  ['FX-05', 'a cost is empty', () => changed(any, { BilledCost: null })],
  ['FX-05', 'an empty text stands for nothing', () => retold(/\n,/, '\n"",')],
  ['FX-05', 'a word stands for nothing', () => changed(any, { InvoiceId: 'null' })],
  ['FX-05', 'a unit has no quantity', () => changed(isServing, { ConsumedQuantity: null })],
  ['FX-05', 'a purchase is effective', () => changed(isBought, { EffectiveCost: 1 })],
  [
    'FX-05',
    'what was not drawn was consumed',
    () => changed(isUnused, { ConsumedQuantity: 1, ConsumedUnit: 'GPU-Hours' }),
  ],
  ['FX-06', 'a category is not of the list', () => changed(any, { PricingCategory: 'Cheap' })],
  ['FX-06', 'a subcategory is of another category', () => changed(any, { ServiceSubcategory: 'Virtual Machines' })],
  [
    'FX-07',
    'a cost is rounded',
    () => changed(isEnergy, (row) => ({ EffectiveCost: Math.round(Number(row.EffectiveCost) * 100) / 100 })),
  ],
  ['FX-08', 'a price is negative', () => changed(any, { ListUnitPrice: -1 })],
  ['FX-08', 'a cost is negative', () => changed(any, { BilledCost: -1 })],
  ['FX-09', 'a price belongs to two SKUs', () => changed(isEnergy, { SkuId: 'sku:other:energy' })],
  ['FX-10', 'tags are nested', () => changed(isServing, { Tags: '{"a":{"b":1}}' })],
  ['FX-10', 'a tag comes twice', () => changed(isServing, { Tags: '{"a":1,"a":2}' })],
  [
    'FX-10',
    'a tag of the operator is named as ours',
    () => ({ ...sound, context: { ...CONTEXT, settings: { ...FOCUS_SETTINGS, tags: { 'tokenwatt/observed': 'x' } } } }),
  ],
  ['FX-11', 'a row comes twice', () => exportOf(sound, sound.meant.toSpliced(0, 0, sound.meant[0]!))],
  [
    'FX-12',
    'a token is lost',
    () => changed(isServing, (row) => ({ ConsumedQuantity: Number(row.ConsumedQuantity) - 1 })),
  ],
  [
    'FX-13',
    'idle GPU time is spread',
    () => changed(isIdle, (row) => ({ PricingQuantity: Number(row.PricingQuantity) * 0.9 })),
  ],
  [
    'FX-14',
    'energy is made up',
    () => changed(isEnergy, (row) => ({ PricingQuantity: Number(row.PricingQuantity) * 1.01 })),
  ],
  ['FX-14', 'unobserved time has energy', () => changed(isEnergy, { x_UtilisationClass: 'unobserved' })],
  ['FX-15', 'a cost is another', () => changed(isIdle, (row) => ({ EffectiveCost: Number(row.EffectiveCost) + 0.01 }))],
  ['FX-15', 'the fleet shows another cost', () => ({ ...sound, sources: { ...sound.sources, spend: 1 } })],
  [
    'FX-16',
    'unused hours of a commitment are lost',
    () =>
      exportOf(
        sound,
        sound.meant.filter((row) => !isUnused(row)),
      ),
  ],
  ['FX-17', 'the second writing differs', () => ({ ...sound, csvAgain: `${sound.csv}\n` })],
  ['FX-18', 'a cell of the CSV is another', () => ({ ...sound, csv: sound.csv.replace('Test fleet', 'Test fleets') })],
  [
    'FX-18',
    'a cell of the Parquet file is another',
    () => ({
      ...sound,
      parquet: {
        ...sound.parquet,
        rows: sound.parquet.rows.map((row, index) =>
          index === 3 ? row.map((cell) => (typeof cell === 'number' ? cell + 1 : cell)) : row,
        ),
      },
    }),
  ],
  ['FX-19', 'a name was altered', () => changed(isServing, { x_Model: 'llama' })],
  [
    'FX-20',
    'the sidecar names another hash',
    () => ({ ...sound, files: [{ name: 'a.csv', bytes: Buffer.from('same bytes') }] }),
  ],
  [
    'FX-20',
    'a file is not in the sidecar',
    () => ({ ...sound, files: [...sound.files, { name: 'b.csv', bytes: Buffer.from('') }] }),
  ],
];

function isDay(row: FocusRow, day: string): boolean {
  return String(row.ChargeDescription).includes(day);
}

describe('the checks of a FOCUS export', () => {
  it('find nothing wrong with a sound one', () => {
    expect(failedIds(sound)).toEqual([]);
  });

  it.each(MUTATIONS)('%s fails where %s', (id, _words, mutate) => {
    expect(failedIds(mutate())).toContain(id);
  });

  it('each have a mutation that makes them fail', () => {
    const ids = checkFocusExport(sound).map(({ id }) => id);
    expect(new Set(MUTATIONS.map(([id]) => id))).toEqual(new Set(ids));
  });

  it('all fail where the file is no CSV', () => {
    expect(failedIds({ ...sound, csv: 'a,b\n"c' }).length).toBe(20);
  });

  it('are told of bytes that repeat in Parquet too', async () => {
    const [one, other] = await Promise.all([1, 2].map(() => focusParquet(sound.meant, '1.2', 'a')));
    expect(Buffer.compare(one ?? Buffer.from('1'), other ?? Buffer.from('2'))).toBe(0);
  });
});
