import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDuckdbStore } from '#backend/store/duckdb/duckdb-store.ts';
import { readCommand } from '#electron/hosts/cli/arguments.ts';
import { runCommand } from '#electron/hosts/cli/run-command.ts';
import { SMALL_BOOK, SMALL_FLEET, WINDOW } from '../../golden/small-fleet.ts';

const home = mkdtempSync(join(tmpdir(), 'tokenwatt-cli-export-'));
const elsewhere = mkdtempSync(join(tmpdir(), 'tokenwatt-cli-empty-'));
const ENDS = ['--from', new Date(WINDOW.from).toISOString(), '--to', new Date(WINDOW.to).toISOString()];
let joules = 0;

afterAll(() => {
  rmSync(home, { recursive: true });
  rmSync(elsewhere, { recursive: true });
});

beforeAll(async () => {
  const store = await openDuckdbStore({ path: join(home, 'facts.duckdb') });
  if (!store.ok) throw new Error(store.failure.message);
  await store.value.append(SMALL_FLEET);
  await store.value.saveCostBook(SMALL_BOOK);
  const [row] = await store.value.gpuFacts({ window: WINDOW, by: [], stepSeconds: null, columns: ['energyJoules'] });
  joules = row?.sums.energyJoules ?? 0;
  await store.value.close();
});

async function run(args: readonly string[]) {
  const told: string[] = [];
  const said: string[] = [];
  const code = await runCommand(args, {
    env: { ...process.env, TOKENWATT_HOME: home },
    out: (line: string) => void told.push(line),
    say: (line: string) => void said.push(line),
    stop: new AbortController().signal,
  } as never);
  return { code, out: told.join('\n'), said: said.join('\n') };
}

async function joulesIn(folder: string): Promise<number> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const sum = await connection.runAndReadAll(
    `SELECT sum(energy_joules) FROM read_parquet('${join(folder, 'gpu_hour.parquet')}')`,
  );
  connection.closeSync();
  instance.closeSync();
  return Number(sum.getRowsJS()[0]?.[0]);
}

describe('tokenwatt export facts', () => {
  it('writes the facts of a store as Parquet with what they refer to, and leaves no snapshot behind', async () => {
    const folder = join(elsewhere, 'own');
    const made = await run(['export', 'facts', ...ENDS, '--out', folder, '--json']);
    expect(made).toMatchObject({ code: 0, said: '' });
    expect(await joulesIn(folder)).toBeCloseTo(joules, 3);
    expect(joules).toBeGreaterThan(0);
    const { files } = JSON.parse(made.out) as { files: { name: string; rows: number | null }[] };
    expect(files.find(({ name }) => name === 'gpu_hour.parquet')?.rows).toBeGreaterThan(0);
    expect(readdirSync(folder).toSorted()).toEqual(files.map(({ name }) => name).toSorted());
    expect(readFileSync(join(folder, 'fleet.json'), 'utf8')).toContain('GPU-a0');
    expect(readdirSync(join(home, 'snapshots'))).toEqual([]);
  });

  it('refuses to replace files unless it is told to', async () => {
    const folder = join(elsewhere, 'own');
    const refused = await run(['export', 'facts', ...ENDS, '--out', folder]);
    expect(refused.code).toBe(4);
    expect(refused.said).toContain('--overwrite');
    expect((await run(['export', 'facts', ...ENDS, '--out', folder, '--overwrite'])).code).toBe(0);
  });

  it('takes them out of a snapshot that is given, which stays', async () => {
    const file = join(elsewhere, 'small.twsnap');
    expect((await run(['snapshot', 'save', ...ENDS, '--out', file])).code).toBe(0);
    const folder = join(elsewhere, 'given');
    expect((await run(['export', 'facts', '--snapshot', file, '--out', folder])).code).toBe(0);
    expect(await joulesIn(folder)).toBeCloseTo(joules, 3);
    expect(readdirSync(elsewhere)).toContain('small.twsnap');
  });

  it.each([
    [['export']],
    [['export', 'facts']],
    [['export', 'rows', '--out', 'x']],
    [['export', 'facts', '--out', 'x', '--grain', 'day']],
    [['export', 'facts', '--out', 'x', '--snapshot', 'a.twsnap', '--from', 'now-1d']],
  ])('%j is wrong use', (args) => {
    expect(readCommand(args).ok).toBe(false);
  });
});
