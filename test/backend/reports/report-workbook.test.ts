import { Workbook, type CellFormulaValue, type Worksheet } from 'exceljs';
import { describe, expect, it } from 'vitest';
import { reportWorkbook } from '#backend/reports/xlsx/report-workbook.ts';
import { sheetNames } from '#backend/reports/xlsx/sheet-names.ts';
import { tableSheets } from '#backend/reports/xlsx/table-sheets.ts';
import type { Report } from '#shared/model/report.ts';
import { HOSTILE_NAMES, madeUpReport } from './made-up-report.ts';

async function bytesOf(report: Report): Promise<Buffer> {
  return Buffer.concat(await collected(reportWorkbook(report)));
}

async function collected(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const list: Uint8Array[] = [];
  for await (const piece of pieces) list.push(piece);
  return list;
}

/** Read by another library than the one that wrote it, which is our own. */
async function readBack(report: Report): Promise<Workbook> {
  const workbook = new Workbook();
  const bytes = await bytesOf(report);
  await workbook.xlsx.load(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer);
  return workbook;
}

async function sheetOf(report: Report, name: string): Promise<Worksheet> {
  const sheet = (await readBack(report)).getWorksheet(name);
  if (sheet === undefined) throw new Error(`there is no sheet ${name}`);
  return sheet;
}

const MODELS = 'Models';
const FIRST_ROW = 5;

