import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createBackend, type Backend } from '#backend/create-backend.ts';
import { openDuckdbStore } from '#backend/store/duckdb/duckdb-store.ts';
import { SMALL_BOOK, SMALL_FLEET, WINDOW } from '../../golden/small-fleet.ts';

let folder = '';
let backend: Backend;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tokenwatt-test-'));
  // What is unpacked goes to a folder of this test's own: others open snapshots at the same time.
  vi.stubEnv('TMPDIR', folder);
  const store = await openDuckdbStore({ path: join(folder, 'facts.duckdb') });
  if (!store.ok) throw new Error(store.failure.message);
  await store.value.append(SMALL_FLEET);
  await store.value.saveCostBook(SMALL_BOOK);
  await store.value.close();
  const made = await createBackend({
    host: 'server',
    dataFolder: folder,
    polls: false,
    startSampleFleet: async () => Promise.reject(new Error('no sample is needed')),
  });
  if (!made.ok) throw new Error(made.failure.message);
  backend = made.value;
});

afterAll(async () => {
  await backend.stop();
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

async function spend(): Promise<number | null> {
  const ask = { window: WINDOW, scope: {}, basis: 'billed', name: 'spend' } as const;
  const figure = await backend.api.figure(ask);
  return figure.ok ? figure.value.value : Number.NaN;
}

it('saves, lists, shows and leaves a snapshot, and reprices it without touching the live fleet', async () => {
  const { api } = backend;
  const changes: number[] = [];
  backend.subscribe('fleet-changed', ({ at }) => changes.push(at));
  const before = await unpackedFolders();
  const live = await spend();
  const saved = await api.saveSnapshot({ window: WINDOW, grain: 'minute', hasPseudonyms: false, name: 'week.twsnap' });
  expect(saved).toMatchObject({ ok: true, value: { name: 'week.twsnap', refusal: null } });
  await writeFile(
    join(folder, 'snapshots', 'torn.twsnap'),
    (await readFile(join(folder, 'snapshots', 'week.twsnap'))).subarray(0, 999),
  );
  const listed = await api.snapshots({});
  const files = listed.ok ? listed.value.files.map(({ name, refusal }) => ({ name, isRefused: refusal !== null })) : [];
  expect(files).toHaveLength(2);
  expect(files).toContainEqual({ name: 'torn.twsnap', isRefused: true });
  expect(files).toContainEqual({ name: 'week.twsnap', isRefused: false });

  expect(await api.openSnapshot({ name: 'torn.twsnap' })).toMatchObject({
    ok: false,
    failure: { kind: 'not-possible' },
  });
  expect(await api.openSnapshot({ name: 'gone.twsnap' })).toMatchObject({ ok: false });
  expect(await api.openSnapshot({ name: 'week.twsnap' })).toMatchObject({ ok: true, value: { window: WINDOW } });
  const shown = await api.capabilities({});
  expect(shown.ok && shown.value).toMatchObject({ now: WINDOW.to, snapshot: { canClose: true, grain: 'minute' } });
  expect(await spend()).toBeCloseTo(live ?? 0, 9);
  const doubled = SMALL_BOOK.revisions.map((revision) => ({
    ...revision,
    hardware: revision.hardware.map((price) => ({ ...price, networkUsdPerGpuHour: price.networkUsdPerGpuHour + 1 })),
  }));
  expect((await api.saveCostBook({ revisions: doubled })).ok).toBe(true);
  expect(await spend()).toBeGreaterThan((live ?? 0) + 1);

  expect(await api.closeSnapshot({})).toEqual({ ok: true, value: { closed: true } });
  expect(await spend()).toBe(live);
  expect(await api.closeSnapshot({})).toMatchObject({ ok: false });
  expect(changes).toHaveLength(2);
  expect(await unpackedFolders()).toEqual(before);
});

it('shows a file that the host names, and says why it does not show another', async () => {
  const { api } = backend;
  await api.saveSnapshot({ window: WINDOW, grain: 'hour', hasPseudonyms: false, name: 'named.twsnap' });
  const path = join(folder, 'snapshots', 'named.twsnap');
  expect(await backend.openSnapshot(path)).toEqual({ ok: true, value: undefined });
  const shown = await api.capabilities({});
  expect(shown.ok && shown.value.snapshot).toMatchObject({ grain: 'hour', canClose: true });
  await writeFile(path, 'no snapshot');
  expect(await backend.openSnapshot(path)).toEqual({ ok: false, failure: 'it is no snapshot' });
  expect((await api.closeSnapshot({})).ok).toBe(true);
});

async function unpackedFolders(): Promise<string[]> {
  return (await readdir(tmpdir())).filter((name) => name.startsWith('tokenwatt-snapshot-'));
}
