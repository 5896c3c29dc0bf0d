import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { fail, succeed, type Result } from '#shared/lib/result.ts';
import { epochMs, type EpochMs } from '#shared/time/instant.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import type { ExportedDimensions, MinutesOf, Store, StoreFailure } from '../store.ts';
import { openConnections } from './connections.ts';
import { withIds, writeDimensions, type Dimensions } from './dimensions.ts';
import { createStore } from './duckdb-store.ts';
import { failureOf } from './failures.ts';
import { GROUPED_FAMILIES, groupsOf, groupTableOf } from './fact-groups.ts';
import { extentOfGroups, joinGroups } from './join-groups.ts';
import { migrate } from './migrate.ts';
import { lockDown } from './open.ts';
import { FAMILIES, rowsOf, tableOf, TIER_SECONDS, type Family } from './rows.ts';

/** Facts as `exportFacts` wrote them, at places that only this process can write to. */
export type ExportedFacts = {
  readonly dimensions: ExportedDimensions;
  readonly window: TimeRange;
  readonly grain: 'minute' | 'hour';
  readonly minutesOf: MinutesOf;
  /** Folder of the Parquet files, one per table, such as `gpu_hour.parquet`. */
  readonly folder: string;
};

/**
 * A store over exported facts: all questions work, and nothing can be added. Files are read where they lie, column by column;
 * besides them no file can be reached. Facts that refer to what is not there, or lie outside the window, are refused.
 */
