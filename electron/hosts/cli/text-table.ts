import { plainText } from './plain-text.ts';

export type TableOptions = {
  /** Columns that hold numbers, by position: set to the right. */
  readonly numeric?: readonly number[];
};

const GAP = '  ';
/** A longer cell is cut: one long name must not push every other column off the screen. */
const CELL_LENGTH_MAX = 120;

/** Rows as aligned lines without trailing blanks. Cells are made plain, whatever their text came from. */
export function tableText(rows: readonly (readonly string[])[], { numeric = [] }: TableOptions = {}): string {
  const cells = rows.map((row) =>
    row.map((cell, column) => (column === 0 ? leading(cell) : '') + cut(plainText(cell).trim())),
  );
  const widths: number[] = [];
  for (const row of cells) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, lengthOf(cell));
  }
  const lineOf = (row: readonly string[]) =>
    row
      .map((cell, column) => padded(cell, widths[column] ?? 0, numeric.includes(column)))
      .join(GAP)
      .trimEnd();
  return cells.map(lineOf).join('\n');
}

/** The indent of a first cell, which is ours and meant. */
function leading(cell: string): string {
  return /^ */.exec(cell)?.[0] ?? '';
}

function cut(cell: string): string {
  const characters = Array.from(cell);
  return characters.length <= CELL_LENGTH_MAX ? cell : `${characters.slice(0, CELL_LENGTH_MAX - 1).join('')}…`;
}

function padded(cell: string, width: number, toTheRight: boolean): string {
  const blanks = ' '.repeat(width - lengthOf(cell));
  return toTheRight ? blanks + cell : cell + blanks;
}

function lengthOf(cell: string): number {
  return Array.from(cell).length;
}
