/** A pivot smaller than this share of its column's largest says that the columns tell the same. */
const SINGULAR = 1e-10;

/**
 * Solution x of A x = b by Gaussian elimination with partial pivoting, for a handful of unknowns; null where the equations
 * do not determine it.
 */
export function solved(matrix: readonly (readonly number[])[], right: readonly number[]): readonly number[] | null {
  const rows = matrix.map((row, index) => [...row, right[index] ?? 0]);
  const count = rows.length;
  const largest = Math.max(...rows.flat().map(Math.abs));
  for (let column = 0; column < count; column++) {
    const pivotAt = pivotRow(rows, column);
    const pivot = rows[pivotAt];
    const current = rows[column];
    if (pivot === undefined || current === undefined) return null;
    if (Math.abs(pivot[column] ?? 0) <= SINGULAR * largest) return null;
    [rows[column], rows[pivotAt]] = [pivot, current];
    eliminate(rows, column);
  }
  return rows.map((row, index) => (row[count] ?? 0) / (row[index] ?? 1));
}

function pivotRow(rows: readonly (readonly number[])[], column: number): number {
  let best = column;
  for (let row = column; row < rows.length; row++) {
    if (Math.abs(rows[row]?.[column] ?? 0) > Math.abs(rows[best]?.[column] ?? 0)) best = row;
  }
  return best;
}

/** Takes a column out of all rows but its own. */
function eliminate(rows: number[][], column: number): void {
  const pivot = rows[column] ?? [];
  for (const [index, row] of rows.entries()) {
    if (index === column) continue;
    const factor = (row[column] ?? 0) / (pivot[column] ?? 1);
    for (let place = column; place < row.length; place++) {
      row[place] = (row[place] ?? 0) - factor * (pivot[place] ?? 0);
    }
  }
}
