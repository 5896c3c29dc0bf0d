/** A column of an export: its head, with the unit of its numbers where they have one. */
export type ExportColumn = { readonly head: string; readonly unit?: string };

/** Null is not known, and stays empty. Numbers are written unrounded, in the unit of their column. */
export type ExportCell = string | number | null;

export type ExportTable = {
  readonly columns: readonly ExportColumn[];
  readonly rows: readonly (readonly ExportCell[])[];
};

/**
 * A table as RFC 4180 text. A text that a spreadsheet would take for a formula gets an apostrophe before it: names of models
 * and nodes come from other machines.
 */
export function csvText({ columns, rows }: ExportTable): string {
  const heads = columns.map(({ head, unit }) => (unit === undefined || unit === '' ? head : `${head} [${unit}]`));
  return [heads, ...rows].map((row) => `${row.map(fieldOf).join(',')}\r\n`).join('');
}

function fieldOf(cell: ExportCell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return Number.isFinite(cell) ? String(cell) : '';
  const safe = /^[=+\-@\t\r]/u.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/u.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
