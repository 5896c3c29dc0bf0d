import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, expect, it } from 'vitest';
import { openDuckdbStore } from '#backend/store/duckdb/duckdb-store.ts';
import type { Store } from '#backend/store/store.ts';
import { at, createRandom, SEATS, SPANS } from '../backend/store/store-facts.ts';
import { BATCH_SECONDS, batchOf, COPIES } from './batches.ts';

const ROUNDS = 20;

const folder = await mkdtemp(join(tmpdir(), 'tokenwatt-crash-'));
afterAll(() => rm(folder, { recursive: true }));

type Writer = { readonly child: ChildProcess; readonly lines: AsyncIterator<string> };

function startWriter(path: string, first: number): Writer {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'writer.ts'), path, String(first)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return { child, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator]() };
}

/** Lets a writer acknowledge so many batches, kills it a moment later, and answers the last number it told of. */
async function writeAndKill(path: string, first: number, batches: number, delayMs: number): Promise<number> {
  const { child, lines } = startWriter(path, first);
  expect((await lines.next()).value).toBe('open');
  const closed = once(child, 'close');
  let last = first - 1;
  for (let told = 0; told < batches; told += 1) last = Number((await lines.next()).value);
  setTimeout(() => child.kill('SIGKILL'), delayMs);
  for (let line = await lines.next(); !line.done; line = await lines.next()) last = Number(line.value);
  await closed;
  return last;
}

async function openStore(path: string): Promise<Store> {
  const opened = await openDuckdbStore({ path });
  if (!opened.ok) throw new Error(JSON.stringify(opened.failure));
  return opened.value;
}

/** Checks that the file holds batches 0 to n - 1 and each of them whole, and answers n. */
async function expectWholeBatches(store: Store): Promise<number> {
  const extent = (await store.extent())!;
  const count = Math.round((extent.to - extent.from) / 1000 / BATCH_SECONDS);
  expect(extent).toEqual({ from: at(0), to: at(count * BATCH_SECONDS) });
  const query = { window: extent, by: [], stepSeconds: BATCH_SECONDS };
  const [gpu, engine, bins] = [
    await store.gpuFacts(query),
    await store.engineFacts(query),
    await store.latencies(query),
  ];
  const perSeat = (number: number) => COPIES * number + (COPIES * (COPIES - 1)) / 2;
  const numbers = Array.from({ length: count }, (_, number) => number);
  expect(gpu.map(({ sums }) => sums.energyJoules)).toEqual(numbers.map((number) => SEATS.length * perSeat(number)));
  expect(engine.map(({ sums }) => sums.outputTokens)).toEqual(numbers.map((number) => SPANS.length * COPIES * number));
  expect(bins.map((bin) => bin.count)).toEqual(numbers.map((number) => COPIES * (number + 1)));
  // Whole minutes and hours come from the tiers that were rolled up before the kill.
  const [total] = await store.gpuFacts({ ...query, stepSeconds: null });
  expect(total?.sums.energyJoules).toBe(SEATS.length * numbers.reduce((sum, number) => sum + perSeat(number), 0));
  return count;
}

it(`loses no acknowledged batch and keeps no half one over ${ROUNDS} kills`, { timeout: 300_000 }, async () => {
  const random = createRandom(7);
  const path = join(folder, 'crash.duckdb');
  let stored = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const told = await writeAndKill(path, stored, 1 + random.below(60), random.below(40));
    const store = await openStore(path);
    stored = await expectWholeBatches(store);
    expect(stored).toBeGreaterThan(told);
    if (round % 5 === 4) await store.rollUp(at(stored * BATCH_SECONDS));
    await store.close();
  }
});

it('refuses a file that another process has open, and names that process', async () => {
  const path = join(folder, 'locked.duckdb');
  const { child, lines } = startWriter(path, 0);
  expect((await lines.next()).value).toBe('open');
  const opened = await openDuckdbStore({ path });
  expect(opened).toMatchObject({ ok: false, failure: { kind: 'locked', ownerProcess: child.pid } });
  child.kill('SIGKILL');
  await once(child, 'close');
  await (await openStore(path)).close();
});

it('refuses a second store on one file in one process, and lets go when the first is closed', async () => {
  const path = join(folder, 'twice.duckdb');
  const first = await openStore(path);
  expect(await openDuckdbStore({ path })).toMatchObject({
    ok: false,
    failure: { kind: 'locked', ownerProcess: process.pid },
  });
  await first.close();
  await (await openStore(path)).close();
});

it('takes over a lock whose process is dead or is another one with the same number', async () => {
  const path = join(folder, 'stale.duckdb');
  const { child, lines } = startWriter(path, 0);
  await lines.next();
  child.kill('SIGKILL');
  await once(child, 'close');
  const owners = [
    { process: child.pid, startedAt: null },
    { process: process.pid, startedAt: null },
    { process: process.ppid, startedAt: 'an earlier one' },
  ];
  for (const owner of owners) {
    await writeFile(`${path}.lock`, JSON.stringify(owner));
    await (await openStore(path)).close();
  }
  await writeFile(`${path}.lock`, '');
  await (await openStore(path)).close();
});

it('keeps a log that cannot be replayed aside and goes on without it', async () => {
  const path = join(folder, 'damaged.duckdb');
  const store = await openStore(path);
  await store.append(batchOf(0));
  await store.close();
  await writeAndKill(path, 1, 20, 0);
  const log = await readFile(`${path}.wal`);
  log[log.length >> 1]! ^= 0xff;
  await writeFile(`${path}.wal`, log);

  const opened = await openDuckdbStore({ path });
  expect(opened).toMatchObject({ ok: false, failure: { kind: 'damaged' } });
  const aside = (await readdir(folder)).filter((name) => name.startsWith('damaged.duckdb.wal.damaged-20'));
  expect(!opened.ok && opened.failure.kind === 'damaged' && opened.failure.setAside).toBe(join(folder, aside[0]!));
  expect((await readFile(join(folder, aside[0]!))).equals(log)).toBe(true);
  const reopened = await openStore(path);
  expect(await expectWholeBatches(reopened)).toBe(1);
  await reopened.close();
});

it('reports a file that is no database as damaged, and leaves it as it is', async () => {
  const path = join(folder, 'text.duckdb');
  await writeFile(path, 'some notes\n'.repeat(2000));
  expect(await openDuckdbStore({ path })).toMatchObject({ ok: false, failure: { kind: 'damaged', setAside: null } });
  expect(await readFile(path, 'utf8')).toBe('some notes\n'.repeat(2000));
});

it('refuses a file with a newer schema, and leaves its version', async () => {
  const path = join(folder, 'newer.duckdb');
  await (await openStore(path)).close();
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  await connection.run('INSERT INTO schema_version VALUES (999)');
  connection.closeSync();
  instance.closeSync();
  for (let attempt = 0; attempt < 2; attempt += 1) {
    expect(await openDuckdbStore({ path })).toMatchObject({ ok: false, failure: { kind: 'newer-version' } });
  }
});
