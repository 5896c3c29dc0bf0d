import type { Report } from '#shared/model/report.ts';
import { cellOfSheet, type Sheet, type SheetCell } from './sheet.ts';
import { SUMMARY } from './summary-sheet.ts';
import { columnSum, sumFormula, type TablePlace } from './table-sheets.ts';
import { headLines, textCell } from './text-cell.ts';

const FIRST_ROW = 5;

/** Half a cent, half a token: what two sums of the same rows in another order may never differ by. */
const TOLERANCE = 0.005;

/**
 * What the report checked of itself, and the same asked of this workbook by live formulas: every column that adds is compared
 * with the figure of the report, and every table of the whole cost with the total of the summary.
 */
export function checksSheet(
  { head, checks, sections }: Report,
  { places, rowOfTile }: { readonly places: readonly TablePlace[]; readonly rowOfTile: ReadonlyMap<string, number> },
): Sheet {
  const own = checks.map(({ id, title, passed, detail }): readonly (SheetCell | null)[] => [
    textCell(id),
    textCell(title, 'wrapped'),
    { kind: 'flag', value: passed, style: 'plain' },
    textCell(detail, 'wrapped'),
  ]);
  const tiles = sections.flatMap((section) => section.tiles);
  const known = new Set(tiles.flatMap(({ id, value }) => (value === null ? [] : [id])));
  const live = [...places.flatMap(sumChecks), ...places.flatMap((place) => tieChecks(place, { rowOfTile, known }))];
  const rows = [...own, ...live];
  return {
    name: 'Checks',
    widths: [14, 70, 12, 70],
    rows: [
      ...headLines('Checks', head),
      ['Check', 'What is checked', 'Passed', 'Detail'].map((text) => textCell(text, 'head')),
      ...rows,
    ],
    frozen: { rows: 4, columns: 0 },
    filter: rows.length === 0 ? null : `A4:D${FIRST_ROW + rows.length - 1}`,
    repeated: 4,
    flags: rows.length === 0 ? null : `C${FIRST_ROW}:C${FIRST_ROW + rows.length - 1}`,
  };
}

/** Where the tiles stand, and which of them are known. */
type Summarised = { readonly rowOfTile: ReadonlyMap<string, number>; readonly known: ReadonlySet<string> };

type Row = readonly (SheetCell | null)[];

function sumChecks(place: TablePlace): readonly Row[] {
  const { table } = place;
  return table.columns.flatMap((column, index) => {
    const total = table.total?.[index] ?? null;
    if (column.total !== 'sum' || typeof total !== 'number') return [];
    return [
      checkRow(
        'XL-SUM',
        `${table.title}: ${column.title} adds to the figure of the report`,
        `ABS(${sumFormula(place, index)}-(${total}))<=${toleranceOf(total)}`,
      ),
    ];
  });
}

/** A sum of a million large numbers in another order may differ in its last digits. */
function toleranceOf(total: number): number {
  return Math.max(TOLERANCE, Math.abs(total) * 1e-9);
}

/** Tables whose money, or tokens, are all of the report's: by the key of the column, as the sections make them. */
const TIES: readonly { readonly tile: string; readonly tables: readonly string[]; readonly column: string }[] = [
  { tile: 'cost', tables: ['showback', 'pools', 'waste', 'prices', 'daily'], column: 'cost' },
  { tile: 'cost', tables: ['models'], column: 'loaded-cost' },
  { tile: 'tokens', tables: ['showback', 'showback-models'], column: 'tokens' },
];

function tieChecks(place: TablePlace, { rowOfTile, known }: Summarised): readonly Row[] {
  return TIES.flatMap(({ tile, tables, column }) => {
    const row = rowOfTile.get(tile);
    const index = place.table.columns.findIndex(({ key }) => key === column);
    if (row === undefined || !known.has(tile) || !tables.includes(place.table.id)) return [];
    if (columnSum(place, column) === null) return [];
    const title = `${place.table.title}: ${place.table.columns[index]?.title ?? column} is that of the summary`;
    const other = cellOfSheet(SUMMARY, 1, row);
    return [
      checkRow('XL-TIE', title, `ABS(${sumFormula(place, index)}-${other})<=MAX(${TOLERANCE},ABS(${other})*1E-9)`),
    ];
  });
}

function checkRow(id: string, title: string, formula: string): Row {
  return [
    textCell(id),
    textCell(title, 'wrapped'),
    { kind: 'formula', formula, value: true, style: 'plain' },
    textCell('a live formula of this workbook'),
  ];
}
