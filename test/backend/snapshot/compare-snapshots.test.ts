import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createBackend, type Backend } from '#backend/create-backend.ts';
import { openDuckdbStore } from '#backend/store/duckdb/duckdb-store.ts';
import type { CallInput } from '#shared/contract/backend-api.ts';
import { dispatch } from '#shared/contract/dispatch.ts';
import type { SnapshotComparison } from '#shared/contract/snapshot-comparison-schema.ts';
import type { CostBook } from '#shared/model/cost-book.ts';
import { hour, SMALL_BOOK, SMALL_FLEET, WINDOW } from '../../golden/small-fleet.ts';

const MINUTES = { kind: 'snapshot', name: 'minutes.twsnap' } as const;
const HOURS = { kind: 'snapshot', name: 'hours.twsnap' } as const;
const LIVE = { kind: 'shown', window: WINDOW } as const;

/** The prices of the second half of the window, for all of it, at another clock. */
const LATER: CostBook = {
  revisions: SMALL_BOOK.revisions
    .slice(1)
    .map((revision) => ({ ...revision, energy: { ...revision.energy, zone: 'America/Chicago' } })),
};

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
  for (const [grain, { name }] of [
    ['minute', MINUTES],
    ['hour', HOURS],
  ] as const) {
    const saved = await dispatch(backend.api, 'saveSnapshot', { window: WINDOW, grain, name });
    expect(saved).toMatchObject({ ok: true });
  }
});

afterAll(async () => {
  await backend.stop();
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

async function compared(input: CallInput['compareSnapshots']): Promise<SnapshotComparison> {
  const answer = await dispatch(backend.api, 'compareSnapshots', input);
  if (!answer.ok) throw new Error(answer.failure.message);
  return answer.value as SnapshotComparison;
}

function measureOf({ measures }: SnapshotComparison, key: string) {
  const found = measures.find((measure) => measure.key === key);
  if (found === undefined) throw new Error(`no measure ${key}`);
  return found;
}

it('finds no difference between a snapshot and itself', async () => {
  const answer = await compared({ first: MINUTES, second: MINUTES });
  expect(answer.measures.map(({ key }) => key)).toEqual([
    'cost-per-million-tokens',
    'serving-cost-per-million-tokens',
    'spend',
    'tokens',
    'idle-spend',
    'energy',
    'gpu-hours',
    'coverage',
  ]);
  for (const { key, first, difference, relative, reason } of answer.measures) {
    expect(first.value, key).toBeGreaterThan(0);
    expect(difference.value, key).toBe(0);
    expect(key === 'coverage' ? reason : relative, key).toEqual(key === 'coverage' ? expect.any(String) : 0);
  }
  expect(answer.notes).toEqual([]);
  expect(answer.first.window).toEqual(WINDOW);
});

it('gives a snapshot the figures of the live store over the same window', async () => {
  const answer = await compared({ first: LIVE, second: MINUTES });
  for (const { key, difference } of answer.measures) expect(difference.value, key).toBe(0);
  const spend = await dispatch(backend.api, 'figure', { name: 'spend', window: WINDOW });
  expect(spend).toMatchObject({ ok: true, value: { value: measureOf(answer, 'spend').first.value } });
  expect(answer.first.about).toBeNull();
  expect(answer.second.about).toMatchObject({ grain: 'minute' });
});

it('keeps parts that add to the difference, and says what differs', async () => {
  const half = { from: hour(0), to: hour(2) };
  const answer = await compared({ first: { ...MINUTES, window: half }, second: HOURS });
  const { difference, first, second, relative } = measureOf(answer, 'spend');
  expect(difference.value).toBeCloseTo((second.value ?? 0) - (first.value ?? 0), 9);
  expect(difference.value).toBeGreaterThan(0);
  expect(relative).toBeCloseTo((difference.value ?? 0) / (first.value ?? 1), 9);
  expect(difference.parts.reduce((sum, part) => sum + part.value, 0)).toBeCloseTo(difference.value ?? 0, 9);
  const notes = answer.notes.join('\n');
  expect(notes).toContain('the second side is 2 h longer');
  expect(notes).toContain('Prices differ');
  expect(notes).toContain('second side is by the hour');
});

it('prices the second side under the book of the first', async () => {
  expect((await backend.api.saveCostBook(LATER)).ok).toBe(true);
  const own = await compared({ first: LIVE, second: MINUTES, book: 'own' });
  expect(measureOf(own, 'spend').difference.value).toBeLessThan(0);
  expect(measureOf(own, 'gpu-hours').difference.value).toBe(0);
  expect(own.notes.join('\n')).toContain('Prices differ');
  expect(own.notes.join('\n')).toContain('America/Chicago on the first side, UTC on the second');
  const first = await compared({ first: LIVE, second: MINUTES, book: 'first' });
  expect(measureOf(first, 'spend').difference.value).toBe(0);
  expect(first.notes).toEqual(['Both sides are priced by the cost book of the first.']);
  expect((await backend.api.saveCostBook(SMALL_BOOK)).ok).toBe(true);
});

it('knows no difference to a fleet of which the scope holds nothing', async () => {
  const answer = await compared({ first: MINUTES, second: HOURS, scope: { pool: 'nowhere' } });
  const { difference, relative, reason } = measureOf(answer, 'gpu-hours');
  expect({ value: difference.value, relative, reason }).toEqual({
    value: null,
    relative: null,
    reason: 'not known on either side',
  });
});

it('refuses a damaged file with its reason, and leaves the shown fleet as it is', async () => {
  const file = await readFile(join(folder, 'snapshots', MINUTES.name));
  await writeFile(join(folder, 'snapshots', 'torn.twsnap'), file.subarray(0, 999));
  const before = await shown();
  const answer = await dispatch(backend.api, 'compareSnapshots', {
    first: MINUTES,
    second: { kind: 'snapshot', name: 'torn.twsnap' },
  });
  const failure = { kind: 'not-possible', message: expect.stringMatching(/^torn\.twsnap is refused: .{5}/) };
  expect(answer).toMatchObject({ ok: false, failure });
  expect(await shown()).toEqual(before);
});

it('refuses a name that is not there, and a window outside of the file', async () => {
  for (const second of [
    { kind: 'snapshot', name: 'gone.twsnap' },
    { ...MINUTES, window: { from: hour(40), to: hour(41) } },
  ]) {
    const answer = await dispatch(backend.api, 'compareSnapshots', { first: LIVE, second });
    expect(answer).toMatchObject({ ok: false, failure: { kind: 'not-possible' } });
  }
});

it('leaves no unpacked file behind', async () => {
  const unpacked = async () => (await readdir(tmpdir())).filter((name) => name.startsWith('tokenwatt-snapshot-'));
  const before = await unpacked();
  await compared({ first: MINUTES, second: HOURS });
  expect(await unpacked()).toEqual(before);
});

async function shown() {
  const [about, spend] = await Promise.all([
    backend.api.capabilities({}),
    dispatch(backend.api, 'figure', { name: 'spend', window: WINDOW }),
  ]);
  return { snapshot: about.ok ? about.value.snapshot : 'failed', spend };
}
