import type { Report, ReportTile } from '#shared/model/report.ts';
import { unitOfKind } from '../report-units.ts';
import type { Sheet, SheetCell } from './sheet.ts';
import { columnSum, type TablePlace } from './table-sheets.ts';
import { headLines, textCell } from './text-cell.ts';
import { typedCell } from './typed-cell.ts';

/** The row of each tile, by its id, for formulas of other sheets: its value is in column B. */
export type SummarySheet = { readonly sheet: Sheet; readonly rowOfTile: ReadonlyMap<string, number> };

export const SUMMARY = 'Summary';

const FIRST_ROW = 5;

/** Every tile of every section on one line: value, what it covers, why it is not known, and its changes. */
export function summarySheet({ head, sections }: Report, places: readonly TablePlace[]): SummarySheet {
  const tiles = sections.flatMap((section) => section.tiles.map((tile) => ({ section: section.title, tile })));
  const changesMax = Math.max(0, ...tiles.map(({ tile }) => tile.changes.length));
  const heads = ['Measure', 'Value', 'Unit', 'Section', 'Covers', 'Not known because'];
  const changeHeads = Array.from({ length: changesMax }, () => ['Beside', 'Change']).flat();
  const rowOfTile = new Map(tiles.map(({ tile }, index) => [tile.id, FIRST_ROW + index]));
  const formulas = formulasOf(places, rowOfTile);
  const rows = [
    ...headLines(`Summary${head.month === null ? '' : ` ${head.month}`}`, head),
    [...heads, ...changeHeads].map((text) => textCell(text, 'head')),
    ...tiles.map(({ section, tile }) =>
      tileRow(section, tile, { zone: head.zone, formula: formulas.get(tile.id) ?? null }),
    ),
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
  return { sheet, rowOfTile };
}

/**
 * The three figures that follow from the ledger of days, as formulas over it:
 *
 *   cost [USD] = sum of its charges; tokens = its input + its output; loaded unit cost = cost / tokens x 1e6
 */
function formulasOf(
  places: readonly TablePlace[],
  rowOfTile: ReadonlyMap<string, number>,
): ReadonlyMap<string, string> {
  const daily = places.find(({ table }) => table.id === 'daily');
  const sumOf = (key: string): string | null => (daily === undefined ? null : columnSum(daily, key));
  const [cost, input, output] = [sumOf('cost'), sumOf('input'), sumOf('output')];
  const formulas = new Map<string, string>();
  if (cost !== null) formulas.set('cost', cost);
  if (input !== null && output !== null) formulas.set('tokens', `${input}+${output}`);
  const [costRow, tokenRow] = [rowOfTile.get('cost'), rowOfTile.get('tokens')];
  if (costRow !== undefined && tokenRow !== undefined && formulas.size === 2) {
    formulas.set('loaded-unit-cost', `B${costRow}/B${tokenRow}*1000000`);
  }
  return formulas;
}

type TileManner = { readonly zone: string; readonly formula: string | null };

function tileRow(section: string, tile: ReportTile, { zone, formula }: TileManner): readonly (SheetCell | null)[] {
  const value = typedCell(tile.value, tile.kind, zone);
  const live = formula !== null && value?.kind === 'number' ? { ...value, kind: 'formula' as const, formula } : value;
  const changes = tile.changes.flatMap(({ label, value, kind }) => [textCell(label), typedCell(value, kind, zone)]);
  return [
    textCell(tile.title, 'wrapped'),
    live,
    textCell(tile.kind === 'ratio' ? '' : unitOfKind(tile.kind)),
    textCell(section),
    textCell(tile.basis, 'wrapped'),
    tile.reason === null ? null : textCell(tile.reason, 'wrapped'),
    ...changes,
  ];
}
