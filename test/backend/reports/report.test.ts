import { describe, expect, it } from 'vitest';
import { buildReport } from '#backend/reports/build-report.ts';
import { writePdf } from '#backend/reports/pdf/write-pdf.ts';
import { monthWindow } from '#backend/reports/report-period.ts';
import { createMemoryStore } from '#backend/store/memory-store.ts';
import type { Answers } from '#shared/contract/backend-api.ts';
import { reportSchema } from '#shared/contract/report-schema.ts';
import { sumOf } from '#shared/lib/sum.ts';
import type { Report, ReportCell } from '#shared/model/report.ts';
import { epochMs } from '#shared/time/instant.ts';
import { NOW, SMALL_BOOK, SMALL_FLEET } from '../../golden/small-fleet.ts';
import { ask, clientOver } from '../answers/ask.ts';
import { readPdf } from './pdf-text.ts';
import { REPORT_BOOK, reportFleet, type ReportFleetPlan } from './report-fleet.ts';

const HOUR_MS = 3_600_000;

it('a month is as long as its zone counts it', () => {
  const hoursOf = (month: string, zone: string): number => {
    const { from, to } = monthWindow(month, zone);
    return (to - from) / HOUR_MS;
  };
  expect(hoursOf('2026-10', 'Europe/Berlin')).toBe(31 * 24 + 1);
  expect(hoursOf('2026-03', 'Europe/Berlin')).toBe(31 * 24 - 1);
  expect(hoursOf('2026-10', 'UTC')).toBe(31 * 24);
  expect(monthWindow('2026-12', 'UTC').to).toBe(Date.UTC(2027, 0, 1));
});

async function smallReport(month: string): Promise<Report> {
  const store = createMemoryStore();
  await store.append(SMALL_FLEET);
  return await ask(clientOver({ store, book: SMALL_BOOK, now: NOW }), 'report', { month });
}

it('a month that runs is open, and one before all facts says so and shows no zero', async () => {
  expect((await smallReport('2026-03')).head).toMatchObject({ month: '2026-03', state: 'open', zone: 'UTC' });
  const before = await smallReport('2025-03');
  expect(before.head).toMatchObject({ state: 'provisional', known: null });
  expect(before.sections).toHaveLength(1);
  expect(before.sections[0]).toMatchObject({
    tiles: [],
    emptyReason: expect.stringContaining('facts begin at 2026-03-03'),
  });
});

/** October by the clock of Berlin, with its 25-hour day, and the days of September that are asked for. */
async function october(plan: Partial<ReportFleetPlan> = {}): Promise<Report> {
  const store = createMemoryStore();
  const from = epochMs(Date.UTC(2026, 9, 18, 22));
  const to = epochMs(Date.UTC(2026, 9, 31, 23));
  await store.append(reportFleet({ models: ['llama', 'qwen', '千问'], from, to, ...plan }));
  const client = clientOver({ store, book: REPORT_BOOK, now: epochMs(Date.UTC(2026, 10, 2)) });
  const window = { from: epochMs(Date.UTC(2026, 9, 24, 22)), to };
  return await ask(client, 'report', { window });
}

function cellsOf(report: Report, table: string, column: string): readonly ReportCell[] {
  const found = report.sections.flatMap(({ tables }) => tables).find(({ id }) => id === table);
  const index = found?.columns.findIndex(({ key }) => key === column) ?? -1;
  if (found === undefined || index < 0) throw new Error(`no ${table}.${column}`);
  return found.rows.map((row) => row[index] ?? null);
}

const sumCells = (cells: readonly ReportCell[]): number =>
  sumOf(cells, (cell) => (typeof cell === 'number' ? cell : 0));

function tileOf(report: Report, id: string): number | null {
  return report.sections[0]?.tiles.find((tile) => tile.id === id)?.value ?? null;
}

