import type { ReportColumn, ReportTable } from '#shared/model/report.ts';
import { isNumeric, unitOf, type Manner } from '#shared/report-text/cell-text.ts';
import { tableText } from '#shared/report-text/table-text.ts';
import type { Drawable } from './pdf-fonts.ts';
import { INK, LINE, SHADE } from './pdf-look.ts';

/** Rows of one table on paper: more of them nobody reads there, and the rest is said, not cut. */
export const ROWS_MAX = 1000;

/** Tables up to this long stay on one page, with their title. */
const TOGETHER_MAX = 14;

type Means = { readonly manner: Manner; readonly text: Drawable };

/** A table whose title and head stand on every page that it reaches. */
export function pdfTable(table: ReportTable, means: Means): object[] {
  const { text } = means;
  const note = table.note === null ? [] : [{ text: text.of(table.note), style: 'note' }];
  const left = table.rows.length - ROWS_MAX;
  if (table.rows.length === 0 && table.total === null)
    return [{ text: text.of(table.title), style: 'tableTitle' }, ...note];
  const more =
    left > 0 ? [{ text: `… and ${left} more rows, inside the total: see the workbook.`, style: 'note' }] : [];
  if (table.rows.length > TOGETHER_MAX) return [gridOf(table, means, true), ...note, ...more];
  const title = { text: text.of(table.title), style: 'tableTitle' };
  return [{ unbreakable: true, stack: [title, ...note, gridOf(table, means, false)] }];
}

function gridOf(table: ReportTable, { manner, text }: Means, hasTitle: boolean): object {
  const { columns } = table;
  const texts = tableText(table, manner);
  const rows = texts.rows.slice(0, ROWS_MAX);
  const line = (cells: readonly string[], look: object): object[] =>
    cells.map((cell, index) => ({ text: text.of(cell), alignment: alignmentOf(columns[index]), ...look }));
  const title = [
    { text: text.of(table.title), style: 'tableTitle', colSpan: columns.length },
    ...columns.slice(1).map(() => ''),
  ];
  return {
    layout: layoutOf(hasTitle ? 1 : 0),
    margin: [0, 2, 0, 10],
    table: {
      headerRows: hasTitle ? 2 : 1,
      keepWithHeaderRows: 1,
      dontBreakRows: true,
      widths: widthsOf(columns, rows),
      body: [
        ...(hasTitle ? [title] : []),
        columns.map((column) => headCell(column, text)),
        ...rows.map((cells) => line(cells, {})),
        ...(texts.total === null ? [] : [line(texts.total, { bold: true, fillColor: SHADE })]),
      ],
    },
  };
}

/** Title over unit: a unit is never broken. */
function headCell(column: ReportColumn, text: Drawable): object {
  const unit = unitOf(column.kind);
  return {
    stack: [{ text: text.of(column.title) }, ...(unit === null ? [] : [{ text: unit, noWrap: true }])],
    alignment: alignmentOf(column),
    bold: true,
    color: INK.second,
    fillColor: SHADE,
  };
}

function alignmentOf(column: ReportColumn | undefined): 'left' | 'right' {
  return column !== undefined && isNumeric(column.kind) ? 'right' : 'left';
}

/** Text that is short takes its own width, as figures do; longer text shares what they leave over. */
const SHORT_TEXT = 16;

function widthsOf(columns: readonly ReportColumn[], rows: readonly (readonly string[])[]): readonly string[] {
  const isLong = columns.map(
    ({ kind }, index) => kind === 'text' && rows.some((row) => (row[index] ?? '').length > SHORT_TEXT),
  );
  const hasLong = isLong.includes(true);
  const first = columns.findIndex(({ kind }) => kind === 'text');
  if (!hasLong && first < 0) return columns.map(() => '*');
  return columns.map((_, index) => (isLong[index] === true || (!hasLong && index === first) ? '*' : 'auto'));
}

/** Thin lines under rows, none between columns. `above`: rows of title over the head. */
function layoutOf(above: number): object {
  return {
    hLineWidth: (index: number): number => (index <= above ? 0 : 0.4),
    vLineWidth: (): number => 0,
    hLineColor: (): string => LINE,
    paddingLeft: (): number => 3,
    paddingRight: (): number => 3,
    paddingTop: (): number => 1.9,
    paddingBottom: (): number => 1.9,
  };
}
