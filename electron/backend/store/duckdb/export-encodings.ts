import type { DuckDBConnection } from '@duckdb/node-api';
import { COUNT_COLUMNS } from '#shared/model/fact.ts';
import { rowsOf, type MeasureColumn } from './rows.ts';

/**
 * How the columns of a large fleet's facts are written, in a third of the bytes of doubles: seconds to the microsecond,
 * energy to the millijoule and counts as whole numbers, which is what they are; what only describes (utilisation, clocks,
 * temperatures) to five digits. Measured on a month of 1,024 GPUs in test/bench.
 */
const DESCRIBING_BITS = 15;

/** An expression for each column, to be selected from rows that have the columns. */
export async function encodingsOf(
  connection: DuckDBConnection,
  measures: readonly MeasureColumn[],
  rows: string,
): Promise<ReadonlyMap<string, string>> {
  const counts = measures.filter(({ field }) => COUNT_COLUMNS.has(field));
  const whole = await wholeColumns(connection, counts, rows);
  return new Map(measures.map((measure) => [measure.column, encoded(measure, whole)]));
}

async function wholeColumns(
  connection: DuckDBConnection,
  counts: readonly MeasureColumn[],
  rows: string,
): Promise<ReadonlySet<string>> {
  if (counts.length === 0) return new Set();
  const tests = counts.map(
    ({ column }) => `coalesce(bool_and(${column} = round(${column}) AND abs(${column}) < 9e15), true) AS ${column}`,
  );
  const [row] = await rowsOf(connection, `SELECT ${tests.join(', ')} FROM (${rows})`);
  return new Set(counts.map(({ column }) => column).filter((column) => row?.[column] === true));
}

const EXACT_SECONDS = new Set(['observed_seconds', 'bridged_seconds', 'energy_seconds', 'part_seconds', 'gpu_seconds']);

function encoded({ field, column }: MeasureColumn, whole: ReadonlySet<string>): string {
  if (COUNT_COLUMNS.has(field)) return whole.has(column) ? `round(${column})::BIGINT` : column;
  if (EXACT_SECONDS.has(column)) return `round(${column}, 6)::DECIMAL(18, 6)`;
  if (column.startsWith('energy_')) return `round(${column}, 3)::DECIMAL(18, 3)`;
  const unit = `pow(2, floor(log2(abs(${column}))) - ${DESCRIBING_BITS})`;
  return `(CASE WHEN ${column} = 0 THEN 0 ELSE round(${column} / ${unit}) * ${unit} END)::FLOAT`;
}
