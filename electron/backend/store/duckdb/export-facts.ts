import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { TimeRange } from '#shared/time/time-range.ts';
import type { ExportAsk, ExportedDimensions, FactsExport } from '../store.ts';
import type { Dimensions } from './dimensions.ts';
import { MIGRATIONS } from './migrate.ts';
import { FAMILIES, tableOf, TIER_SECONDS, type Family } from './rows.ts';
import { loadTiers, type TierStates } from './tiers.ts';

/** Rows of a Parquet row group: small enough to skip hours that are not asked for. */
const ROW_GROUP_ROWS = 61_440;

/**
 * Writes the facts of a window as Parquet files into a new folder inside `exportFolder`, which is the one place that the
 * database may still write to. The caller holds a read transaction, so that all tables are of one instant.
 */
export async function exportFacts(
  connection: DuckDBConnection,
  exportFolder: string,
  dimensions: Dimensions,
  ask: ExportAsk,
): Promise<FactsExport> {
  const folder = await mkdtemp(join(exportFolder, 'facts-'));
  const tiers = await loadTiers(connection);
  const grains = ask.grain === 'hour' ? (['hour'] as const) : (['minute', 'hour'] as const);
  const tables = [];
  for (const family of FAMILIES) {
    for (const grain of grains) {
      const name = tableOf(family, grain);
      const path = join(folder, `${name}.parquet`);
      const rows = await copyTo(connection, path, rowsSql(family, grain, ask.window, tiers));
      tables.push({ name, path, rows });
    }
  }
  return {
    schema: MIGRATIONS.length,
    dimensions: exported(dimensions, ask.window),
    tables,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Writes rows as Parquet, and answers how many they were. */
async function copyTo(connection: DuckDBConnection, path: string, rows: string): Promise<number> {
  const copied = await connection.runAndReadAll(
    `COPY (${rows}) TO '${path.replaceAll("'", "''")}'
     (FORMAT parquet, COMPRESSION zstd, PARQUET_VERSION v2, ROW_GROUP_SIZE ${ROW_GROUP_ROWS})`,
  );
  return Number(copied.getRowsJS()[0]?.[0]);
}

/** Rows of a tier where it is rolled up, and behind that the same sums of what is not: of minutes, or of raw facts. */
function rowsSql(family: Family, grain: 'minute' | 'hour', window: TimeRange, tiers: TierStates): string {
  const rolledUntil = Math.min(window.to, tiers[grain].rolledUntil ?? window.from);
  const columns = ['ts', 'seconds', ...family.keys, ...family.measures.map(({ column }) => column)];
  const known = `SELECT ${columns.join(', ')} FROM ${tableOf(family, grain)} WHERE ${between(window.from, rolledUntil)}`;
  const late = sumsSql(family, grain, { from: Math.max(window.from, rolledUntil), to: window.to });
  return `${known} UNION ALL ${late} ORDER BY ts, ${family.keys.join(', ')}`;
}

/** The last bucket ends with the window: a row that seemed longer would be divided when it is read. */
function sumsSql(family: Family, grain: 'minute' | 'hour', { from, to }: { from: number; to: number }): string {
  const bucket = `date_trunc('${grain}', ts)`;
  const seconds = `least(${TIER_SECONDS[grain]}::DOUBLE, (${to} - epoch_ms(${bucket})) / 1000.0)`;
  const measures = family.measures.map(({ column, aggregation }) => `${aggregation}(${column}) AS ${column}`);
  const keys = ['1', '2', ...family.keys].join(', ');
  return `SELECT * FROM (SELECT ${[`${bucket} AS ts`, `${seconds} AS seconds`, ...family.keys, ...measures].join(', ')}
    FROM ${tableOf(family, 'raw')} WHERE ${between(from, to)} GROUP BY ${keys})`;
}

function between(from: number, to: number): string {
  return `ts >= make_timestamp(${Math.round(from * 1000)}) AND ts < make_timestamp(${Math.round(to * 1000)})`;
}

/** What the facts of a window refer to. Spans that ended before it, or began after, are left out where no fact needs them. */
function exported(dimensions: Dimensions, window: TimeRange): ExportedDimensions {
  const isIn = ({ since, until }: { readonly since: number; readonly until: number | null }): boolean =>
    since < window.to && (until === null || until > window.from);
  const listed = <Value>(known: ReadonlyMap<string, { readonly id: number; readonly value: Value }>) => [
    ...known.values(),
  ];
  return {
    seats: listed(dimensions.seats).filter(({ value }) => isIn(value)),
    spans: listed(dimensions.spans),
    placements: listed(dimensions.placements),
    meters: listed(dimensions.meters).filter(({ value }) => isIn(value)),
    states: [...dimensions.stateIds].map(([name, id]) => ({ id, name })),
    measures: [...dimensions.measureIds].map(([name, id]) => ({ id, name })),
  };
}
