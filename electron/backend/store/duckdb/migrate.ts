import type { DuckDBConnection } from '@duckdb/node-api';
import { fail, succeed, type Result } from '#shared/lib/result.ts';
import type { StoreFailure } from '../store.ts';
import { inTransaction } from './connections.ts';
import { FACTS_0001 } from './migrations/0001-facts.ts';
import { MONEY_0002 } from './migrations/0002-money.ts';
import { numberOf } from './rows.ts';

/** Migrations in order: the first brings version 1. Append only. */
export const MIGRATIONS: readonly string[] = [FACTS_0001, MONEY_0002];

/**
 * Brings a file to this program's schema, all steps in one transaction, and checkpoints at once: replaying changes of
 * schema from the log is where DuckDB is weakest. A file from a newer program is left as it is.
 */
export async function migrate(connection: DuckDBConnection): Promise<Result<void, StoreFailure>> {
  await connection.run('CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL)');
  const version = await numberOf(connection, 'SELECT coalesce(max(version), 0)::DOUBLE FROM schema_version');
  if (version > MIGRATIONS.length) {
    const message = `The data file has schema ${version}; this program knows ${MIGRATIONS.length}. Use a newer Tokenwatt.`;
    return fail({ kind: 'newer-version', message });
  }
  if (version < MIGRATIONS.length) {
    await inTransaction(connection, async () => {
      for (const [index, text] of MIGRATIONS.entries()) {
        if (index < version) continue;
        await connection.run(text);
        await connection.run(`INSERT INTO schema_version VALUES (${index + 1})`);
      }
    });
    await connection.run('CHECKPOINT');
  }
  return succeed(undefined);
}
