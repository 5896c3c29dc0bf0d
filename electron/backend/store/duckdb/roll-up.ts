import type { DuckDBConnection } from '@duckdb/node-api';
import { epochMs, plusSeconds, type EpochMs } from '#shared/time/instant.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import { type Connections, inTransaction } from './connections.ts';
import { FAMILIES, instantOf, rowsOf, tableOf, TIER_SECONDS, timestampOf, type Family, type Tier } from './rows.ts';
import { groupSql, sumsSql, type RolledTier } from './sums-sql.ts';
import { alignDown, loadTiers } from './tiers.ts';

/** Facts rolled up in one transaction, s: appends wait for at most one of these. */
const SLICE_SECONDS = 3600;

/**
 * Sums raw facts into minutes and minutes into hours, for whole buckets that have ended by `until`, and packs buckets
 * that late facts were added to. Works in slices of an hour, each a transaction of its own that moves the watermark
 * with the rows, so being killed half way loses and doubles nothing.
 */
export async function rollUp(connections: Connections, until: EpochMs): Promise<void> {
  await rollUpTier(connections, 'raw', 'minute', alignDown(until, TIER_SECONDS.minute));
  await rollUpTier(connections, 'minute', 'hour', alignDown(until, TIER_SECONDS.hour));
  await packLateBuckets(connections);
}

async function rollUpTier(connections: Connections, from: Tier, to: RolledTier, until: EpochMs): Promise<void> {
  for (let isDone = false; !isDone;) {
    isDone = await connections.write((connection) =>
      inTransaction(connection, () => rollUpSlice(connection, from, to, until)),
    );
  }
}

/** Rolls up the next hour that holds facts; answers whether `until` is reached. */
async function rollUpSlice(connection: DuckDBConnection, from: Tier, to: RolledTier, until: EpochMs): Promise<boolean> {
  const { rolledUntil } = (await loadTiers(connection))[to];
  if (rolledUntil !== null && rolledUntil >= until) return true;
  const next = await firstFactFrom(connection, from, rolledUntil);
  // Without any fact there is no first bucket, and the watermark stays unset: all that comes is then not late.
  if (next === null && rolledUntil === null) return true;
  const end = next === null ? until : Math.min(until, plusSeconds(alignDown(next, SLICE_SECONDS), SLICE_SECONDS));
  const slice = { from: rolledUntil ?? alignDown(next ?? until, TIER_SECONDS[to]), to: epochMs(end) };
  if (slice.to > slice.from) {
    for (const family of FAMILIES) {
      await connection.run(
        `INSERT INTO ${tableOf(family, to)} ${sumsSql(family, tableOf(family, from), to)} WHERE ts >= $1 AND ts < $2 ${groupSql(family)}`,
        [timestampOf(slice.from), timestampOf(slice.to)],
      );
    }
    await connection.run(`UPDATE tier SET rolled_until_ms = ${slice.to} WHERE name = '${to}'`);
  }
  return slice.to >= until || slice.to <= slice.from;
}

async function firstFactFrom(connection: DuckDBConnection, tier: Tier, from: EpochMs | null): Promise<EpochMs | null> {
  const firsts = FAMILIES.map(
    (family) =>
      `(SELECT min(ts) FROM ${tableOf(family, tier)} ${from === null ? '' : `WHERE ts >= make_timestamp(${from}000)`})`,
  );
  const [row] = await rowsOf(connection, `SELECT epoch_ms(least(${firsts.join(', ')}))::DOUBLE AS first`);
  return instantOf(row?.['first']);
}

/** Late buckets that are packed in one transaction, where they are not all of one hour. */
const PACKED_AT_ONCE = 500;

/**
 * Rows of a bucket that late facts were added to become one again, from the tier's own rows, an hour at a time or more where
 * few are late. Raw facts are not asked: of an old bucket they may be forgotten.
 */
async function packLateBuckets(connections: Connections): Promise<void> {
  for (let isDone = false; !isDone;) {
    isDone = await connections.write((connection) => inTransaction(connection, () => packLateHours(connection)));
  }
}

async function packLateHours(connection: DuckDBConnection): Promise<boolean> {
  const hours = await nextLateHours(connection);
  if (hours === null) return true;
  const isInside = `ts >= make_timestamp(${hours.from}000) AND ts < make_timestamp(${hours.to}000)`;
  const late = await rowsOf(connection, `SELECT DISTINCT family, tier FROM late_bucket WHERE ${isInside}`);
  for (const family of FAMILIES) {
    for (const tier of ['minute', 'hour'] as const) {
      const isLate = late.some((row) => row['family'] === family.name && row['tier'] === tier);
      if (isLate) await packTable(connection, family, tier, isInside);
    }
  }
  await connection.run(`DELETE FROM late_bucket WHERE ${isInside}`);
  return false;
}

/** The first whole hours that hold late buckets: one, and as many more as keep them few. */
async function nextLateHours(connection: DuckDBConnection): Promise<TimeRange | null> {
  const [row] = await rowsOf(
    connection,
    `SELECT epoch_ms(date_trunc('hour', min(ts)))::DOUBLE AS first, epoch_ms(date_trunc('hour', max(ts)))::DOUBLE AS last,
      epoch_ms(date_trunc('hour', min(ts) FILTER (WHERE place > ${PACKED_AT_ONCE})))::DOUBLE AS next
    FROM (SELECT ts, row_number() OVER (ORDER BY ts) AS place FROM late_bucket)`,
  );
  const [from, last, next] = [instantOf(row?.['first']), instantOf(row?.['last']), instantOf(row?.['next'])];
  if (from === null || last === null) return null;
  const least = plusSeconds(from, SLICE_SECONDS);
  return { from, to: epochMs(Math.max(least, next ?? plusSeconds(last, SLICE_SECONDS))) };
}

async function packTable(connection: DuckDBConnection, family: Family, tier: RolledTier, isInside: string) {
  const table = tableOf(family, tier);
  const isLate = `${isInside} AND ts IN (
    SELECT ts FROM late_bucket WHERE family = '${family.name}' AND tier = '${tier}' AND ${isInside})`;
  const sums = `${sumsSql(family, table, tier)} WHERE ${isLate} ${groupSql(family)}`;
  await connection.run(`CREATE OR REPLACE TEMP TABLE packed AS ${sums}`);
  await connection.run(`DELETE FROM ${table} WHERE ${isLate}`);
  await connection.run(`INSERT INTO ${table} SELECT * FROM packed`);
  await connection.run('DROP TABLE packed');
}
