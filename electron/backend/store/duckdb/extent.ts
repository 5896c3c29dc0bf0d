import type { DuckDBConnection } from '@duckdb/node-api';
import { epochMs } from '#shared/time/instant.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import type { FactBatch } from '../store.ts';
import { lengthMicrosOf, startMicrosOf } from '../whole-facts.ts';
import { instantOf, rowsOf, tableOf, TIER_SECONDS, WATCHED_FAMILIES, type Tier } from './rows.ts';
import { loadTiers } from './tiers.ts';

/**
 * Start of the first and end of the last fact, read from the finest tier that still holds each: coarser tiers, whose
 * rows are as long as their buckets, count only for the time that finer ones have forgotten.
 */
export async function readExtent(connection: DuckDBConnection): Promise<TimeRange | null> {
  const { raw, minute } = await loadTiers(connection);
  const parts = [...extentsSql('raw', null)];
  if (raw.keptFrom !== null) parts.push(...extentsSql('minute', raw.keptFrom));
  if (minute.keptFrom !== null) parts.push(...extentsSql('hour', minute.keptFrom));
  const [row] = await rowsOf(
    connection,
    `SELECT (min(first_us) / 1000)::DOUBLE AS first, (max(end_us) / 1000)::DOUBLE AS last FROM (${parts.join(' UNION ALL ')})`,
  );
  const first = instantOf(row?.['first']);
  const last = instantOf(row?.['last']);
  return first === null || last === null ? null : { from: epochMs(first), to: epochMs(last) };
}

function extentsSql(tier: Tier, before: number | null): readonly string[] {
  const isOlder = before === null ? '' : `WHERE ts < make_timestamp(${before}000)`;
  // Rows of a rolled tier are as long as their buckets, so that the newest one ends last.
  const end =
    tier === 'raw' ? 'max(epoch_us(ts) + round(seconds * 1e6))' : `epoch_us(max(ts)) + ${TIER_SECONDS[tier]}e6`;
  return WATCHED_FAMILIES.map(
    (family) => `SELECT epoch_us(min(ts)) AS first_us, ${end} AS end_us FROM ${tableOf(family, tier)} ${isOlder}`,
  );
}

/**
 * The extent after an append. Kept up this way because asking the tables reads every raw fact: 80 ms at 128 GPUs and
 * seven days, and every answer of the contract asks.
 */
export function extentWith(extent: TimeRange | null, batch: FactBatch): TimeRange | null {
  let from: number = extent?.from ?? Infinity;
  let to: number = extent?.to ?? -Infinity;
  for (const facts of [batch.gpuFacts, batch.engineFacts, batch.latencyFacts]) {
    for (const fact of facts) {
      const startMicros = startMicrosOf(fact);
      from = Math.min(from, startMicros / 1000);
      to = Math.max(to, (startMicros + lengthMicrosOf(fact)) / 1000);
    }
  }
  return from === Infinity ? null : { from: epochMs(from), to: epochMs(to) };
}
