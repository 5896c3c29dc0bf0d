import type { Report } from '#shared/model/report.ts';
import { cellOfSheet, type Sheet, type SheetCell } from './sheet.ts';
import { SUMMARY } from './summary-sheet.ts';
import { headLines, textCell } from './text-cell.ts';
import { typedCell } from './typed-cell.ts';

const HEADS = ['Measure', 'In this report', 'Definition', 'Formula', 'Inputs', 'Unit', 'Rounding', 'Caveats'];

/** Tiles with another id than the measure that explains them. */
const TILE_OF: Readonly<Record<string, string>> = { loaded: 'loaded-unit-cost' };

/** One line per measure: what it is, how it is computed and from what, with the value of the summary by reference. */
export function measuresSheet(report: Report, rowOfTile: ReadonlyMap<string, number>): Sheet {
  const { head, measures } = report;
  const tiles = new Map(report.sections.flatMap((section) => section.tiles.map((tile) => [tile.id, tile] as const)));
  const valueOf = (measure: string): SheetCell | null => {
    const id = TILE_OF[measure] ?? measure;
    const tile = tiles.get(id);
    const row = rowOfTile.get(id);
    if (tile === undefined || row === undefined || tile.value === null) return null;
    const style = typedCell(tile.value, tile.kind, head.zone)?.style ?? 'plain';
    return { kind: 'formula', formula: cellOfSheet(SUMMARY, 1, row), value: tile.value, style };
  };
  const rows = measures.map(({ id, name, definition, formula, inputs, unit, rounding, caveats }) => [
    textCell(name, 'wrapped'),
    valueOf(id),
    ...[definition, formula, inputs, unit, rounding, caveats].map((text) => textCell(text, 'wrapped')),
  ]);
  return {
    name: 'How computed',
    widths: [28, 16, 50, 50, 44, 12, 24, 44],
    rows: [...headLines('How computed', head), HEADS.map((text) => textCell(text, 'head')), ...rows],
    frozen: { rows: 4, columns: 1 },
    filter: rows.length === 0 ? null : `A4:H${4 + rows.length}`,
    repeated: 4,
    flags: null,
  };
}
