import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createBackend, type Backend } from '#backend/create-backend.ts';
import { systemClock } from '#backend/clock.ts';
import { startReportWork } from '#backend/report-work.ts';
import { createAnswerContext } from '#backend/create-api.ts';
import { configSchema } from '#backend/config.ts';
import { readCsv } from '#backend/reports/focus/focus-csv.ts';
import { openDuckdbStore } from '#backend/store/duckdb/duckdb-store.ts';
import type { Fleet } from '#backend/open-fleet.ts';
import type { BackendApi } from '#shared/contract/backend-api.ts';
import type { Report } from '#shared/model/report.ts';
import { DEFAULT_REPORT_SETTINGS } from '#shared/model/report-settings.ts';
import { epochMs } from '#shared/time/instant.ts';
import { SMALL_BOOK, SMALL_FLEET, WINDOW } from '../../golden/small-fleet.ts';

const MONTH = '2026-03';
const ASK = {
  month: MONTH,
  window: null,
  scope: {},
  zone: null,
  locale: 'en-US',
  paper: 'A4',
  company: null,
  logo: null,
} as const;

let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tokenwatt-test-'));
  const store = await openDuckdbStore({ path: join(folder, 'facts.duckdb') });
  if (!store.ok) throw new Error(store.failure.message);
  await store.value.append(SMALL_FLEET);
  await store.value.saveCostBook(SMALL_BOOK);
  await store.value.close();
});

afterEach(() => rm(folder, { recursive: true }));

async function opened(now: number | null = null): Promise<Backend> {
  const clock = now === null ? systemClock : { ...systemClock, now: () => epochMs(now) };
  const made = await createBackend({
    host: 'server',
    dataFolder: folder,
    polls: false,
    clock,
    startSampleFleet: async () => Promise.reject(new Error('no sample is needed')),
  });
  if (!made.ok) throw new Error(made.failure.message);
  return made.value;
}

async function reportOf({ api }: Backend): Promise<Report> {
  const report = await api.report(ASK);
  if (!report.ok) throw new Error(report.failure.message);
  return report.value;
}

function costOf(report: Report): number | null | undefined {
  return report.sections.flatMap(({ tiles }) => tiles).find(({ id }) => id === 'cost')?.value;
}

/** Every GPU-hour some dollars dearer. */
function dearerBy(usd: number) {
  return SMALL_BOOK.revisions.map((revision) => ({
    ...revision,
    hardware: revision.hardware.map((price) => ({ ...price, networkUsdPerGpuHour: price.networkUsdPerGpuHour + usd })),
  }));
}

const DEARER = dearerBy(1);

/** Sum of the corrections in the FOCUS file of a month, USD. */
async function correctedIn(api: BackendApi, month: string): Promise<number> {
  const begun = await api.exportReport({ ...ASK, month, formats: ['focus'], isOneFile: false });
  const id = begun.ok ? begun.value.id : '';
  let status = await api.exportStatus({ id, seen: 0 });
  while (status.ok && status.value.state === 'running') {
    status = await api.exportStatus({ id, seen: status.value.revision });
  }
  expect(status).toMatchObject({ value: { state: 'done' } });
  const name = (status.ok ? status.value.files : []).find((file) => file.name.endsWith('.csv'))?.name ?? '';
  const piece = await api.exportedFile({ id, name, offset: 0 });
  const text = piece.ok ? Buffer.from(piece.value.base64, 'base64').toString('utf8') : '';
  const [heads = [], ...rows] = readCsv(text) ?? [];
  const cell = (row: readonly (string | null)[], head: string) => row[heads.indexOf(head)] ?? null;
  const corrected = rows.filter((row) => cell(row, 'ChargeClass') === 'Correction');
  return corrected.reduce((sum, row) => sum + Number(cell(row, 'EffectiveCost')), 0);
}

async function withFactsOfApril(): Promise<void> {
  const store = await openDuckdbStore({ path: join(folder, 'facts.duckdb') });
  if (!store.ok) throw new Error(store.failure.message);
  const month = 31 * 86_400_000;
  const gpuFacts = SMALL_FLEET.gpuFacts.map((fact) => ({ ...fact, start: epochMs(fact.start + month) }));
  await store.value.append({ ...SMALL_FLEET, gpuFacts, engineFacts: [], latencyFacts: [], meterFacts: [], events: [] });
  await store.value.close();
}

