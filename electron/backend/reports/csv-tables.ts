import type { Report, ReportTable } from '#shared/model/report.ts';
import { headOf, plainCell } from './report-units.ts';

/** A file of a report, with its name inside the folder of the format and its text in pieces. */
export type NamedText = { readonly name: string; readonly pieces: Iterable<string> };

/** One CSV per table, in the order of the report, named by its place and id: `03-models.csv`. */
export function csvTables({ sections }: Report): readonly NamedText[] {
  const tables = sections.flatMap((section) => section.tables);
  return tables.map((table, index) => ({
    name: `${String(index + 1).padStart(2, '0')}-${table.id.replaceAll(/[^A-Za-z0-9-]/g, '-').slice(0, 60)}.csv`,
    pieces: csvLines(table),
  }));
}

/**
 * A table as RFC 4180 text for spreadsheets: units in the heads, numbers unrounded, null an empty field. A text that a
 * spreadsheet would take for a formula gets an apostrophe before it; the FOCUS export is the exact one, for machines. There is
 * no line of totals: whoever adds a column up would count everything twice.
 */
export function* csvLines({ columns, rows }: ReportTable): Generator<string> {
  yield `${columns.map((column) => textField(headOf(column))).join(',')}\r\n`;
  for (const row of rows) {
    const fields = columns.map(({ kind }, index) => {
      const cell = row[index] ?? null;
      return typeof cell === 'string' ? textField(cell) : plainCell(cell, kind);
    });
    yield `${fields.join(',')}\r\n`;
  }
}

/** What begins a formula, also behind blanks or quotes: spreadsheets look past those. */
const FORMULA_START = /^[\s"']*[=+\-@\t\r]/u;

function textField(text: string): string {
  const clean = text.replaceAll(/(?![\t\n\r])\p{Cc}/gu, '');
  const safe = FORMULA_START.test(clean) ? `'${clean}` : clean;
  return /[",\r\n]/u.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
