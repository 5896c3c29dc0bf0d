import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Workbook, type CellValue, type Worksheet } from 'exceljs';
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBackend, type Backend } from '#backend/create-backend.ts';
import { readCsv } from '#backend/reports/focus/focus-csv.ts';
import { openDuckdbStore } from '#backend/store/duckdb/duckdb-store.ts';
import { sum } from '#shared/lib/sum.ts';
import type { Report } from '#shared/model/report.ts';
import { formatNumber } from '#shared/units/format-quantity.ts';
import { SMALL_BOOK, SMALL_FLEET } from '../../golden/small-fleet.ts';

/** One month, exported in every format through the contract and read back from the files: the same figures, to the cent. */

const ASK = { month: '2026-03', window: null, scope: {}, zone: null } as const;

let folder = '';
let backend: Backend;
let report: Report;
const files = new Map<string, Buffer>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tokenwatt-test-'));
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
  const asked = { ...ASK, locale: 'en-US', paper: 'A4', company: null, logo: null } as const;
  const answer = await backend.api.report(asked);
  if (!answer.ok) throw new Error(answer.failure.message);
  report = answer.value;
  await fetchFiles();
}, 120_000);

afterAll(async () => {
  await backend.stop();
  await rm(folder, { recursive: true });
});

async function fetchFiles(): Promise<void> {
  const { api } = backend;
  const formats = ['pdf', 'xlsx', 'focus', 'csv', 'json', 'html'] as const;
  const begun = await api.exportReport({
    ...ASK,
    locale: null,
    paper: null,
    formats: [...formats],
    isOneFile: false,
  });
  if (!begun.ok) throw new Error(begun.failure.message);
  const { id } = begun.value;
  let status = await api.exportStatus({ id, seen: 0 });
  while (status.ok && status.value.state === 'running') {
    status = await api.exportStatus({ id, seen: status.value.revision });
  }
  if (!status.ok || status.value.state !== 'done') throw new Error(JSON.stringify(status));
  for (const { name } of status.value.files) {
    const piece = await api.exportedFile({ id, name, offset: 0 });
    if (!piece.ok) throw new Error(piece.failure.message);
    files.set(name, Buffer.from(piece.value.base64, 'base64'));
  }
}

function fileLike(pattern: RegExp): Buffer {
  const found = [...files].find(([name]) => pattern.test(name))?.[1];
  if (found === undefined) throw new Error(`no file is like ${pattern.source}`);
  return found;
}

function tileOf(id: string): number {
  return report.sections.flatMap(({ tiles }) => tiles).find((tile) => tile.id === id)?.value ?? Number.NaN;
}

async function workbook(): Promise<Workbook> {
  const bytes = fileLike(/\.xlsx$/);
  const book = new Workbook();
  await book.xlsx.load(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer);
  return book;
}

function plain(value: CellValue | undefined): unknown {
  return value !== null && typeof value === 'object' && 'formula' in value ? value.result : value;
}

/** The cells of a column below its head, the line of totals and notes left out. */
function columnOf(sheet: Worksheet | undefined, head: string): number[] {
  const heads = sheet?.getRow(4).values as readonly unknown[];
  const column = heads.indexOf(head);
  const [, last = '5'] = /:[A-Z]+(\d+)$/.exec(typeof sheet?.autoFilter === 'string' ? sheet.autoFilter : '') ?? [];
  const cells = Array.from({ length: Number(last) - 4 }, (_, row) => sheet?.getRow(row + 5).getCell(column).value);
  return cells.filter((cell) => typeof cell === 'number');
}

function columnOfCsv(text: string, head: string): number[] {
  const [heads = [], ...rows] = text
    .trimEnd()
    .split('\r\n')
    .map((line) => line.split(','));
  const column = heads.indexOf(head);
  return rows.flatMap((row) => (row[column] === '' || row[column] === undefined ? [] : [Number(row[column])]));
}

