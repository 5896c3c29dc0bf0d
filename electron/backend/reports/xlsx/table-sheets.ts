import type { ReportCell, ReportColumn, ReportHead, ReportTable } from '#shared/model/report.ts';
import { unitOfKind } from '../report-units.ts';
import { columnLetters, SHEET_ROWS_MAX, type Sheet, type SheetCell } from './sheet.ts';
import { totalStyleOfKind, typedCell } from './typed-cell.ts';

/** Where a table lies in a workbook: what formulas of other sheets point at. */
export type TablePlace = {
  readonly table: ReportTable;
  readonly sheets: readonly { readonly name: string; readonly lastRow: number }[];
};

export type TableSheets = { readonly sheets: readonly Sheet[]; readonly place: TablePlace };

/** Title, about, a blank line, heads: data begin in row 5 of every table's sheet. */
const HEAD_ROW = 4;
export const FIRST_ROW = HEAD_ROW + 1;

/** Rows that a sheet keeps beside data: those above, the total, and a note below it. */
const OTHER_ROWS = HEAD_ROW + 4;

/** One table as one sheet, or as several numbered ones where its rows are more than a sheet holds. */
export function tableSheets(
  table: ReportTable,
  { name, head, rowsMax = SHEET_ROWS_MAX - OTHER_ROWS }: TableSheetOptions,
): TableSheets {
  const parts = partsOf(table.rows, rowsMax);
  const names = parts.map((_, index) => (parts.length === 1 ? name : `${name.slice(0, 27)} ${index + 1}`));
  const place: TablePlace = {
    table,
    sheets: parts.map((rows, index) => ({ name: names[index] ?? name, lastRow: HEAD_ROW + rows.length })),
  };
  const sheets = parts.map((rows, index): Sheet => {
    const isLast = index === parts.length - 1;
    const part = parts.length === 1 ? '' : ` (sheet ${index + 1} of ${parts.length}, split by length)`;
    const lastColumn = columnLetters(Math.max(0, table.columns.length - 1));
    return {
      name: names[index] ?? name,
      widths: widthsOf(table),
      rows: rowsOf({ table, rows, head, title: table.title + part, place: isLast ? place : null }),
      frozen: { rows: HEAD_ROW, columns: table.columns.length > 4 ? 1 : 0 },
      filter: rows.length === 0 ? null : `A${HEAD_ROW}:${lastColumn}${HEAD_ROW + rows.length}`,
      repeated: HEAD_ROW,
      flags: flagRange(table, HEAD_ROW + rows.length),
    };
  });
  return { sheets, place };
}

type TableSheetOptions = { readonly name: string; readonly head: ReportHead; readonly rowsMax?: number };

type Rows = readonly (readonly ReportCell[])[];

function partsOf(rows: Rows, rowsMax: number): readonly Rows[] {
  const count = Math.max(1, Math.ceil(rows.length / rowsMax));
  return Array.from({ length: count }, (_, index) => rows.slice(index * rowsMax, (index + 1) * rowsMax));
}

type RowsAsk = {
  readonly table: ReportTable;
  readonly rows: Rows;
  readonly head: ReportHead;
  readonly title: string;
  /** Where the whole table lies, for the total below its last row; null where more rows follow on another sheet. */
  readonly place: TablePlace | null;
};

function* rowsOf({ table, rows, head, title, place }: RowsAsk): Generator<readonly (SheetCell | null)[]> {
  yield [{ kind: 'text', text: title, style: 'title' }];
  yield [{ kind: 'text', text: aboutText(head), style: 'muted' }];
  yield [];
  yield table.columns.map((column) => ({ kind: 'text', text: headText(column, head.zone), style: 'head' }));
  for (const row of rows) {
    yield table.columns.map((column, index) => typedCell(row[index] ?? null, column.kind, head.zone));
  }
  if (place === null) return;
  if (table.total !== null) yield totalRow(table, table.total, place);
  if (table.note === null) return;
  yield [];
  yield [{ kind: 'text', text: table.note, style: 'muted' }];
}

/** The line under the title of every sheet: what, when, in which money and zone, and how final. */
export function aboutText({ fleet, isSample, scope, month, known, zone, currency, state }: ReportHead): string {
  const whose = `${fleet}${isSample ? ' (invented data)' : ''}${scope === null ? '' : `, ${scope}`}`;
  const status = { open: 'Open', provisional: 'Provisional', closed: 'Closed' }[state];
  const period = `${month ?? 'own window'}${known === null ? ', no data' : ''}`;
  return [whose, period, `days of ${zone}`, currency, status].join(' · ');
}

function headText({ title, kind }: ReportColumn, zone: string): string {
  const unit = kind === 'instant' ? zone : kind === 'ratio' ? '' : unitOfKind(kind);
  return unit === '' ? title : `${title} [${unit}]`;
}

/** Sums are live formulas that carry what they give; other totals, such as a unit cost, are values of the report. */
function totalRow(table: ReportTable, total: readonly ReportCell[], place: TablePlace): readonly (SheetCell | null)[] {
  return table.columns.map((column, index): SheetCell | null => {
    const value = total[index] ?? null;
    const style = totalStyleOfKind(column.kind);
    if (column.total === 'sum' && typeof value === 'number') {
      return { kind: 'formula', formula: sumFormula(place, index), value, style };
    }
    const cell = typedCell(value, column.kind, 'UTC');
    return cell === null ? { kind: 'text', text: '', style } : { ...cell, style };
  });
}

/** The sum of a column over all sheets that hold it, counted from 0; 0 where the table has no rows. */
export function sumFormula({ table, sheets }: TablePlace, column: number): string {
  if (table.rows.length === 0) return '0';
  const letters = columnLetters(column);
  const ranges = sheets.map(({ name, lastRow }) => {
    const of = `'${name.replaceAll("'", "''")}'!`;
    return `SUM(${of}$${letters}$${FIRST_ROW}:$${letters}$${lastRow})`;
  });
  return ranges.join('+');
}

/** The sum of the column with that key, as a formula; null where the table has none that adds, or its total is not known. */
export function columnSum(place: TablePlace, key: string): string | null {
  const { columns, total } = place.table;
  const index = columns.findIndex((column) => column.key === key && column.total === 'sum');
  return index === -1 || typeof total?.[index] !== 'number' ? null : sumFormula(place, index);
}

const WIDTH_MIN = 10;
const WIDTH_MAX = 48;

/** Widths from what stands in the first rows: measuring every row would read a long table twice. */
const MEASURED_ROWS = 200;

function widthsOf({ columns, rows }: ReportTable): readonly number[] {
  return columns.map((column, index) => {
    const texts = rows.slice(0, MEASURED_ROWS).map((row) => widthOf(row[index] ?? null, column));
    const longest = Math.max(column.title.length * 0.75 + 4, ...texts);
    return Math.round(Math.min(WIDTH_MAX, Math.max(WIDTH_MIN, longest + 2)));
  });
}

function widthOf(cell: ReportCell, { kind }: ReportColumn): number {
  if (typeof cell === 'string') return cell.length;
  if (typeof cell !== 'number') return 5;
  if (kind === 'instant') return 19;
  const digits = Math.trunc(Math.abs(cell)).toString().length;
  return Math.min(digits, 16) * 1.35 + 5;
}

function flagRange({ columns }: ReportTable, lastRow: number): string | null {
  const index = columns.findIndex(({ kind }) => kind === 'flag');
  if (index === -1 || lastRow < FIRST_ROW) return null;
  return `${columnLetters(index)}${FIRST_ROW}:${columnLetters(index)}${lastRow}`;
}
