import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Workbook } from 'exceljs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tableOf } from '#backend/reports/focus/checks/checked-export.ts';
import { createBackend, type Backend } from '#backend/create-backend.ts';
import { openDuckdbStore } from '#backend/store/duckdb/duckdb-store.ts';
import { createClient, type BackendClient } from '#shared/contract/client.ts';
import { dispatch } from '#shared/contract/dispatch.ts';
import type { CallInput } from '#shared/contract/backend-api.ts';
import type { ExportStatus } from '#shared/contract/report-calls-schema.ts';
import { DEFAULT_REPORT_SETTINGS } from '#shared/model/report-settings.ts';
import { SMALL_BOOK, SMALL_FLEET, WINDOW } from '../../golden/small-fleet.ts';

const MONTH = new Date(WINDOW.from).toISOString().slice(0, 7);

let folder = '';
const temporary = process.env['TMPDIR'];
let backend: Backend;
let client: BackendClient;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tokenwatt-test-'));
  // Exports lie in the temporary folder, which other tests use as well.
  process.env['TMPDIR'] = await mkdtemp(join(folder, 'temporary-'));
  const store = await openDuckdbStore({ path: join(folder, 'facts.duckdb') });
  if (!store.ok) throw new Error(store.failure.message);
  await store.value.append(SMALL_FLEET);
  await store.value.saveCostBook(SMALL_BOOK);
  await store.value.close();
  const made = await createBackend({
    host: 'server',
    dataFolder: folder,
    polls: false,
    startSampleFleet: async () => Promise.reject(new Error('no sample is needed')),
  });
  if (!made.ok) throw new Error(made.failure.message);
  backend = made.value;
  client = createClient({
    call: async (name, input) => JSON.parse(JSON.stringify(await dispatch(backend.api, name, input))),
    subscribe: () => () => undefined,
    onConnection: () => () => undefined,
  });
});

afterAll(async () => {
  await backend.stop();
  expect(await reportFolders()).toEqual([]);
  if (temporary === undefined) delete process.env['TMPDIR'];
  else process.env['TMPDIR'] = temporary;
  await rm(folder, { recursive: true });
});

async function valueOf<Value>(result: Promise<{ readonly ok: boolean } & object>): Promise<Value> {
  const answer = (await result) as { ok: boolean; value: Value; failure: unknown };
  if (!answer.ok) throw new Error(JSON.stringify(answer.failure));
  return answer.value;
}

async function ended(id: string): Promise<ExportStatus> {
  let status = await valueOf<ExportStatus>(client.exportStatus({ id }));
  while (status.state === 'running') {
    status = await valueOf<ExportStatus>(client.exportStatus({ id, seen: status.revision }));
  }
  return status;
}

async function exported(
  ask: CallInput['exportReport'],
): Promise<{ readonly id: string; readonly status: ExportStatus }> {
  const { id } = await valueOf<{ id: string }>(client.exportReport(ask));
  return { id, status: await ended(id) };
}

async function fetched(id: string, name: string): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let offset: number | null = 0;
  while (offset !== null) {
    const piece: { base64: string; next: number | null } = await valueOf(client.exportedFile({ id, name, offset }));
    pieces.push(Buffer.from(piece.base64, 'base64'));
    offset = piece.next;
  }
  return Buffer.concat(pieces);
}

describe('the months of reports', () => {
  it('are those with facts, with what is known of each', async () => {
    const { zone, months } = await valueOf<{ zone: string; months: { month: string }[] }>(client.reportMonths({}));
    expect(zone).toBe('UTC');
    expect(months.map(({ month }) => month)).toEqual([MONTH]);
    expect(months[0]).toMatchObject({ state: 'provisional', known: WINDOW });
  });
});

