import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDuckdbStore } from '#backend/store/duckdb/duckdb-store.ts';
import { readCommand } from '#electron/hosts/cli/arguments.ts';
import { SMALL_BOOK, SMALL_FLEET, WINDOW } from '../../golden/small-fleet.ts';

const MAIN = fileURLToPath(new URL('../../../electron/hosts/cli/main.ts', import.meta.url));
const home = mkdtempSync(join(tmpdir(), 'tokenwatt-cli-snapshot-'));
const elsewhere = mkdtempSync(join(tmpdir(), 'tokenwatt-cli-empty-'));
const file = join(elsewhere, 'small.twsnap');
const ENDS = ['--from', new Date(WINDOW.from).toISOString(), '--to', new Date(WINDOW.to).toISOString()];

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

describe('tokenwatt snapshot', () => {
  it('saves a window, and tells the same cost from the file as from the store', async () => {
    const saved = await run(['snapshot', 'save', ...ENDS, '--grain', 'minute', '--out', file, '--json'], home);
    expect(saved).toMatchObject({ code: 0, said: '' });
    expect(JSON.parse(saved.out)).toMatchObject({
      path: file,
      refusal: null,
      about: { grain: 'minute', isSample: false },
    });
    const ask = ['cost', ...ENDS, '--by', 'node', '--json'];
    const own = await run(ask, home);
    const other = await run([...ask, '--snapshot', file], elsewhere);
    const costsOf = ({ out }: { readonly out: string }) =>
      (JSON.parse(out) as { breakdown: { rows: { key: string; spendUsd: number }[] } }).breakdown.rows.map(
        ({ key, spendUsd }) => [key, Number(spendUsd.toPrecision(12))],
      );
    expect(costsOf(own).length).toBeGreaterThan(1);
    expect(costsOf(other)).toEqual(costsOf(own));
  });

  it('describes and checks a file with nothing else there', async () => {
    const inspected = await run(['snapshot', 'inspect', file], elsewhere);
    expect(inspected).toMatchObject({ code: 0, said: '' });
    expect(inspected.out).toMatch(/gpu_minute\.parquet +\d+ +\d+/);
    expect(await run(['snapshot', 'verify', file], elsewhere)).toMatchObject({
      code: 0,
      out: expect.stringContaining('whole and unchanged'),
    });
  });

  it('refuses a changed file with exit code 4 and the reason, also when it is to be asked', async () => {
    const changed = Buffer.from(readFileSync(file));
    changed[changed.length >> 1] = (changed[changed.length >> 1] ?? 0) ^ 1;
    const path = join(elsewhere, 'changed.twsnap');
    writeFileSync(path, changed);
    const verified = await run(['snapshot', 'verify', path, '--json'], elsewhere);
    expect(verified).toMatchObject({ code: 4, said: expect.stringContaining('was changed since it was made') });
    expect(JSON.parse(verified.out)).toMatchObject({ isWhole: false });
    expect(await run(['now', '--snapshot', path], elsewhere)).toMatchObject({
      code: 4,
      out: '',
      said: expect.stringContaining('The snapshot is refused'),
    });
  });

  it.each([
    [['snapshot']],
    [['snapshot', 'open']],
    [['snapshot', 'save', 'x']],
    [['snapshot', 'save', '--grain', 'day']],
  ])('says how %j would be right', (args) => {
    expect(readCommand(args)).toMatchObject({ ok: false });
  });
});
