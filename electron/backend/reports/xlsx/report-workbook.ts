import type { Report, ReportTable } from '#shared/model/report.ts';
import { headText } from '#shared/report-text/head-text.ts';
import { zipPieces, type ZipEntry } from '../zip-writer.ts';
import { checksSheet } from './checks-sheet.ts';
import { coverSheet, type ListedSheet } from './cover-sheet.ts';
import { measuresSheet } from './measures-sheet.ts';
import { sheetNames } from './sheet-names.ts';
import type { Sheet } from './sheet.ts';
import { sheetXml } from './sheet-xml.ts';
import { summarySheet, SUMMARY } from './summary-sheet.ts';
import { tableSheets } from './table-sheets.ts';
import { workbookParts } from './workbook-parts.ts';

/**
 * A report as an XLSX workbook, in pieces: a sheet per table of any section, with totals as formulas that carry their values,
 * and beside them a cover, the summary, how each measure is computed, and live checks. The same report gives the same bytes.
 */
export function reportWorkbook(report: Report, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  const sheets = sheetsOf(report);
  const about = {
    title: `${headText(report.head).title}, ${report.head.fleet}`,
    maker: `Tokenwatt ${report.head.versions.tokenwatt}`,
    createdAt: new Date(report.head.generatedAt).toISOString(),
  };
  return zipPieces(entriesOf(sheets, about), signal);
}

function* entriesOf(sheets: readonly Sheet[], about: Parameters<typeof workbookParts>[1]): Generator<ZipEntry> {
  for (const [name, text] of workbookParts(sheets, about)) yield { name, pieces: [text] };
  for (const [index, sheet] of sheets.entries()) {
    yield { name: `xl/worksheets/sheet${index + 1}.xml`, pieces: sheetXml(sheet, index === 0) };
  }
}

/** Sheets that the writer makes itself; no table may take their names. */
const OWN_NAMES = ['Cover', SUMMARY, 'Checks', 'How computed'];

/** Names of sheets that formulas and people point at, by the id of the table; others have the title of theirs. */
const SHORT_NAMES: Readonly<Record<string, string>> = {
  months: 'Months',
  showback: 'Showback',
  models: 'Models',
  pools: 'Pools',
  waste: 'Waste',
  energy: 'Energy',
  prices: 'Prices',
  daily: 'Daily',
};

function sheetsOf(report: Report): readonly Sheet[] {
  const tables = report.sections.flatMap((section) => section.tables);
  const names = sheetNames(
    tables.map(({ id, title }) => SHORT_NAMES[id] ?? title),
    OWN_NAMES,
  );
  const made = tables.map((table, index) => tableSheets(table, { name: names[index] ?? 'Table', head: report.head }));
  const places = made.map(({ place }) => place);
  const { sheet: summary, rowOfTile } = summarySheet(report, places);
  const measures = measuresSheet(report, rowOfTile);
  const checks = checksSheet(report, { places, rowOfTile });
  const listed: ListedSheet[] = [
    { name: SUMMARY, holds: 'every figure of the first page and of the sections, with what it covers' },
    ...made.flatMap(({ place }) => place.sheets.map(({ name }) => ({ name, holds: holdsOf(place.table) }))),
    { name: measures.name, holds: 'definition, formula, inputs, unit and rounding of each measure' },
    { name: checks.name, holds: 'what was checked; those of this workbook are live formulas' },
  ];
  return [coverSheet(report, listed), summary, ...made.flatMap(({ sheets }) => sheets), measures, checks];
}

function holdsOf({ title, rows, note }: ReportTable): string {
  const count = `${rows.length} ${rows.length === 1 ? 'row' : 'rows'}`;
  return note === null ? `${title}: ${count}` : `${title}: ${count}. ${note}`;
}
