import { DuckDBInstance } from '@duckdb/node-api';
import { expect, it, vi } from 'vitest';
import { openConnections } from '#backend/store/duckdb/connections.ts';
import { numberOf } from '#backend/store/duckdb/rows.ts';

const COUNT = 'SELECT count(*)::DOUBLE FROM thing';

async function openWithTable() {
  const connections = await openConnections(await DuckDBInstance.create(':memory:'));
  await connections.write((connection) => connection.run('CREATE TABLE thing (id INTEGER)'));
  return connections;
}

it('a write is done while a read is under way, and the read goes on seeing what it saw', async () => {
  const connections = await openWithTable();
  const { promise: release, resolve } = Promise.withResolvers<void>();
  const started = Promise.withResolvers<void>();
  const read = connections.read(async (connection) => {
    const before = await numberOf(connection, COUNT);
    started.resolve();
    await release;
    return [before, await numberOf(connection, COUNT)];
  });
  await started.promise;
  await connections.write((connection) => connection.run('INSERT INTO thing VALUES (1)'));
  resolve();
  expect(await read).toEqual([0, 0]);
  expect(await connections.read((connection) => numberOf(connection, COUNT))).toBe(1);
  await connections.close();
});

it('reads beyond the third wait for one to end, and closing waits for all', async () => {
  const connections = await openWithTable();
  const { promise: release, resolve } = Promise.withResolvers<void>();
  const begun: number[] = [];
  const reads = [0, 1, 2, 3].map((index) =>
    connections.read(async (connection) => {
      begun.push(index);
      if (index < 3) await release;
      return numberOf(connection, COUNT);
    }),
  );
  await vi.waitFor(() => expect(begun).toHaveLength(3));
  await connections.write((connection) => connection.run('INSERT INTO thing VALUES (1)'));
  expect(new Set(begun)).toEqual(new Set([0, 1, 2]));
  const closed = connections.close();
  resolve();
  expect(await Promise.all(reads)).toHaveLength(4);
  await closed;
  expect(begun.at(-1)).toBe(3);
});

it('a write that fails leaves nothing behind and does not stop the next', async () => {
  const connections = await openWithTable();
  await expect(connections.write((connection) => connection.run('INSERT INTO nothing VALUES (1)'))).rejects.toThrow();
  await connections.write((connection) => connection.run('INSERT INTO thing VALUES (1)'));
  expect(await connections.read((connection) => numberOf(connection, COUNT))).toBe(1);
  await connections.close();
});
