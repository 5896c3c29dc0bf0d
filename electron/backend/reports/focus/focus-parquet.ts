import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance, DuckDBTimestampTZValue, type DuckDBAppender } from '@duckdb/node-api';
import { columnsOf, type FocusCell, type FocusRow, type FocusType, type FocusVersion } from './focus-columns.ts';

const TYPES: Readonly<Record<FocusType, string>> = {
  DateTime: 'TIMESTAMPTZ',
  Decimal: 'DOUBLE',
  Json: 'VARCHAR',
  String: 'VARCHAR',
};

/** Rows as a Parquet file: doubles, UTC timestamps and texts, columns as in the CSV. One thread, so that bytes repeat. */
export async function focusParquet(
  rows: readonly FocusRow[],
  version: FocusVersion,
  schemaId: string,
): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), 'tokenwatt-focus-'));
  const instance = await DuckDBInstance.create(':memory:', { threads: '1', preserve_insertion_order: 'true' });
  const connection = await instance.connect();
  try {
    const columns = columnsOf(version);
    await connection.run(
      `CREATE TABLE focus (${columns.map(({ name, type }) => `${name} ${TYPES[type]}`).join(', ')})`,
    );
    const appender = await connection.createAppender('focus');
    for (const row of rows) {
      for (const { name, type } of columns) append(appender, row[name], type);
      appender.endRow();
    }
    appender.closeSync();
    const path = join(folder, 'focus.parquet');
    const target = path.replaceAll("'", "''");
    await connection.run(`COPY focus TO '${target}' (FORMAT parquet, COMPRESSION zstd,
      KV_METADATA {SchemaId: '${schemaId}', FocusVersion: '${version}'})`);
    return await readFile(path);
  } finally {
    connection.closeSync();
    instance.closeSync();
    await rm(folder, { recursive: true, force: true });
  }
}

const MICROSECONDS_PER_MILLISECOND = 1000n;

function append(appender: DuckDBAppender, cell: FocusCell, type: FocusType): void {
  if (cell === null) appender.appendNull();
  else if (type === 'Decimal') appender.appendDouble(Number(cell));
  else if (type === 'DateTime')
    appender.appendTimestampTZ(new DuckDBTimestampTZValue(BigInt(cell) * MICROSECONDS_PER_MILLISECOND));
  else appender.appendVarchar(String(cell));
}

/** Cells of a Parquet file as they are read back: instants in UTC milliseconds. */
export async function readParquet(path: string): Promise<{ readonly names: string[]; readonly rows: FocusCell[][] }> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  try {
    const read = await connection.runAndReadAll(`SELECT * FROM read_parquet('${path.replaceAll("'", "''")}')`);
    const cells = read.getRows().map((row) => row.map(cellOf));
    return { names: read.columnNames(), rows: cells };
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

function cellOf(value: unknown): FocusCell {
  if (value instanceof DuckDBTimestampTZValue) return Number(value.micros / MICROSECONDS_PER_MILLISECOND);
  return typeof value === 'number' || typeof value === 'string' ? value : null;
}
