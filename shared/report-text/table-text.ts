import type { ReportCell, ReportColumn, ReportTable } from '#shared/model/report.ts';
import { partsThatAdd } from '#shared/units/parts-that-add.ts';
import { cellText, fixedDecimalsOf, type Manner } from './cell-text.ts';

/** A table as people read it: every column that has a total adds to it as printed, to the last digit. */
export type TableText = { readonly rows: readonly (readonly string[])[]; readonly total: readonly string[] | null };

export function tableText({ columns, rows, total }: ReportTable, manner: Manner): TableText {
  const texts = columns.map((column, index) =>
    columnText(
      column,
      rows.map((row) => row[index] ?? null),
      total?.[index] ?? null,
      manner,
    ),
  );
  return {
    rows: rows.map((_, row) => texts.map((column) => column[row] ?? '')),
    total: total === null ? null : columns.map((column, index) => totalText(total[index] ?? null, column, manner)),
  };
}

/** A total that is not known prints its dash where it should add up, and nothing where there is none to have. */
function totalText(cell: ReportCell, column: ReportColumn, manner: Manner): string {
  return cell === null && column.total === 'none' ? '' : cellText(cell, column.kind, manner);
}

/** The rounding of a sum is spread over its lines by largest remainder: no line moves by a whole unit of its last digit. */
function columnText(
  column: ReportColumn,
  cells: readonly ReportCell[],
  total: ReportCell,
  manner: Manner,
): readonly string[] {
  const decimals = fixedDecimalsOf(column.kind);
  if (column.total === 'none' || decimals === null || typeof total !== 'number')
    return cells.map((cell) => cellText(cell, column.kind, manner));
  const known = cells.flatMap((cell, index) => (typeof cell === 'number' ? [{ cell, index }] : []));
  const parts = partsThatAdd(
    known.map(({ cell }) => cell),
    decimals,
    total,
  );
  const rounded = new Map(known.map(({ index }, place) => [index, parts[place] ?? null]));
  return cells.map((cell, index) => cellText(rounded.get(index) ?? cell, column.kind, manner));
}