describe('the sections of a report', async () => {
  const report = await october();
  const cost = tileOf(report, 'cost')!;

  it('stand in the order of the pages, with tables for the workbook last', () => {
    expect(report.sections.map(({ id }) => id).join(' ')).toBe(
      'summary variance showback models capacity energy updates commitments budget incidents movers quality method daily',
    );
    expect(report.sections.filter(({ workbookOnly }) => workbookOnly).map(({ id }) => id)).toEqual(['daily']);
  });

  it.each([
    ['showback', 'cost'],
    ['showback', 'loaded'],
    ['pools', 'cost'],
    ['waste', 'cost'],
    ['daily', 'cost'],
    ['prices', 'cost'],
    ['models', 'loaded-cost'],
  ])('add to the total of the first page: %s, %s', (table, column) => {
    expect(sumCells(cellsOf(report, table, column))).toBeCloseTo(cost, 8);
  });

  it('cost what GPU-hours and kilowatt-hours come to by hand', () => {
    // Five GPUs over seven days and the hour that the clock change repeats; rent, network and operations at 2.28 USD/GPU-h.
    const gpuHours = 5 * (7 * 24 + 1);
    expect(sumCells(cellsOf(report, 'pools', 'capacity'))).toBeCloseTo(gpuHours, 8);
    const energy = sumCells(cellsOf(report, 'energy', 'cost'));
    expect(cost - energy).toBeCloseTo(gpuHours * 2.28, 6);
  });

  it('count each token once, and divide the cost by all of them', () => {
    const tokens = sumCells(cellsOf(report, 'models', 'input')) + sumCells(cellsOf(report, 'models', 'output'));
    expect(tileOf(report, 'tokens')).toBe(tokens);
    expect(tileOf(report, 'loaded-unit-cost')).toBeCloseTo((cost / tokens) * 1e6, 10);
  });

  it('tell the day with 25 hours apart', () => {
    const days = cellsOf(report, 'coverage-days', 'day');
    const owned = cellsOf(report, 'coverage-days', 'owned');
    expect(owned[days.indexOf('2026-10-25')]).toBe(5 * 25);
    expect(owned[days.indexOf('2026-10-26')]).toBe(5 * 24);
  });

  it('agree in all checks', () => {
    expect(report.checks.filter(({ passed }) => !passed)).toEqual([]);
    expect(report.checks.map(({ id }) => id)).toEqual(
      ['01', '02', '03', '04', '05', '06', '07', '08', '10', '11'].map((number) => `RP-${number}`),
    );
  });

  it('print the same cost on page 1 of the PDF and under its tables, to the cent', async () => {
    const { pages } = await readPdf(await writePdf(report));
    const cents = cost.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
    expect(pages[0]!.pieces).toContain(`$${cents}`);
    const everywhere = pages.flatMap(({ pieces }) => pieces).filter((piece) => piece === cents);
    expect(everywhere.length).toBeGreaterThanOrEqual(6);
  });
});

it('a month compares with the one before it by steps that add to the difference', async () => {
  const store = createMemoryStore();
  const [from, to] = [epochMs(Date.UTC(2026, 7, 31, 22)), epochMs(Date.UTC(2026, 9, 31, 23))];
  await store.append(reportFleet({ models: ['llama'], from, to, growsAt: epochMs(Date.UTC(2026, 9, 5)) }));
  const client = clientOver({ store, book: REPORT_BOOK, now: epochMs(Date.UTC(2026, 10, 2)) });
  const report = await ask(client, 'report', { month: '2026-10' });
  const steps = new Map(cellsOf(report, 'bridge', 'step').map((step, index) => [step, index]));
  const usd = cellsOf(report, 'bridge', 'usd');
  const [september, october_] = cellsOf(report, 'months', 'cost').slice(-2) as number[];
  expect(sumCells(usd)).toBeCloseTo(october_! - september!, 8);
  // October has 745 hours, September 720.
  expect(usd[steps.get('Length')!]).toBeCloseTo(september! * (745 / 720 - 1), 8);
  expect(usd[steps.get('Volume')!]).toBeGreaterThan(0);
  expect(usd[steps.get('Efficiency')!]).toBeLessThan(0);
  expect(report.checks.find(({ id }) => id === 'RP-09')?.passed).toBe(true);
});

it('a time without tokens has no unit cost, and says why', async () => {
  const report = await october({ models: [] });
  expect(report.sections[0]!.tiles.find(({ id }) => id === 'loaded-unit-cost')).toMatchObject({
    value: null,
    reason: 'no tokens were counted',
  });
  expect(report.sections.find(({ id }) => id === 'models')!.emptyReason).toBe('No model was served in this time.');
  expect(report.checks.every(({ passed }) => passed)).toBe(true);
});

it('the same facts and prices give the same report', async () => {
  const [one, other]: Answers['report'][] = [await october(), await october()];
  expect(one).toEqual(other);
});

it('a report that nobody waits for is given up between its parts', async () => {
  const store = createMemoryStore();
  await store.append(SMALL_FLEET);
  const stop = new AbortController();
  const parts: string[] = [];
  const answers = {
    store,
    clock: { now: () => NOW, monotonicMs: () => 0, sleep: async () => {} },
    pollSeconds: 10,
    costBook: () => SMALL_BOOK,
    history: () => null,
    reference: () => Promise.reject(new Error('not asked for')),
  };
  const context = {
    answers,
    assess: () => Promise.reject(new Error('none')),
    fleetName: 'a',
    isSample: false,
    version: '0',
  };
  const work = {
    signal: stop.signal,
    onProgress: ({ part }: { readonly part: string }) => {
      parts.push(part);
      if (parts.length === 2) stop.abort();
    },
  };
  await expect(buildReport(context, reportSchema.parse({ month: '2026-03' }), work)).rejects.toThrow();
  expect(parts).toEqual(['the ledger of charges', 'the month before']);
});
