import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDuckdbStore } from '#backend/store/duckdb/duckdb-store.ts';
import { readCommand } from '#electron/hosts/cli/arguments.ts';
import { SMALL_BOOK, SMALL_FLEET, WINDOW } from '../../golden/small-fleet.ts';

const MAIN = fileURLToPath(new URL('../../../electron/hosts/cli/main.ts', import.meta.url));
const home = mkdtempSync(join(tmpdir(), 'tokenwatt-cli-report-'));
const elsewhere = mkdtempSync(join(tmpdir(), 'tokenwatt-cli-empty-'));
const MONTH = new Date(WINDOW.from).toISOString().slice(0, 7);

afterAll(() => {
  rmSync(home, { recursive: true });
  rmSync(elsewhere, { recursive: true });
});

beforeAll(async () => {
  const store = await openDuckdbStore({ path: join(home, 'facts.duckdb') });
  if (!store.ok) throw new Error(store.failure.message);
  await store.value.append(SMALL_FLEET);
  await store.value.saveCostBook(SMALL_BOOK);
  await store.value.close();
});

async function run(args: readonly string[], folder: string) {
  const child = spawn(process.execPath, [MAIN, ...args], { env: { ...process.env, TOKENWATT_HOME: folder } });
  child.stdin.end();
  const [out, said] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code: child.exitCode, out, said };
}

type Told = { month: string; state: string; files: { path: string; bytes: number; sha256: string }[] };

describe('tokenwatt report', () => {
  const out = join(elsewhere, 'reports');

  it('writes a month into a folder, tells the files, and warns of what was not observed by exit code 3', async () => {
    const made = await run(
      ['report', '--month', MONTH, '--format', 'pdf,xlsx,csv,json,html', '--out', out, '--json'],
      home,
    );
    expect(made).toMatchObject({ code: 3, said: expect.stringMatching(/^warning: only .* was observed/) });
    const told = JSON.parse(made.out) as Told;
    expect(told).toMatchObject({ month: MONTH, state: 'provisional' });
    expect(told.files.length).toBeGreaterThanOrEqual(2);
    for (const { path, bytes, sha256 } of told.files) {
      const file = readFileSync(path);
      expect(file.length).toBe(bytes);
      expect(createHash('sha256').update(file).digest('hex')).toBe(sha256);
    }
    expect(readdirSync(out).some((name) => name.startsWith('.'))).toBe(false);
  });

  it('refuses with exit code 4 to replace what is there, and replaces it when it may', async () => {
    const [name = ''] = readdirSync(out).filter((one) => one.endsWith('.xlsx'));
    writeFileSync(join(out, name), 'mine');
    const ask = ['report', '--month', MONTH, '--out', out];
    const refused = await run(ask, home);
    expect(refused).toMatchObject({ code: 4, out: '', said: expect.stringContaining('--overwrite') });
    expect(readFileSync(join(out, name), 'utf8')).toBe('mine');
    expect(await run([...ask, '--overwrite'], home)).toMatchObject({ code: 3 });
    expect(readFileSync(join(out, name)).subarray(0, 2).toString()).toBe('PK');
  });

  it('makes the same file of a snapshot, with no store at all, as of another run on it', async () => {
    const file = join(elsewhere, 'month.twsnap');
    const ends = ['--from', new Date(WINDOW.from).toISOString(), '--to', new Date(WINDOW.to).toISOString()];
    await run(['snapshot', 'save', ...ends, '--out', file], home);
    const ask = ['report', '--month', MONTH, '--snapshot', file, '--format', 'pdf,xlsx,html,json', '--json', '--out'];
    const [one, other] = [
      await run([...ask, join(elsewhere, 'one')], elsewhere),
      await run([...ask, join(elsewhere, 'other')], elsewhere),
    ];
    expect(one.code).toBe(3);
    const hashes = (made: { out: string }) => (JSON.parse(made.out) as Told).files.map(({ sha256 }) => sha256);
    expect(hashes(other)).toEqual(hashes(one));
  });

  it('says with exit code 1 where nothing can be asked or written', async () => {
    const empty = join(elsewhere, 'empty');
    mkdirSync(empty);
    expect(await run(['report', '--out', out], empty)).toMatchObject({
      code: 1,
      said: expect.stringContaining('nothing is running'),
    });
    const inFile = join(elsewhere, 'month.twsnap', 'inside');
    expect(await run(['report', '--month', MONTH, '--out', inFile], home)).toMatchObject({
      code: 1,
      said: expect.stringContaining('was not written'),
    });
  });

  it.each([
    [['report']],
    [['report', '--out', 'x', '--month', '2026-13']],
    [['report', '--out', 'x', '--format', 'docx']],
    [['report', '--out', 'x', '--scope', 'colour=red']],
    [['report', '--out', 'x', '--scope', 'model=']],
    [['report', '--out', 'x', '--paper', 'A0']],
  ])('says how %j would be right', (args) => {
    expect(readCommand(args)).toMatchObject({ ok: false });
  });

  it('reads its options', () => {
    const args = [
      'report',
      '--out',
      'x',
      '--format',
      'json, csv',
      '--scope',
      'model=a=b',
      '--scope',
      'pool=p',
      '--paper',
      'letter',
    ];
    expect(readCommand(args)).toMatchObject({
      value: { month: 'last', formats: ['json', 'csv'], scope: { model: 'a=b', pool: 'p' }, paper: 'Letter' },
    });
  });
});