async function textOfPdf(): Promise<string> {
  const document = await getDocument({ data: new Uint8Array(fileLike(/\.pdf$/)) }).promise;
  const pages: string[] = [];
  for (let page = 1; page <= document.numPages; page += 1) {
    const { items } = await (await document.getPage(page)).getTextContent();
    pages.push(items.map((item) => ('str' in item ? item.str : '')).join(' '));
  }
  return pages.join(' ').replaceAll(/\s+/g, ' ');
}

describe('the figures of one month', () => {
  it('are a cost and tokens that are worth comparing', () => {
    expect(tileOf('cost')).toBeCloseTo(15_302.24, 2);
    expect(tileOf('tokens')).toBeCloseTo(60e6, 0);
  });

  it('are the same in the workbook: summary, ledger, showback, pools, prices', async () => {
    const book = await workbook();
    const summary = book.getWorksheet('Summary');
    expect(plain(summary?.getCell('B5').value)).toBe(tileOf('cost'));
    for (const name of ['Daily', 'Showback', 'Pools', 'Waste', 'Prices']) {
      expect(sum(columnOf(book.getWorksheet(name), 'Cost [USD]')), name).toBeCloseTo(tileOf('cost'), 6);
    }
    const tokens = (head: string) => sum(columnOf(book.getWorksheet('Daily'), head));
    expect(tokens('Input tokens [tokens]') + tokens('Output tokens [tokens]')).toBeCloseTo(tileOf('tokens'), 3);
  });

  it('are formulas in the workbook that give what the report says', async () => {
    const book = await workbook();
    const checks = book.getWorksheet('Checks');
    const passed: unknown[] = [];
    checks?.eachRow((row, number) => number > 4 && passed.push(plain(row.getCell(3).value)));
    expect(passed.length).toBeGreaterThan(30);
    expect(passed.every((value) => value === true)).toBe(true);
    const formula = book.getWorksheet('Summary')?.getCell('B5').formula;
    expect(formula).toMatch(/^SUM\('Daily'!/);
  });

  it('are the same in FOCUS, whose own rules it passes', () => {
    const [heads = [], ...rows] = readCsv(fileLike(/focus-1\.2\.csv$/).toString('utf8')) ?? [];
    const column = (name: string) => rows.map((row) => row[heads.indexOf(name)] ?? null);
    expect(sum(column('EffectiveCost').map(Number))).toBeCloseTo(tileOf('cost'), 6);
    const units = column('ConsumedUnit');
    const tokens = column('ConsumedQuantity').map((text, index) => (units[index] === 'Tokens' ? Number(text) : 0));
    expect(sum(tokens)).toBeCloseTo(tileOf('tokens'), 3);
    const sidecar = JSON.parse(fileLike(/focus-1\.2\.json$/).toString('utf8')) as { Checks: { passed: boolean }[] };
    expect(sidecar.Checks.length).toBeGreaterThan(15);
    expect(sidecar.Checks.filter(({ passed }) => !passed)).toEqual([]);
  });

  it('are the same in CSV and JSON', () => {
    const daily = fileLike(/daily\.csv$/).toString('utf8');
    expect(sum(columnOfCsv(daily, 'Cost [USD]'))).toBeCloseTo(tileOf('cost'), 6);
    const json = JSON.parse(fileLike(/provisional\.json$/).toString('utf8')) as Pick<Report, 'sections'>;
    const tables = json.sections.flatMap((section) => section.tables);
    for (const table of report.sections.flatMap((section) => section.tables)) {
      expect(tables.find(({ id }) => id === table.id)).toMatchObject({ rows: table.rows, total: table.total });
    }
  });

  it('are the same on the pages of the PDF and in the HTML', async () => {
    const cost = `$${formatNumber(tileOf('cost'), 2)}`;
    expect(await textOfPdf()).toContain(cost);
    expect(fileLike(/\.html$/).toString('utf8')).toContain(cost);
  });
});
