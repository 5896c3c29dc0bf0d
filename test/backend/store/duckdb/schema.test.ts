import { DuckDBInstance } from '@duckdb/node-api';
import { expect, it } from 'vitest';
import { migrate, MIGRATIONS } from '#backend/store/duckdb/migrate.ts';
import { FACTS_0001 } from '#backend/store/duckdb/migrations/0001-facts.ts';
import { FAMILIES, rowsOf, tableOf, TIERS } from '#backend/store/duckdb/rows.ts';

it('every fact table has the columns of its facts, in the order they are appended', async () => {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  expect((await migrate(connection)).ok).toBe(true);
  for (const family of FAMILIES) {
    const expected = ['ts', 'seconds', ...family.keys, ...family.measures.map(({ column }) => column)];
    for (const tier of TIERS) {
      const columns = await rowsOf(connection, `DESCRIBE ${tableOf(family, tier)}`);
      expect(columns.map((column) => column['column_name'])).toEqual(expected);
    }
  }
});

it('migrating twice changes nothing', async () => {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  await migrate(connection);
  expect(await migrate(connection)).toEqual({ ok: true, value: undefined });
  const versions = MIGRATIONS.map((_, index) => ({ version: index + 1 }));
  expect(await rowsOf(connection, 'SELECT version FROM schema_version')).toEqual(versions);
});

it('a file of the first schema keeps its facts, and does not know what it did not store', async () => {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  await connection.run('CREATE TABLE schema_version (version INTEGER NOT NULL)');
  await connection.run(FACTS_0001);
  await connection.run('INSERT INTO schema_version VALUES (1)');
  await connection.run(
    "INSERT INTO gpu_raw (ts, seconds, seat_id, state_id, energy_joules) VALUES ('2026-01-01', 10, 1, 1, 700)",
  );
  expect((await migrate(connection)).ok).toBe(true);
  expect(await rowsOf(connection, 'SELECT energy_joules, nvlink_bytes FROM gpu_raw')).toEqual([
    { energy_joules: 700, nvlink_bytes: null },
  ]);
});