export async function openExportedStore(facts: ExportedFacts): Promise<Result<Store, StoreFailure>> {
  const instance = await DuckDBInstance.create(':memory:', {
    threads: '2',
    memory_limit: '1024MB',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
  try {
    const connections = await openConnections(instance);
    const prepared = await connections.write((connection) => prepare(connection, facts));
    if (!prepared.ok) {
      await connections.close();
      instance.closeSync();
      return prepared;
    }
    await lockDown(instance, facts.folder);
    const database = { instance, close: async () => instance.closeSync() };
    const { dimensions, extent } = prepared.value;
    return succeed(createStore({ path: ':memory:', exportFolder: null }, database, connections, dimensions, extent));
  } catch (error) {
    instance.closeSync();
    return fail(failureOf(error));
  }
}

type Prepared = { readonly dimensions: Dimensions; readonly extent?: TimeRange | null };

async function prepare(connection: DuckDBConnection, facts: ExportedFacts): Promise<Result<Prepared, StoreFailure>> {
  const migrated = await migrate(connection);
  if (!migrated.ok) return migrated;
  const dimensions = withIds(facts.dimensions);
  await writeCodes(connection, dimensions);
  await writeDimensions(connection, withIds(NOTHING), dimensions);
  const isGrouped = facts.grain === 'minute' && facts.minutesOf === 'group';
  const tiers = facts.grain === 'minute' && !isGrouped ? (['minute', 'hour'] as const) : (['hour'] as const);
  for (const family of FAMILIES) {
    for (const tier of tiers) {
      const trouble = await attach(connection, tableOf(family, tier), family, facts);
      if (trouble !== null) return fail({ kind: 'failed', message: trouble });
    }
  }
  await setTiers(connection, facts);
  if (!isGrouped) return succeed({ dimensions });
  const trouble = await attachGroups(connection, facts);
  if (trouble !== null) return fail({ kind: 'failed', message: trouble });
  await setHourOnly(connection, facts);
  return succeed({ dimensions, extent: await extentOfGroups(connection) });
}

async function attachGroups(connection: DuckDBConnection, facts: ExportedFacts): Promise<string | null> {
  const groups = groupsOf(facts.dimensions);
  for (const grouped of GROUPED_FAMILIES) {
    const measures = grouped.family.measures.filter(({ column }) => grouped.profiled.includes(column));
    const table = groupTableOf(grouped.family);
    const columns = ['ts', 'seconds', ...grouped.family.keys, ...measures.map(({ column }) => column)];
    await connection.run(
      `CREATE TABLE ${table} AS SELECT ${columns.join(', ')} FROM ${tableOf(grouped.family, 'minute')}`,
    );
    const trouble =
      (await attach(connection, table, { ...grouped.family, measures }, facts)) ??
      (await joinGroups(connection, grouped, groups));
    if (trouble !== null) return trouble;
  }
  return null;
}

const NOTHING: ExportedDimensions = { seats: [], spans: [], placements: [], meters: [], states: [], measures: [] };

async function writeCodes(connection: DuckDBConnection, { stateIds, measureIds }: Dimensions): Promise<void> {
  for (const [table, codes] of [['gpu_state', stateIds] as const, ['latency_measure', measureIds] as const]) {
    for (const [name, id] of codes) await connection.run(`INSERT INTO ${table} VALUES ($1, $2)`, [id, name]);
  }
}

/** Puts the Parquet file in the place of the table; answers what is wrong with it. */
async function attach(
  connection: DuckDBConnection,
  table: string,
  family: Family,
  { folder, window }: ExportedFacts,
): Promise<string | null> {
  const source = `read_parquet('${quoted(`${folder}/${table}.parquet`)}')`;
  const there = new Set((await rowsOf(connection, `DESCRIBE SELECT * FROM ${source}`)).map(nameOf));
  const columns = await rowsOf(connection, `DESCRIBE ${table}`);
  // A column that an older program did not know was not measured; a key that is missing makes the statement fail.
  const optional = new Set(family.measures.map(({ column }) => column));
  const typed = columns.map((column) => {
    const name = nameOf(column);
    const isMissing = optional.has(name) && !there.has(name);
    return `${isMissing ? 'NULL' : `"${name}"`}::${String(column['column_type'])} AS "${name}"`;
  });
  await connection.run(`DROP TABLE ${table}`);
  await connection.run(`CREATE VIEW ${table} AS SELECT ${typed.join(', ')} FROM ${source}`);
  const found = [...family.keys.flatMap((key) => strangerSql(key, table)), outsideSql(table, window)];
  const [row] = await rowsOf(connection, `SELECT ${found.join(' AND ')} AS is_known`);
  return row?.['is_known'] === true ? null : `${table} holds facts that refer to nothing known, or to another time`;
}

function nameOf(column: Readonly<Record<string, unknown>>): string {
  return String(column['column_name']);
}

const REFERRED: Readonly<Record<string, string>> = {
  seat_id: 'seat',
  placement_id: 'placement',
  engine_span_id: 'engine_span',
  meter_id: 'meter',
  state_id: 'gpu_state',
  measure_id: 'latency_measure',
};

/** Numbers are told apart before they are looked up: there are millions of facts, and few things. */
function strangerSql(key: string, table: string): readonly string[] {
  const known = REFERRED[key];
  if (known === undefined) return [];
  return [
    `NOT EXISTS (FROM (SELECT DISTINCT ${key} AS id FROM ${table} WHERE ${key} IS NOT NULL) ANTI JOIN ${known} USING (id))`,
  ];
}

function outsideSql(table: string, { from, to }: TimeRange): string {
  const hourMs = TIER_SECONDS.hour * 1000;
  const first = Math.floor(from / hourMs) * hourMs;
  return `(SELECT coalesce(min(ts) >= make_timestamp(${first}000) AND max(ts) < make_timestamp(${Math.ceil(to)}000)
    AND min(seconds) > 0 AND max(seconds) <= 3600, true) FROM ${table})`;
}

/** All finer facts count as forgotten, so every question is answered from what there is. */
async function setTiers(connection: DuckDBConnection, { window, grain }: ExportedFacts): Promise<void> {
  const until: EpochMs = epochMs(Math.ceil(window.to / 3_600_000) * 3_600_000);
  const set = async (tier: string, rolled: number | null, kept: number | null) => {
    await connection.run(
      `UPDATE tier SET rolled_until_ms = ${rolled ?? 'NULL'}, kept_from_ms = ${kept ?? 'NULL'} WHERE name = '${tier}'`,
    );
  };
  await set('raw', null, until);
  await set('minute', until, grain === 'hour' ? until : null);
  await set('hour', until, null);
}

/** Families without minutes: their hours are divided in proportion. */
async function setHourOnly(connection: DuckDBConnection, { window }: ExportedFacts): Promise<void> {
  const until = Math.ceil(window.to / 3_600_000) * 3_600_000;
  const grouped = new Set(GROUPED_FAMILIES.map(({ family }) => family.name));
  for (const { name } of FAMILIES) {
    const row = grouped.has(name) ? `'minute ${name} spread', NULL, NULL` : `'minute ${name}', ${until}, ${until}`;
    await connection.run(`INSERT INTO tier VALUES (${row})`);
  }
}

function quoted(path: string): string {
  return path.replaceAll("'", "''");
}