describe('the workbook of a report', () => {
  it('has a cover, the summary, a sheet per table, how it is computed and the checks', async () => {
    const workbook = await readBack(madeUpReport(3));
    expect(workbook.worksheets.map(({ name }) => name)).toEqual(['Cover', 'Summary', MODELS, 'How computed', 'Checks']);
    expect(workbook.worksheets.map(({ state }) => state)).toEqual(Array(5).fill('visible'));
    expect(workbook.creator).toBe('Tokenwatt 0.1.0');
  });

  it('holds every figure of a table, unrounded and of its own type', async () => {
    const report = madeUpReport(20);
    const sheet = await sheetOf(report, MODELS);
    const rows = report.sections[1]?.tables[0]?.rows ?? [];
    for (const [index, row] of rows.entries()) {
      const cells = sheet.getRow(FIRST_ROW + index);
      expect([2, 3, 5].map((column) => cells.getCell(column).value)).toEqual([row[1], row[2], row[4]]);
      expect(cells.getCell(4).value).toBe(row[3]);
      // 01:30 UTC of a day whose clocks went back from 03:00 to 02:00 at 01:00 UTC: 02:30 in Berlin.
      expect(cells.getCell(7).value).toEqual(new Date(Date.UTC(2026, 9, 25, 2, 30)));
      expect(cells.getCell(6).value).toEqual(new Date(Date.UTC(2026, 9, 25)));
      expect(cells.getCell(8).value).toBe(row[7]);
    }
  });

  it('adds by live formulas that carry their values', async () => {
    const report = madeUpReport(20);
    const sheet = await sheetOf(report, MODELS);
    const total = sheet.getRow(FIRST_ROW + 20);
    const table = report.sections[1]?.tables[0];
    expect(total.getCell(2).value).toEqual({
      formula: `SUM('${MODELS}'!$B$5:$B$24)`,
      result: table?.total?.[1],
    });
    expect(total.getCell(4).value).toBe(table?.total?.[3]);
    expect(total.getCell(1).value).toBe('All models');
    const measures = await sheetOf(report, 'How computed');
    expect(measures.getCell('B5').value).toEqual({ formula: `'Summary'!$B$5`, result: table?.total?.[1] });
  });

  it('checks itself by live formulas, and shows what the report checked', async () => {
    const checks = await sheetOf(madeUpReport(20), 'Checks');
    const [own, cost, tokens] = [5, 6, 7].map((row) => checks.getRow(row));
    expect(own?.getCell(3).value).toBe(true);
    for (const row of [cost, tokens]) {
      const value = row?.getCell(3).value as CellFormulaValue;
      expect(value.formula).toMatch(/^ABS\(SUM\(/);
      expect(value.result).toBe(true);
    }
    expect(JSON.stringify(checks.model)).toContain('"operator":"equal"');
  });

  it('takes no text for a formula, whatever it begins with, and leaves out what XML cannot hold', async () => {
    const sheet = await sheetOf(madeUpReport(HOSTILE_NAMES.length), MODELS);
    const clean = HOSTILE_NAMES.map((name) => name.replaceAll(/(?![\t\n])\p{Cc}/gu, ''));
    expect(clean.map((_, index) => sheet.getRow(FIRST_ROW + index).getCell(1).value)).toEqual(clean);
  });

  it('leaves a figure that is not known empty, and says why beside it', async () => {
    const report = madeUpReport(3);
    expect((await sheetOf(report, MODELS)).getRow(FIRST_ROW + 2).getCell(4).value).toBeNull();
    const savings = (await sheetOf(report, 'Summary')).getRow(6);
    expect(savings.getCell(2).value).toBeNull();
    expect(savings.getCell(6).value).toBe('no update was seen');
  });

  it('keeps heads in sight, on every printed page too, and filters each column', async () => {
    const sheet = await sheetOf(madeUpReport(20), MODELS);
    expect(sheet.views[0]).toMatchObject({ state: 'frozen', xSplit: 1, ySplit: 4 });
    expect(sheet.autoFilter).toBe('A4:H24');
    expect(sheet.pageSetup).toMatchObject({ printTitlesRow: '4:4', orientation: 'landscape', fitToWidth: 1 });
    expect(sheet.getRow(4).getCell(2).value).toBe('Cost [USD]');
    expect(sheet.getRow(4).getCell(7).value).toBe('Last seen [Europe/Berlin]');
    expect(sheet.getCell('B5').numFmt).toContain('#,##0.00');
    expect(sheet.getCell('C5').numFmt).toContain('"M"');
  });

  it('is whole without a single row', async () => {
    const report = madeUpReport(0);
    const sheet = await sheetOf(report, MODELS);
    expect(sheet.getRow(FIRST_ROW).getCell(2).value).toMatchObject({ formula: '0' });
    expect(sheet.getRow(FIRST_ROW).getCell(4).value).toBeNull();
  });

  it('has the same bytes each time', async () => {
    expect(await bytesOf(madeUpReport(500))).toEqual(await bytesOf(madeUpReport(500)));
  });

  it('stops when it is cancelled', async () => {
    const stop = new AbortController();
    const pieces = reportWorkbook(madeUpReport(5000), stop.signal);
    await pieces.next();
    stop.abort(new Error('cancelled'));
    await expect(collected(pieces)).rejects.toThrow('cancelled');
  });

  it('divides a table that is longer than a sheet, and adds over all of its sheets', () => {
    const [, { tables } = { tables: [] }] = madeUpReport(7).sections;
    const [table] = tables;
    if (table === undefined) throw new Error('the report has a table');
    const { sheets } = tableSheets(table, { name: 'Models', head: madeUpReport(7).head, rowsMax: 3 });
    expect(sheets.map(({ name }) => name)).toEqual(['Models 1', 'Models 2', 'Models 3']);
    const rows = sheets.map((sheet) => [...sheet.rows]);
    expect(rows.map((list) => list.length)).toEqual([7, 7, 8]);
    expect(rows[0]?.[0]?.[0]).toMatchObject({ text: expect.stringContaining('sheet 1 of 3') });
    const sums = ["SUM('Models 1'!$B$5:$B$7)", "SUM('Models 2'!$B$5:$B$7)", "SUM('Models 3'!$B$5:$B$5)"];
    expect(rows[2]?.[5]?.[1]).toMatchObject({ kind: 'formula', formula: sums.join('+') });
  });
});

describe('names of sheets', () => {
  it('are short, clean and told apart whatever their case', () => {
    const long = 'A very long title of a table that goes on';
    expect(sheetNames(['a/b', 'A:B', '', "'quoted'", long, long], ['Cover'])).toEqual([
      'a b',
      'A B 2',
      'Table',
      'quoted',
      long.slice(0, 31),
      'A very long title of a table 2',
    ]);
    expect(sheetNames(['cover'], ['Cover'])).toEqual(['cover 2']);
  });
});
