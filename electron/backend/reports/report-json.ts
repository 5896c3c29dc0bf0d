import type { Report, ReportSection } from '#shared/model/report.ts';
import { unitOfKind } from './report-units.ts';

/** Changes when a reader of the file would have to change. */
export const REPORT_JSON_FORMAT = 'tokenwatt-report-1';

/** The whole report for programs, in pieces: head, tiles and tables with units, unrounded; drawings are left out. */
export function* reportJson({ head, sections, measures, checks }: Report): Generator<string> {
  // The logo is a picture for pages, and hundreds of kilobytes of a text that no program asks for.
  const about = { format: REPORT_JSON_FORMAT, head: { ...head, logo: null }, measures, checks };
  yield `${JSON.stringify(about).slice(0, -1)},"sections":[`;
  for (const [index, section] of sections.entries()) {
    if (index > 0) yield ',';
    yield* sectionJson(section);
  }
  yield ']}\n';
}

function* sectionJson({ id, title, lead, tiles, notes, emptyReason, tables }: ReportSection): Generator<string> {
  const told = tiles.map((tile) => ({ ...tile, unit: unitOfKind(tile.kind) }));
  yield `${JSON.stringify({ id, title, lead, tiles: told, notes, emptyReason }).slice(0, -1)},"tables":[`;
  for (const [index, table] of tables.entries()) {
    if (index > 0) yield ',';
    const { rows, columns, ...about } = table;
    const heads = columns.map((column) => ({ ...column, unit: unitOfKind(column.kind) }));
    yield `${JSON.stringify({ ...about, columns: heads }).slice(0, -1)},"rows":[`;
    for (const [number, row] of rows.entries()) yield `${number === 0 ? '' : ','}\n${JSON.stringify(row)}`;
    yield ']}';
  }
  yield ']}';
}