describe('closing a month', () => {
  it('freezes its figures: a later price is a restatement and not a rewrite', async () => {
    const backend = await opened();
    const { api } = backend;
    const before = await reportOf(backend);
    expect(before.head.state).toBe('provisional');
    expect(await api.restatement({ month: MONTH })).toEqual({ ok: true, value: null });
    const closed = await api.closeMonth({ month: MONTH });
    const cost = costOf(before);
    expect(closed).toMatchObject({ ok: true, value: { months: [{ month: MONTH, state: 'closed' }] } });
    const [first] = closed.ok ? closed.value.months : [];
    expect(first?.closing?.total).toBeCloseTo(cost ?? 0, 9);
    expect(await reportOf(backend)).toMatchObject({ head: { state: 'closed' }, checks: before.checks });

    await api.saveCostBook({ revisions: DEARER });
    const after = await reportOf(backend);
    expect(costOf(after)).toBe(cost);
    const restated = await api.restatement({ month: MONTH });
    const { closed: was, now, difference } = restated.ok && restated.value !== null ? restated.value : {};
    expect(was).toBeCloseTo(cost ?? 0, 9);
    // Six GPUs from 3 March to the end of the month, a dollar an hour: owned GPUs cost what they cost, seen or not.
    expect(difference).toBeCloseTo(6 * 29 * 24, 6);
    expect((now ?? 0) - (was ?? 0)).toBe(difference);
    expect(after.sections[0]?.notes[0]).toMatch(/^Restated by \+\$4,176\.00 since it was closed/);
    await backend.stop();
  });

  it('is corrected in FOCUS of the month that is open, by what has changed since', async () => {
    const backend = await opened(Date.UTC(2026, 3, 15));
    const { api } = backend;
    await api.closeMonth({ month: MONTH });
    await api.saveCostBook({ revisions: DEARER });
    expect(await correctedIn(api, '2026-04')).toBeCloseTo(6 * 29 * 24, 6);
    await backend.stop();
  });

  it('is corrected once: what a closed month was charged with is not charged again', async () => {
    await withFactsOfApril();
    const april = await opened(Date.UTC(2026, 3, 15));
    await april.api.closeMonth({ month: MONTH });
    await april.api.saveCostBook({ revisions: DEARER });
    await april.stop();

    const may = await opened(Date.UTC(2026, 4, 15));
    expect(await correctedIn(may.api, '2026-05')).toBe(0);
    expect(await may.api.closeMonth({ month: '2026-04' })).toMatchObject({ ok: true });
    expect(await correctedIn(may.api, '2026-04')).toBeCloseTo(6 * 29 * 24, 6);
    expect(await correctedIn(may.api, '2026-05')).toBe(0);
    await may.api.saveCostBook({ revisions: dearerBy(3) });
    // Two dollars more than April was charged with, of March and of April itself.
    expect(await correctedIn(may.api, '2026-05')).toBeCloseTo(2 * 6 * (29 + 30) * 24, 6);
    expect(await correctedIn(may.api, '2026-04')).toBeCloseTo(6 * 29 * 24, 6);
    await may.stop();
  });

  it('keeps every month that is closed while another one is being closed', async () => {
    await withFactsOfApril();
    const backend = await opened(Date.UTC(2026, 4, 15));
    const { api } = backend;
    const both = await Promise.all([api.closeMonth({ month: MONTH }), api.closeMonth({ month: '2026-04' })]);
    expect(both).toMatchObject([{ ok: true }, { ok: true }]);
    const known = await api.reportMonths({});
    expect(known.ok && known.value.months.map(({ state }) => state)).toEqual(['closed', 'closed']);
    await backend.stop();
  });

  it('is for good, and for months that are over', async () => {
    const open = await opened(WINDOW.to + 60_000);
    expect(await open.api.closeMonth({ month: MONTH })).toMatchObject({
      ok: false,
      failure: { kind: 'not-possible', message: expect.stringContaining('still runs') },
    });
    await open.stop();
    const over = await opened();
    expect(await over.api.closeMonth({ month: '2020-01' })).toMatchObject({ ok: false });
    expect((await over.api.closeMonth({ month: MONTH })).ok).toBe(true);
    expect(await over.api.closeMonth({ month: MONTH })).toMatchObject({
      failure: { message: expect.stringContaining('closed already') },
    });
    await over.stop();
  });

  it('outlives a restart; the same closed month exported twice has the same bytes', async () => {
    const first = await opened();
    await first.api.closeMonth({ month: MONTH });
    const one = await exportedHashes(first);
    await first.stop();
    const second = await opened();
    expect(await exportedHashes(second)).toEqual(one);
    await second.stop();
  });

  it('refuses a file that was changed since, instead of showing its figures', async () => {
    const backend = await opened();
    await backend.api.closeMonth({ month: MONTH });
    const path = join(folder, 'closed-months', `${MONTH}.json.gz`);
    const bytes = await readFile(path);
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
    await writeFile(path, bytes);
    expect(await backend.api.report(ASK)).toMatchObject({
      ok: false,
      failure: { message: expect.stringContaining('was changed since it was closed') },
    });
    await backend.stop();
  });
});

async function exportedHashes({ api }: Backend): Promise<readonly string[]> {
  const begun = await api.exportReport({ ...ASK, formats: ['pdf', 'xlsx', 'csv', 'json', 'html'], isOneFile: false });
  const id = begun.ok ? begun.value.id : '';
  let status = await api.exportStatus({ id, seen: 0 });
  while (status.ok && status.value.state === 'running')
    status = await api.exportStatus({ id, seen: status.value.revision });
  const files = status.ok ? status.value.files : [];
  expect(files.length).toBeGreaterThan(3);
  return files.map(({ sha256 }) => sha256);
}