describe('an export', () => {
  it('writes the asked formats, and hands the files out piece by piece, whole', async () => {
    const { id, status } = await exported({ month: MONTH, formats: ['xlsx', 'json'] });
    expect(status).toMatchObject({ state: 'done', share: 1, about: { month: MONTH, state: 'provisional' } });
    const [xlsx, json] = status.files;
    expect(xlsx?.name).toMatch(new RegExp(`${MONTH}-provisional\\.xlsx$`));
    const bytes = await fetched(id, xlsx?.name ?? '');
    expect(bytes.length).toBe(xlsx?.bytes);
    const workbook = new Workbook();
    await workbook.xlsx.load(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer);
    const report = await valueOf<{ sections: { tiles: { id: string; value: number }[] }[] }>(
      client.report({ month: MONTH }),
    );
    const cost = report.sections[0]?.tiles.find((tile) => tile.id === 'cost')?.value;
    expect(cost).toBeGreaterThan(0);
    expect(workbook.getWorksheet('Summary')?.getCell('B5').result).toBe(cost);
    const read = JSON.parse((await fetched(id, json?.name ?? '')).toString('utf8')) as typeof report;
    expect(read.sections[0]?.tiles.find((tile) => tile.id === 'cost')?.value).toBe(cost);
  });

  it('comes as one file for a browser that wants one', async () => {
    const { id, status } = await exported({ month: MONTH, formats: ['xlsx', 'json'], isOneFile: true });
    expect(status.files.map(({ name }) => name)).toEqual([expect.stringMatching(/\.zip$/)]);
    const zip = await fetched(id, status.files[0]?.name ?? '');
    expect(zip.subarray(0, 2).toString()).toBe('PK');
    const single = await exported({ month: MONTH, formats: ['json'], isOneFile: true });
    expect(single.status.files[0]?.name).toMatch(/\.json$/);
  });

  it('can be cancelled at once, and leaves nothing behind', async () => {
    const before = await reportFolders();
    const { id } = await valueOf<{ id: string }>(client.exportReport({ month: MONTH, formats: ['xlsx'] }));
    expect(await client.cancelExport({ id })).toEqual({ ok: true, value: { cancelled: true } });
    expect(await ended(id)).toMatchObject({ state: 'cancelled', files: [] });
    expect(await client.cancelExport({ id })).toEqual({ ok: true, value: { cancelled: false } });
    // The next export waits for its turn: by then the cancelled one has let go.
    await exported({ month: MONTH, formats: ['json'] });
    expect((await reportFolders()).length).toBe(before.length + 1);
  });

  it('gives no file but its own', async () => {
    const { id } = await exported({ month: MONTH, formats: ['json'] });
    for (const name of ['../../etc/passwd', '/etc/passwd', 'other.json']) {
      expect(await client.exportedFile({ id, name })).toMatchObject({ ok: false, failure: { kind: 'not-possible' } });
    }
    const unknown = '00000000-0000-0000-0000-000000000000';
    expect(await client.exportStatus({ id: unknown })).toMatchObject({ ok: false });
  });

  it('of a month without facts is a report all the same', async () => {
    const { status } = await exported({ month: '2020-01', formats: ['xlsx', 'csv', 'json'] });
    expect(status).toMatchObject({ state: 'done', about: { observedShare: null } });
  });
});

describe('the settings of reports', () => {
  it('are kept, and hold for the next export', async () => {
    expect(await valueOf(client.reportSettings({}))).toEqual(DEFAULT_REPORT_SETTINGS);
    const settings = { ...DEFAULT_REPORT_SETTINGS, company: 'Acme', zone: 'Europe/Berlin' };
    const asked = { ...settings, schedule: { ...settings.schedule, formats: [...settings.schedule.formats] } };
    expect(await valueOf(client.saveReportSettings(asked))).toEqual(settings);
    expect(await valueOf(client.reportSettings({}))).toEqual(settings);
    const { id, status } = await exported({ month: MONTH, formats: ['json'] });
    const read = JSON.parse((await fetched(id, status.files[0]?.name ?? '')).toString('utf8')) as object;
    expect(read).toMatchObject({ head: { company: 'Acme', zone: 'Europe/Berlin' } });
  });

  it.each([
    { logo: 'data:image/svg+xml;base64,AAAA' },
    { logo: `data:image/png;base64,${'A'.repeat(1_000_001)}` },
    { zone: 'Mars/Base' },
    { schedule: { isOn: true, day: 31, hour: 8, formats: ['xlsx'], closes: false } },
    { schedule: { isOn: true, day: 1, hour: 8, formats: [], closes: false } },
  ])('are refused when they cannot be: %#', async (change) => {
    const asked = { ...change } as CallInput['saveReportSettings'];
    expect(await client.saveReportSettings(asked)).toMatchObject({ ok: false, failure: { kind: 'bad-input' } });
  });
});

async function reportFolders(): Promise<readonly string[]> {
  return (await readdir(tmpdir())).filter((name) => name.startsWith('tokenwatt-report-'));
}

describe('an export as FOCUS', () => {
  it.each([[{}], [{ pool: 'prod' }], [{ model: 'llama' }]])(
    'has both versions with what describes them, passes all rules and adds to the report, of %j',
    async (scope) => {
      const { id, status } = await exported({ month: MONTH, formats: ['focus', 'focus-1.4'], scope, zone: 'UTC' });
      expect(status.state).toBe('done');
      expect(status.about?.checksFailed.filter((check) => check.startsWith('FX'))).toEqual([]);
      const endings = status.files.map(({ name }) => name.slice(name.indexOf('-focus')));
      expect(endings).toEqual(
        ['1.2', '1.4'].flatMap((version) => ['csv', 'parquet', 'json'].map((ending) => `-focus-${version}.${ending}`)),
      );
      const report = await valueOf<{ sections: { tiles: { id: string; value: number }[] }[] }>(
        client.report({ month: MONTH, scope, zone: 'UTC' }),
      );
      const cost = report.sections[0]?.tiles.find((tile) => tile.id === 'cost')?.value ?? Number.NaN;
      for (const index of [0, 3]) {
        const table = tableOf((await fetched(id, status.files[index]?.name ?? '')).toString('utf8'));
        const effective = table?.rows.reduce((total, row) => total + Number(row.EffectiveCost), 0);
        expect(effective).toBeCloseTo(cost, 9);
      }
    },
  );

  it('of a month without facts has a head and no rows', async () => {
    const { id, status } = await exported({ month: '2020-01', formats: ['focus'] });
    expect(status).toMatchObject({ state: 'done', about: { checksFailed: [] } });
    const table = tableOf((await fetched(id, status.files[0]?.name ?? '')).toString('utf8'));
    expect([table?.rows.length, table?.header.includes('EffectiveCost')]).toEqual([0, true]);
  });
});
