import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBackend } from '#backend/create-backend.ts';
import { openDuckdbStore } from '#backend/store/duckdb/duckdb-store.ts';
import { EXIT } from '#electron/hosts/cli/exit-codes.ts';
import { SMALL_BOOK, SMALL_FLEET, WINDOW } from '../../golden/small-fleet.ts';
import { askEverything, type Asked } from './ask-everything.ts';

const run = promisify(execFile);
const CLI = fileURLToPath(new URL('../../../electron/hosts/cli/main.ts', import.meta.url));
const ASKER = fileURLToPath(new URL('./ask-everything.ts', import.meta.url));

/** A network namespace of its own has no interface but a loopback that is down. */
const NAMESPACE = await firstThatWorks([
  ['unshare', '-n'],
  ['unshare', '-rn'],
]);

let home = '';
let file = '';
let spend: number | null = null;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'tokenwatt-offline-'));
  const store = await openDuckdbStore({ path: join(home, 'facts.duckdb') });
  if (!store.ok) throw new Error(store.failure.message);
  await store.value.append(SMALL_FLEET);
  await store.value.saveCostBook(SMALL_BOOK);
  await store.value.close();
  const made = await createBackend({
    host: 'server',
    dataFolder: home,
    polls: false,
    startSampleFleet: () => Promise.reject(new Error('no sample is needed')),
  });
  if (!made.ok) throw new Error(made.failure.message);
  const { api } = made.value;
  const saved = await api.saveSnapshot({ window: WINDOW, grain: 'minute', hasPseudonyms: false, name: 'away.twsnap' });
  if (!saved.ok) throw new Error(saved.failure.message);
  const figure = await api.figure({ name: 'spend', window: WINDOW, scope: {}, basis: 'billed' });
  spend = figure.ok ? figure.value.value : null;
  await made.value.stop();
  file = join(home, 'snapshots', 'away.twsnap');
});

afterAll(() => rm(home, { recursive: true }));

it('answers what every screen asks, from the file alone', async () => {
  const asked = await askEverything(file);
  expect(asked.failed).toEqual([]);
  expect(asked.spend).toBeCloseTo(spend ?? Number.NaN, 9);
});

describe.skipIf(NAMESPACE === null)('on an empty installation without a network', () => {
  const offline = async (program: string, ...args: string[]): Promise<string> => {
    const [command = '', ...before] = NAMESPACE ?? [];
    const empty = await mkdtemp(join(home, 'empty-'));
    const child = run(command, [...before, process.execPath, program, ...args], {
      env: { ...process.env, TOKENWATT_HOME: empty },
    });
    // A node of this fleet was not heard for an hour, which is told by the exit code of a partial answer.
    const { stdout } = await child.catch((error: unknown) => {
      if (isPartial(error)) return error;
      throw error;
    });
    return stdout;
  };

  it('has no interface but loopback', async () => {
    const [command = '', ...before] = NAMESPACE ?? [];
    const { stdout } = await run(command, [...before, 'cat', '/proc/net/dev']);
    expect([...stdout.matchAll(/^ *(\S+):/gm)].map(([, name]) => name)).toEqual(['lo']);
  });

  it('answers every screen with the figures of the fleet that it was taken from', async () => {
    const asked = JSON.parse(await offline(ASKER, file)) as Asked;
    expect(asked.failed).toEqual([]);
    expect(asked.spend).toBeCloseTo(spend ?? Number.NaN, 9);
  });

  it('is described, checked and priced by the commands', async () => {
    expect(await offline(CLI, 'snapshot', 'inspect', file)).toContain('gpu_minute.parquet');
    expect(await offline(CLI, 'snapshot', 'verify', file)).toContain('whole and unchanged');
    const ends = ['--from', new Date(WINDOW.from).toISOString(), '--to', new Date(WINDOW.to).toISOString()];
    const cost = JSON.parse(await offline(CLI, 'cost', '--snapshot', file, ...ends, '--json')) as {
      breakdown: { total: { spendUsd: number } };
    };
    expect(cost.breakdown.total.spendUsd).toBeCloseTo(spend ?? Number.NaN, 9);
  });

  it('becomes a monthly report in every format', async () => {
    const out = join(home, 'reports');
    const formats = 'pdf,xlsx,csv,json,html,focus';
    await offline(CLI, 'report', '--snapshot', file, '--month', '2026-03', '--format', formats, '--out', out);
    const names = await readdir(out, { recursive: true });
    for (const end of ['.pdf', '.xlsx', '.csv', '.json', '.html']) {
      expect(
        names.some((name) => name.endsWith(end)),
        end,
      ).toBe(true);
    }
  });
});

function isPartial(error: unknown): error is { readonly stdout: string } {
  return error instanceof Error && 'code' in error && error.code === EXIT.dataQuality && 'stdout' in error;
}

async function firstThatWorks(commands: readonly (readonly string[])[]): Promise<readonly string[] | null> {
  for (const command of commands) {
    const [program = '', ...args] = command;
    const works = await run(program, [...args, 'true']).then(
      () => true,
      () => false,
    );
    if (works) return command;
  }
  return null;
}
