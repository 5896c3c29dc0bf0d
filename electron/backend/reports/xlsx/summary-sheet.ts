import type { Report, ReportTile } from '#shared/model/report.ts';
import { unitOfKind } from '../report-units.ts';
import type { Sheet, SheetCell } from './sheet.ts';
import { headLines, textCell } from './text-cell.ts';
import { typedCell } from './typed-cell.ts';

/** The row of each tile, by its id, for formulas of other sheets: its value is in column B. */
export type SummarySheet = { readonly sheet: Sheet; readonly rowOfTile: ReadonlyMap<string, number> };

export const SUMMARY = 'Summary';

const FIRST_ROW = 5;

/** Every tile of every section on one line: value, what it covers, why it is not known, and its changes. */
export function summarySheet({ head, sections }: Report): SummarySheet {
  const tiles = sections.flatMap((section) => section.tiles.map((tile) => ({ section: section.title, tile })));
  const changesMax = Math.max(0, ...tiles.map(({ tile }) => tile.changes.length));
  const heads = ['Measure', 'Value', 'Unit', 'Section', 'Covers', 'Not known because'];
  const changeHeads = Array.from({ length: changesMax }, () => ['Beside', 'Change']).flat();
  const rows = [
    ...headLines(`Summary${head.month === null ? '' : ` ${head.month}`}`, head),
    [...heads, ...changeHeads].map((text) => textCell(text, 'head')),
    ...tiles.map(({ section, tile }) => tileRow(section, tile, head.zone)),
    [],
    ...sections.flatMap((section) => section.lead.map((line) => [textCell(line)])),
  ];
  const sheet: Sheet = {
    name: SUMMARY,
    widths: [36, 18, 12, 24, 44, 44, ...changeHeads.map((text) => (text === 'Beside' ? 26 : 14))],
    rows,
    frozen: { rows: 4, columns: 1 },
    filter: null,
    repeated: 4,
    flags: null,
  };
  return { sheet, rowOfTile: new Map(tiles.map(({ tile }, index) => [tile.id, FIRST_ROW + index])) };
}

function tileRow(section: string, tile: ReportTile, zone: string): readonly (SheetCell | null)[] {
  const changes = tile.changes.flatMap(({ label, value, kind }) => [textCell(label), typedCell(value, kind, zone)]);
  return [
    textCell(tile.title, 'wrapped'),
    typedCell(tile.value, tile.kind, zone),
    textCell(tile.kind === 'ratio' ? '' : unitOfKind(tile.kind)),
    textCell(section),
    textCell(tile.basis, 'wrapped'),
    tile.reason === null ? null : textCell(tile.reason, 'wrapped'),
    ...changes,
  ];
}
