import type { ReportTile } from '#shared/model/report.ts';
import { changeText, figureText, type Manner } from '#shared/report-text/cell-text.ts';
import type { Drawable } from './pdf-fonts.ts';
import { LINE } from './pdf-look.ts';

const TILES_IN_A_ROW = 3;

/** Figures in boxes, three in a row: value, what it covers, changes with their sign. */
export function pdfTiles(
  tiles: readonly ReportTile[],
  { manner, text }: { readonly manner: Manner; readonly text: Drawable },
): object[] {
  if (tiles.length === 0) return [];
  const cells = tiles.map((tile) => pdfTile(tile, manner, text));
  const rows = Array.from({ length: Math.ceil(cells.length / TILES_IN_A_ROW) }, (_, row) =>
    Array.from({ length: TILES_IN_A_ROW }, (_, column) => cells[row * TILES_IN_A_ROW + column] ?? { text: '' }),
  );
  return [
    {
      margin: [0, 2, 0, 10],
      layout: {
        hLineWidth: () => 0.6,
        vLineWidth: () => 0.6,
        hLineColor: () => LINE,
        vLineColor: () => LINE,
        paddingLeft: () => 7,
        paddingRight: () => 7,
        paddingTop: () => 5,
        paddingBottom: () => 6,
      },
      table: { widths: ['*', '*', '*'], dontBreakRows: true, body: rows },
    },
  ];
}

function pdfTile(tile: ReportTile, manner: Manner, text: Drawable): object {
  return {
    stack: [
      { text: text.of(tile.title), style: 'tileTitle' },
      { text: text.of(figureText(tile.value, tile.kind, manner)), style: 'tileValue' },
      ...(tile.reason === null ? [] : [{ text: text.of(tile.reason), style: 'tileSmall' }]),
      { text: text.of(tile.basis), style: 'tileSmall' },
      ...tile.changes.map(({ label, value, kind }) => ({
        text: text.of(`${label}: ${changeText(value, kind, manner)}`),
        style: 'tileSmall',
      })),
    ],
  };
}
