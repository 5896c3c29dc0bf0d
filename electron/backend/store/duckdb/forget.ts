import type { DuckDBConnection } from '@duckdb/node-api';
import { epochMs, type EpochMs } from '#shared/time/instant.ts';
import type { Retention } from '../store.ts';
import { inTransaction } from './connections.ts';
import { FAMILIES, tableOf, timestampOf, TIERS, type Tier } from './rows.ts';
import { alignDown, loadTiers, type TierStates } from './tiers.ts';

const DAY_MS = 86_400_000;

/**
 * Removes whole hours older than each tier's retention, but no fact that is not rolled up yet. The space is used again;
 * the file keeps its size. Events go with the oldest hours; of checkpoints only the newest of each thing is kept.
 */
export async function forget(connection: DuckDBConnection, now: EpochMs, retention: Retention): Promise<void> {
  await inTransaction(connection, async () => {
    const states = await loadTiers(connection);
    for (const tier of TIERS) await forgetTier(connection, tier, cutOf(tier, now, retention, states));
    const eventsFrom = now - Math.max(retention.rawDays, retention.minuteDays, retention.hourDays) * DAY_MS;
    await connection.run('DELETE FROM event WHERE ts < $1', [timestampOf(alignDown(epochMs(eventsFrom), 3600))]);
    await connection.run(
      `DELETE FROM checkpoint WHERE rowid NOT IN (
        SELECT rowid FROM checkpoint QUALIFY row_number() OVER (PARTITION BY thing ORDER BY ts DESC, rowid DESC) = 1)`,
    );
  });
  // A question under way can hold this off; the next one does it.
  await connection.run('CHECKPOINT').catch(() => {});
}

/** The instant before which a tier forgets, or null for nothing. */
function cutOf(tier: Tier, now: EpochMs, retention: Retention, states: TierStates): EpochMs | null {
  const days = { raw: retention.rawDays, minute: retention.minuteDays, hour: retention.hourDays };
  const wanted = alignDown(epochMs(now - days[tier] * DAY_MS), 3600);
  if (tier === 'hour') return wanted;
  const { rolledUntil } = states[tier === 'raw' ? 'minute' : 'hour'];
  return rolledUntil === null ? null : epochMs(Math.min(wanted, alignDown(rolledUntil, 3600)));
}

async function forgetTier(connection: DuckDBConnection, tier: Tier, before: EpochMs | null): Promise<void> {
  if (before === null) return;
  for (const family of FAMILIES) {
    await connection.run(`DELETE FROM ${tableOf(family, tier)} WHERE ts < $1`, [timestampOf(before)]);
  }
  await connection.run(
    `UPDATE tier SET kept_from_ms = greatest(coalesce(kept_from_ms, ${before}), ${before}) WHERE name = '${tier}'`,
  );
}