describe('the schedule', () => {
  async function scheduled(options: { readonly now: () => number; readonly isSample?: boolean }) {
    const store = await openDuckdbStore({ path: join(folder, 'facts.duckdb') });
    if (!store.ok) throw new Error(store.failure.message);
    const clock = { ...systemClock, now: () => epochMs(options.now()) };
    const config = configSchema.parse({ fleetName: 'Small fleet' });
    const fleet = {
      store: store.value,
      config: () => config,
      isSample: options.isSample ?? false,
      snapshot: null,
      clock,
      costBook: () => SMALL_BOOK,
      history: () => null,
    } as unknown as Fleet;
    const { schedule } = startReportWork({
      clock,
      shown: () => fleet,
      live: () => fleet,
      contextOf: (of) => createAnswerContext({ fleet: of }),
      storeFolder: () => folder,
      dataFolder: folder,
      polls: false,
      log: () => {},
    });
    return { schedule, store: store.value };
  }

  const SETTINGS = {
    ...DEFAULT_REPORT_SETTINGS,
    schedule: { isOn: true, day: 1, hour: 8, formats: ['json'], closes: true },
  };
  const reports = () => readdir(join(folder, 'reports')).catch(() => []);

  it('writes a month when its hour comes, once, closes it, and says so', async () => {
    let now = Date.UTC(2026, 2, 20);
    const { schedule, store } = await scheduled({ now: () => now });
    await store.saveDocument('report-settings', SETTINGS);
    await schedule.begin();
    now = Date.UTC(2026, 3, 1, 7, 59);
    await schedule.runDue();
    expect(await reports()).toEqual([]);
    expect(await schedule.state()).toMatchObject({ nextMonth: MONTH, nextAt: Date.UTC(2026, 3, 1, 8), last: null });
    now = Date.UTC(2026, 3, 1, 8, 1);
    await schedule.runDue();
    expect(await reports()).toEqual(['small-fleet-2026-03.json']);
    expect(await schedule.state()).toMatchObject({
      nextMonth: '2026-04',
      last: { month: MONTH, at: now, isWritten: true, message: 'small-fleet-2026-03.json' },
    });
    await rm(join(folder, 'reports'), { recursive: true });
    await schedule.runDue();
    expect(await reports()).toEqual([]);
    await store.close();
  });

  it('catches up after a start what was missed, and tells a month without facts from a failure', async () => {
    let now = Date.UTC(2026, 1, 20);
    const { schedule, store } = await scheduled({ now: () => now });
    await store.saveDocument('report-settings', SETTINGS);
    await schedule.begin();
    now = Date.UTC(2026, 5, 10);
    await schedule.runDue();
    expect(await reports()).toEqual(['small-fleet-2026-03.json']);
    expect((await schedule.state()).last).toMatchObject({
      month: '2026-05',
      message: expect.stringContaining('no facts'),
    });
    await store.close();
  });

  it('does not write months that were over when it was switched on', async () => {
    const { schedule, store } = await scheduled({ now: () => Date.UTC(2026, 3, 15) });
    await store.saveDocument('report-settings', SETTINGS);
    await schedule.begin();
    await schedule.runDue();
    expect(await reports()).toEqual([]);
    await store.close();
  });

  it('says why nothing was written, and tries again after an hour', async () => {
    let now = Date.UTC(2026, 2, 20);
    const { schedule, store } = await scheduled({ now: () => now });
    await store.saveDocument('report-settings', SETTINGS);
    await schedule.begin();
    await writeFile(join(folder, 'reports'), 'a file in its place');
    now = Date.UTC(2026, 3, 1, 8);
    await schedule.runDue();
    expect((await schedule.state()).last).toMatchObject({ isWritten: false, month: MONTH });
    await rm(join(folder, 'reports'));
    now += 59 * 60_000;
    await schedule.runDue();
    expect(await reports()).toEqual([]);
    now += 2 * 60_000;
    await schedule.runDue();
    expect(await reports()).toEqual(['small-fleet-2026-03.json']);
    await store.close();
  });

  it('writes nothing of the sample', async () => {
    const { schedule, store } = await scheduled({ now: () => Date.UTC(2026, 3, 15), isSample: true });
    expect(await schedule.state()).toMatchObject({ canRun: false, folder: null });
    await store.close();
  });

  it('begins when it is switched on, by the contract', async () => {
    const backend = await opened(Date.UTC(2026, 2, 20));
    const settings = { ...SETTINGS, schedule: { ...SETTINGS.schedule, formats: ['json' as const] } };
    expect((await backend.api.saveReportSettings(settings)).ok).toBe(true);
    expect(await backend.api.reportSchedule({})).toMatchObject({
      ok: true,
      value: {
        canRun: true,
        nextMonth: MONTH,
        nextAt: Date.UTC(2026, 3, 1, 8),
        folder: 'the folder reports of the data folder',
      },
    });
    await backend.stop();
  });
});
