import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { TimeRange } from '#shared/time/time-range.ts';
import type { ExportAsk, ExportedDimensions, FactsExport } from '../store.ts';
import type { Dimensions } from './dimensions.ts';
import { encodingsOf } from './export-encodings.ts';
import {
  GROUPED_FAMILIES,
  groupsOf,
  groupsOfKey,
  groupTableOf,
  mapSql,
  type FactGroups,
  type GroupedFamily,
} from './fact-groups.ts';
import { MIGRATIONS } from './migrate.ts';
import { FAMILIES, GPU_FAMILY, numberOf, tableOf, TIER_SECONDS, type Family } from './rows.ts';
import { loadTiers, type TierStates } from './tiers.ts';

/** Rows of a Parquet row group: small enough to skip hours that are not asked for. */
const ROW_GROUP_ROWS = 61_440;

type Export = {
  readonly connection: DuckDBConnection;
  readonly folder: string;
  readonly window: TimeRange;
  readonly tiers: TierStates;
};

type Grain = 'minute' | 'hour';
type Table = FactsExport['tables'][number];

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
  const made: Export = { connection, folder, window: ask.window, tiers: await loadTiers(connection) };
  const kept = exported(dimensions, ask.window);
  const minutesOf = ask.grain === 'minute' && (await hasMoreMinutes(made, ask.minuteRowsMax)) ? 'group' : 'each';
  const tables = minutesOf === 'group' ? await groupTables(made, groupsOf(kept)) : await wholeTables(made, ask.grain);
  return {
    schema: MIGRATIONS.length,
    dimensions: kept,
    minutesOf,
    tables,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

async function hasMoreMinutes(made: Export, most: number): Promise<boolean> {
  const rows = rowsSql(GPU_FAMILY, 'minute', made);
  return (await numberOf(made.connection, `SELECT count(*)::DOUBLE FROM (${rows})`)) > most;
}

async function wholeTables(made: Export, grain: Grain): Promise<readonly Table[]> {
  const grains = grain === 'hour' ? (['hour'] as const) : (['minute', 'hour'] as const);
  const tables: Table[] = [];
  for (const family of FAMILIES) {
    for (const one of grains) {
      tables.push(await copyTo(made, tableOf(family, one), `${rowsSql(family, one, made)} ${orderSql(family)}`));
    }
  }
  return tables;
}

/** Hours of each thing, and minutes of what is alike, in narrower columns. */
async function groupTables(made: Export, groups: FactGroups): Promise<readonly Table[]> {
  const tables: Table[] = [];
  for (const family of FAMILIES) {
    const rows = rowsSql(family, 'hour', made);
    const encodings = await encodingsOf(made.connection, family.measures, rows);
    const select = encodedSql(family, encodings, rows);
    tables.push(await copyTo(made, tableOf(family, 'hour'), `${select} ${orderSql(family)}`));
  }
  for (const grouped of GROUPED_FAMILIES) {
    const rows = groupRowsSql(grouped, groups, made);
    const measures = grouped.family.measures.filter(({ column }) => grouped.profiled.includes(column));
    const select = encodedSql(grouped.family, await encodingsOf(made.connection, measures, rows), rows);
    tables.push(
      await copyTo(made, groupTableOf(grouped.family), `${select} ORDER BY ${grouped.family.keys.join(', ')}, ts`),
    );
  }
  return tables;
}

function groupRowsSql({ family, profiled }: GroupedFamily, groups: FactGroups, made: Export): string {
  const maps = family.keys.flatMap((key) => {
    const map = groupsOfKey(key, groups);
    return map === null ? [] : [{ key, sql: `LEFT JOIN ${mapSql(map)} of_${key} ON of_${key}.id = fact.${key}` }];
  });
  const keyOf = (key: string): string =>
    maps.some((map) => map.key === key) ? `of_${key}.alike AS ${key}` : `fact.${key}`;
  const sums = profiled.map((column) => `sum(${column}) AS ${column}`);
  return `SELECT ${['ts', 'max(seconds) AS seconds', ...family.keys.map(keyOf), ...sums].join(', ')}
    FROM (${rowsSql(family, 'minute', made)}) fact ${maps.map(({ sql }) => sql).join(' ')}
    GROUP BY ${['ts', ...family.keys.map((key) => keyOf(key).split(' AS ')[0])].join(', ')}`;
}

function encodedSql({ keys }: Family, encodings: ReadonlyMap<string, string>, rows: string): string {
  const columns = [...encodings].map(([column, sql]) => `${sql} AS ${column}`);
  return `SELECT ${['ts', 'seconds', ...keys, ...columns].join(', ')} FROM (${rows})`;
}

/** Writes rows as Parquet, and tells how many they were. */
async function copyTo({ connection, folder }: Export, name: string, rows: string): Promise<Table> {
  const path = join(folder, `${name}.parquet`);
  const copied = await connection.runAndReadAll(
    `COPY (${rows}) TO '${path.replaceAll("'", "''")}'
     (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 9, PARQUET_VERSION v2, ROW_GROUP_SIZE ${ROW_GROUP_ROWS})`,
  );
  return { name, path, rows: Number(copied.getRowsJS()[0]?.[0]) };
}

function orderSql({ keys }: Family): string {
  return `ORDER BY ts, ${keys.join(', ')}`;
}

/** Rows of a tier where it is rolled up, and behind that the same sums of what is not: of minutes, or of raw facts. */
function rowsSql(family: Family, grain: Grain, { window, tiers }: Export): string {
  const rolledUntil = Math.min(window.to, tiers[grain].rolledUntil ?? window.from);
  const columns = ['ts', 'seconds', ...family.keys, ...family.measures.map(({ column }) => column)];
  const known = `SELECT ${columns.join(', ')} FROM ${tableOf(family, grain)} WHERE ${between(window.from, rolledUntil)}`;
  const late = sumsSql(family, grain, { from: Math.max(window.from, rolledUntil), to: window.to });
  return `${known} UNION ALL ${late}`;
}

/** The last bucket ends with the window: a row that seemed longer would be divided when it is read. */
function sumsSql(family: Family, grain: Grain, { from, to }: { from: number; to: number }): string {
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
