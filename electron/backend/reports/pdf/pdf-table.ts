import type { ReportColumn, ReportTable } from '#shared/model/report.ts';
import { columnHead, isNumeric, type Manner } from '#shared/report-text/cell-text.ts';
import { tableText } from '#shared/report-text/table-text.ts';
import type { Drawable } from './pdf-fonts.ts';
import { INK, LINE, SHADE } from './pdf-look.ts';

/** Rows of one table on paper: more of them nobody reads there, and the rest is said, not cut. */
export const ROWS_MAX = 1000;

/** A table whose head stands on every page that it reaches. */
export function pdfTable(
  table: ReportTable,
  { manner, text }: { readonly manner: Manner; readonly text: Drawable },
): object[] {
  const { rows, total } = tableText(table, manner);
  const { columns } = table;
  const shown = rows.slice(0, ROWS_MAX);
  const line = (cells: readonly string[], look: object): object[] =>
    cells.map((cell, index) => ({ text: text.of(cell), alignment: alignmentOf(columns[index]), ...look }));
  const head = line(columns.map(columnHead), { bold: true, color: INK.second, fillColor: SHADE });
  const left = rows.length - shown.length;
  return [
    { text: text.of(table.title), style: 'tableTitle' },
    ...(table.note === null ? [] : [{ text: text.of(table.note), style: 'note' }]),
    {
      layout: LAYOUT,
      margin: [0, 2, 0, left > 0 ? 2 : 10],
      table: {
        headerRows: 1,
        keepWithHeaderRows: 1,
        dontBreakRows: true,
        widths: widthsOf(columns),
        body: [
          head,
          ...shown.map((cells) => line(cells, {})),
          ...(total === null ? [] : [line(total, { bold: true, fillColor: SHADE })]),
        ],
      },
    },
    ...(left > 0 ? [{ text: `… and ${left} more rows, inside the total: see the workbook.`, style: 'note' }] : []),
  ];
}

function alignmentOf(column: ReportColumn | undefined): 'left' | 'right' {
  return column !== undefined && isNumeric(column.kind) ? 'right' : 'left';
}

/** Text shares what figures leave over. A table without text columns shares all. */
function widthsOf(columns: readonly ReportColumn[]): readonly string[] {
  return columns.some(({ kind }) => kind === 'text')
    ? columns.map(({ kind }) => (kind === 'text' ? '*' : 'auto'))
    : columns.map(() => '*');
}

/** Thin lines under rows, none between columns. */
const LAYOUT = {
  hLineWidth: (index: number): number => (index === 0 ? 0 : 0.4),
  vLineWidth: (): number => 0,
  hLineColor: (): string => LINE,
  paddingLeft: (): number => 3,
  paddingRight: (): number => 3,
  paddingTop: (): number => 2.2,
  paddingBottom: (): number => 2.2,
};
