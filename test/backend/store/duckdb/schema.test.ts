import { DuckDBInstance } from '@duckdb/node-api';
import { expect, it } from 'vitest';
import { migrate } from '#backend/store/duckdb/migrate.ts';
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
  expect(await rowsOf(connection, 'SELECT version FROM schema_version')).toEqual([{ version: 1 }]);
});
