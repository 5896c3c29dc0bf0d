import { createHash, generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { archiveOf, type ArchiveEntry } from '#backend/snapshot/archive-layout.ts';
import { checkSnapshot } from '#backend/snapshot/check-snapshot.ts';
import { openSnapshot } from '#backend/snapshot/open-snapshot.ts';
import { readArchive } from '#backend/snapshot/read-archive.ts';
import { saveSnapshot, type SnapshotAsk } from '#backend/snapshot/save-snapshot.ts';
import { openDuckdbStore } from '#backend/store/duckdb/duckdb-store.ts';
import type { FactRow, Store } from '#backend/store/store.ts';
import type { CostBook } from '#shared/model/cost-book.ts';
import { epochMs } from '#shared/time/instant.ts';
import { ask, clientOver } from '../answers/ask.ts';
import { randomBook, randomFleet, SPAN_SECONDS } from '../answers/random-fleet.ts';
import { at, createRandom } from '../store/store-facts.ts';

const WINDOW = { from: at(0), to: at(SPAN_SECONDS) };
const random = createRandom(11);
const BOOK = randomBook(random);

let folder = '';
let store: Store;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tokenwatt-test-'));
  // Tests of other files unpack snapshots at the same time: here what is left behind must be ours.
  vi.stubEnv('TMPDIR', folder);
  const opened = await openDuckdbStore({ path: join(folder, 'facts.duckdb') });
  if (!opened.ok) throw new Error(opened.failure.message);
  store = opened.value;
  await store.append({
    ...randomFleet(random),
    events: [
      {
        at: at(60),
        kind: 'engine-restarted',
        subject: 'engine-0',
        model: 'llama',
        node: 'node-0',
        message: 'secret-name',
      },
    ],
  });
  // The last hour is not rolled up: it goes out from raw facts.
  await store.rollUp(at(3600));
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await store.close();
  await rm(folder, { recursive: true });
});

async function saved(
  change: Partial<SnapshotAsk> = {},
  of: Store = store,
): Promise<{ readonly path: string; readonly file: Buffer }> {
  const path = join(folder, `${Math.abs(Math.round(random.next() * 1e9))}.twsnap`);
  const made = await saveSnapshot(
    {
      store: of,
      book: BOOK,
      fleetName: 'My fleet',
      isSample: false,
      madeBy: 'tokenwatt test',
      now: at(9000),
      documents: { marks: { marks: ['new racks'] } },
      settings: { pollSeconds: 10, catalogue: '2026.08' },
    },
    { path, window: WINDOW, grain: 'minute', minuteRowsMax: 1e9, hasPseudonyms: false, signingKey: null, ...change },
  );
  if (!made.ok) throw new Error(made.failure);
  return { path, file: await readFile(path) };
}

async function storeWithoutMeters(name: string): Promise<Store> {
  const boards = await openDuckdbStore({ path: join(folder, name) });
  if (!boards.ok) throw new Error(boards.failure.message);
  await boards.value.append({ ...randomFleet(createRandom(12)), meters: [], meterFacts: [] });
  return boards.value;
}

async function opened(path: string) {
  const snapshot = await openSnapshot(path);
  if (!snapshot.ok) throw new Error(snapshot.failure);
  return snapshot.value;
}

async function expectSameFigures(own: Store, other: Store, book: CostBook): Promise<void> {
  for (const by of ['fleet', 'model', 'node', 'engine', 'version'] as const) {
    const input = { window: WINDOW, by };
    expectNear(
      await ask(clientOf(other, book), 'costBreakdown', input),
      await ask(clientOf(own, book), 'costBreakdown', input),
    );
  }
  const input = { window: WINDOW };
  expectNear(await ask(clientOf(other, book), 'idleWaste', input), await ask(clientOf(own, book), 'idleWaste', input));
}

const clientOf = (of: Store, book = BOOK) => clientOver({ store: of, book, now: WINDOW.to });

describe('a snapshot', () => {
  it('gives the figures of the store that it was taken from', async () => {
    const snapshot = await opened((await saved()).path);
    await expectSameFigures(store, snapshot.store, BOOK);
    expect(snapshot.book).toEqual(BOOK);
    expect(await snapshot.store.document('marks')).toEqual({ marks: ['new racks'] });
    expect(await snapshot.store.events(WINDOW)).toEqual(await store.events(WINDOW));
    await snapshot.close();
  });

  // Inside an hour, a price that changes and a meter that falls silent are divided in proportion: here neither does.
  it('gives the same figures by the hour', async () => {
    const boards = await storeWithoutMeters('boards.duckdb');
    const { path } = await saved({ grain: 'hour' }, boards);
    const snapshot = await opened(path);
    await expectSameFigures(boards, snapshot.store, { revisions: BOOK.revisions.slice(0, 1) });
    await snapshot.close();
    await boards.close();
  });

  describe('of more minutes than fit', () => {
    it('gives the figures of the store over whole hours, of each thing', async () => {
      const boards = await storeWithoutMeters('grouped.duckdb');
      const snapshot = await opened((await saved({ minuteRowsMax: 10 }, boards)).path);
      expect(snapshot.manifest.minutesOf).toBe('group');
      await expectSameFigures(boards, snapshot.store, { revisions: BOOK.revisions.slice(0, 1) });
      await snapshot.close();
      await boards.close();
    });

    it('keeps the minutes of what is alike, and those of each thing add to them', async () => {
      const snapshot = await opened((await saved({ minuteRowsMax: 10 })).path);
      const { store: kept } = snapshot;
      const query = { window: { from: at(600), to: at(5400) }, stepSeconds: 60 } as const;
      const columns = ['observedSeconds', 'bridgedSeconds', 'energyJoules', 'energySeconds'] as const;
      for (const by of [[], ['state'], ['pool', 'sku'], ['model'], ['site', 'version', 'state']] as const) {
        const asked = { ...query, by, columns };
        expectClose(await kept.gpuFacts(asked), await store.gpuFacts(asked));
      }
      for (const by of [[], ['model'], ['pool', 'version', 'tenant']] as const) {
        const asked = { ...query, by, columns: ['observedSeconds', 'inputTokens', 'outputTokens'] as const };
        expectClose(await kept.engineFacts(asked), await store.engineFacts(asked));
      }
      const nodes = await kept.gpuFacts({ ...query, by: ['node'], columns });
      const added = new Map<number, number>();
      for (const { start, sums } of nodes) added.set(start, (added.get(start) ?? 0) + (sums.energyJoules ?? 0));
      const all = await store.gpuFacts({ ...query, by: [], columns });
      for (const { start, sums } of all) expect(added.get(start)).toBeCloseTo(sums.energyJoules ?? 0, 0);
      await snapshot.close();
    });

    it('is refused when its minutes are not those of its hours', async () => {
      const { file } = await saved({ minuteRowsMax: 10 });
      const other = await saved({ minuteRowsMax: 10, window: { from: at(3600), to: WINDOW.to } });
      const path = join(folder, 'mixed.twsnap');
      const table = 'gpu_group_minute.parquet';
      await writeFile(path, replaced(file, table, entryOf(other.file, table)));
      const refused = await openSnapshot(path);
      expect(refused).toEqual({ ok: false, failure: expect.stringContaining('does not add up') });
    });
  });

  it('keeps the minutes of a series', async () => {
    const snapshot = await opened((await saved()).path);
    const input = { window: { from: at(600), to: at(5400) }, bucketsMax: 80 };
    expectNear(
      await ask(clientOf(snapshot.store), 'costSeries', input),
      await ask(clientOf(store), 'costSeries', input),
    );
    await snapshot.close();
  });

  it('ends with the last fact where readings are still on their way, and not after a longer silence', async () => {
    const extent = await store.extent();
    const lastFact = extent?.to ?? at(0);
    for (const [seconds, to] of [
      [90, lastFact],
      [900, epochMs(lastFact + 900_000)],
    ] as const) {
      const snapshot = await opened(
        (await saved({ window: { from: at(0), to: epochMs(lastFact + seconds * 1000) } })).path,
      );
      expect(snapshot.manifest.window.to).toBe(to);
      await snapshot.close();
    }
  });

  it('ends with a whole minute or hour, so that the time up to its end has what the store has of it', async () => {
    const boards = await storeWithoutMeters('edge.duckdb');
    const asked = { window: { from: at(0), to: at(3600 + 754) } };
    const byHour = await opened((await saved({ ...asked, grain: 'hour' }, boards)).path);
    expect(byHour.manifest.window).toEqual({ from: at(0), to: at(3600) });
    await byHour.close();
    const byMinute = await opened((await saved(asked, boards)).path);
    const { to } = byMinute.manifest.window;
    expect(to).toBe(at(3600 + 720));
    const input = { window: { from: epochMs(to - 300_000), to }, by: 'model' } as const;
    // A demand charge is a price of the whole month, of which the file has less.
    const withoutDemand = {
      revisions: BOOK.revisions.map((one) => ({
        ...one,
        energy: { ...one.energy, demandUsdPerKilowattMonth: 0 },
        siteEnergy: [],
      })),
    };
    const at300 = (of: Store) => ask(clientOver({ store: of, book: withoutDemand, now: to }), 'costBreakdown', input);
    const [kept, known] = [await at300(byMinute.store), await at300(boards)];
    expectNear({ ...kept, window: null }, { ...known, window: null });
    await byMinute.close();
    await boards.close();
    const tooShort = saved({ window: { from: at(60), to: at(1800) }, grain: 'hour' });
    await expect(tooShort).rejects.toThrow('the window holds no whole hour with facts');
  });

  it('leaves nothing behind: neither half a file, nor tables, nor what was unpacked', async () => {
    const before = await temporaryFolders();
    const { path } = await saved();
    const snapshot = await opened(path);
    await snapshot.close();
    const failed = await saveSnapshot(
      {
        store,
        book: BOOK,
        fleetName: 'My fleet',
        isSample: false,
        madeBy: 'test',
        now: at(9000),
        documents: {},
        settings: { pollSeconds: 10, catalogue: null },
      },
      {
        path: join(folder, 'no such folder', 'x.twsnap'),
        window: WINDOW,
        grain: 'hour',
        minuteRowsMax: 1e9,
        hasPseudonyms: false,
        signingKey: null,
      },
    );
    expect(failed.ok).toBe(false);
    expect(await readdir(join(folder, 'facts.duckdb.export'))).toEqual([]);
    expect((await readdir(folder)).filter((name) => name.endsWith('.part'))).toEqual([]);
    expect(await temporaryFolders()).toEqual(before);
  });

  it('reads the own store only while it is taken: no facts can be added to it', async () => {
    const snapshot = await opened((await saved()).path);
    const added = await snapshot.store
      .append(randomFleet(createRandom(3)))
      .catch((error: unknown) => ({ ok: false, error }));
    expect(added.ok).toBe(false);
    await snapshot.close();
  });

  it('names nothing under pseudonyms, and gives the same totals', async () => {
    const { path, file } = await saved({ hasPseudonyms: true });
    const names = [
      'My fleet',
      'node-0',
      'rack-2',
      'prod',
      'GPU-3',
      'llama',
      'qwen',
      'engine-0',
      'secret-name',
      'new racks',
      'team-a',
    ];
    const aliases = new Set(['node-1', 'rack-1', 'engine-1', 'GPU-1']);
    const texts = ['fleet.json', 'cost-book.json', 'documents.json', 'manifest.json'].map((name) =>
      entryOf(file, name).toString('utf8'),
    );
    // A pseudonym may be a name that is also used: only names that no pseudonym is can prove anything.
    const kept = names.filter((name) => !aliases.has(name) && !/^(node|rack|engine|GPU)-\d+$/.test(name));
    for (const name of kept) expect(texts.join('\n')).not.toContain(name);
    const snapshot = await opened(path);
    const own = await ask(clientOf(store), 'costBreakdown', { window: WINDOW, by: 'fleet' });
    const other = await ask(clientOf(snapshot.store, snapshot.book), 'costBreakdown', { window: WINDOW, by: 'fleet' });
    expectNear(other.total, own.total);
    await snapshot.close();
  });
});

describe('a snapshot that somebody sent', () => {
  it('is refused with a reason when any byte of it was changed (S09)', async () => {
    const { file } = await saved({ grain: 'hour' });
    // Every byte of the heads and texts, and each 61st of the tables.
    const places = [...file.keys()].filter((place) => place < 6000 || place > file.length - 2000 || place % 61 === 0);
    for (const place of places) {
      const flipped = Buffer.from(file);
      flipped[place] = (flipped[place] ?? 0) ^ (1 << (place % 8));
      const checked = checkSnapshot(flipped);
      expect(checked.ok, `byte ${place}`).toBe(false);
    }
  });

  it('is refused when it ends early, or goes on (S10)', async () => {
    const { file } = await saved({ grain: 'hour' });
    for (let length = 0; length < file.length; length += 1024) {
      const checked = checkSnapshot(file.subarray(0, length));
      expect(checked.ok, `${length} bytes`).toBe(false);
    }
    expect(checkSnapshot(file.subarray(0, file.length - 1)).ok).toBe(false);
    expect(checkSnapshot(Buffer.concat([file, Buffer.from([0])])).ok).toBe(false);
    expect(checkSnapshot(file).ok).toBe(true);
  });

  it('says by whom it was made when it is of a newer format (S11)', async () => {
    const { file } = await saved({ grain: 'hour' });
    const entries = entriesOf(file);
    const manifest = JSON.parse(entryOf(file, 'manifest.json').toString()) as Record<string, unknown>;
    const newer = resealed(entries, { ...manifest, format: 2, madeBy: 'tokenwatt 9', unheardOf: true });
    const checked = checkSnapshot(newer);
    expect(checked).toEqual({ ok: false, failure: expect.stringMatching(/"tokenwatt 9".*format 2.*newer/) });
  });

  it('is refused when an entry was swapped and its manifest left, or a field was added to the manifest', async () => {
    const { file } = await saved({ grain: 'hour' });
    const swapped = entriesOf(file).map((entry) =>
      entry.name === 'cost-book.json' ? { ...entry, bytes: Buffer.from('{"revisions":[]}\n') } : entry,
    );
    expect(checkSnapshot(archiveOf(swapped))).toEqual({
      ok: false,
      failure: 'cost-book.json was changed since it was made',
    });
    const manifest = JSON.parse(entryOf(file, 'manifest.json').toString()) as Record<string, unknown>;
    expect(checkSnapshot(resealed(entriesOf(file), { ...manifest, extra: 1 })).ok).toBe(false);
    expect(checkSnapshot(archiveOf(entriesOf(file).filter(({ name }) => name !== 'seal.json'))).ok).toBe(false);
  });

  it('is refused when a signature was moved to another manifest', async () => {
    const { privateKey } = generateKeyPairSync('ed25519');
    const signingKey = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
    const { file } = await saved({ grain: 'hour', signingKey });
    const checked = checkSnapshot(file);
    expect(checked.ok && checked.value.signedBy).toMatch(/^MCowBQ/);
    const seal = JSON.parse(entryOf(file, 'seal.json').toString()) as { signature: unknown };
    const manifest = JSON.parse(entryOf(file, 'manifest.json').toString()) as Record<string, unknown>;
    const moved = resealed(entriesOf(file), { ...manifest, fleetName: 'Another' }, seal.signature);
    expect(checkSnapshot(moved)).toEqual({ ok: false, failure: 'its signature does not belong to it' });
  });

  it.each([
    ['a path that climbs', '../../evil.json'],
    ['an absolute path', '/etc/passwd'],
    ['a backslash', '..\\evil.json'],
    ['a name of another case', 'Manifest.json'],
    ['a folder', 'tables/'],
  ])('is refused with %s in it', (_what, name) => {
    const archive = archiveOf([{ name, bytes: Buffer.from('{}') }]);
    expect(readArchive(archive, (known) => known === 'manifest.json').ok).toBe(false);
  });

  it('is refused when it holds a name twice, or a size that its bytes do not have', () => {
    const entry = { name: 'manifest.json', bytes: Buffer.from('{}') };
    expect(readArchive(archiveOf([entry, entry]), () => true)).toEqual({
      ok: false,
      failure: 'it holds manifest.json twice',
    });
    const lying = archiveOf([entry]);
    lying.writeUInt32LE(0xffff_ffff, 18);
    expect(readArchive(lying, () => true).ok).toBe(false);
    expect(readArchive(Buffer.from('PK\u0005\u0006'), () => true)).toEqual({ ok: false, failure: 'it is no snapshot' });
  });

  it('is refused when its facts refer to what it does not hold, though it is sealed rightly', async () => {
    const { file } = await saved({ grain: 'hour' });
    const fleet = JSON.parse(entryOf(file, 'fleet.json').toString()) as { dimensions: { seats: unknown[] } };
    fleet.dimensions.seats.pop();
    const path = join(folder, 'strange.twsnap');
    await writeFile(path, replaced(file, 'fleet.json', Buffer.from(`${JSON.stringify(fleet)}\n`)));
    const refused = await openSnapshot(path);
    expect(refused).toEqual({ ok: false, failure: expect.stringContaining('refer to nothing known') });
  });
});

function entriesOf(file: Buffer): ArchiveEntry[] {
  const read = readArchive(file, () => true);
  if (!read.ok) throw new Error(read.failure);
  return read.value;
}

function entryOf(file: Buffer, name: string): Buffer {
  const entry = entriesOf(file).find((one) => one.name === name);
  if (entry === undefined) throw new Error(`no ${name}`);
  return entry.bytes;
}

const hash = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

function resealed(entries: readonly ArchiveEntry[], manifest: unknown, signature: unknown = null): Buffer {
  const head = Buffer.from(`${JSON.stringify(manifest)}\n`);
  const seal = Buffer.from(`${JSON.stringify({ manifestSha256: hash(head), signature })}\n`);
  const rest = entries.filter(({ name }) => name !== 'manifest.json' && name !== 'seal.json');
  return archiveOf([{ name: 'manifest.json', bytes: head }, { name: 'seal.json', bytes: seal }, ...rest]);
}

/** Another entry under a manifest and a seal that know it. */
function replaced(file: Buffer, name: string, bytes: Buffer): Buffer {
  const manifest = JSON.parse(entryOf(file, 'manifest.json').toString()) as {
    entries: { name: string; bytes: number; sha256: string }[];
  };
  const listed = manifest.entries.map((entry) =>
    entry.name === name ? { ...entry, bytes: bytes.length, sha256: hash(bytes) } : entry,
  );
  const entries = entriesOf(file).map((entry) => (entry.name === name ? { name, bytes } : entry));
  return resealed(entries, { ...manifest, entries: listed });
}

async function temporaryFolders(): Promise<string[]> {
  return (await readdir(tmpdir())).filter((name) => name.startsWith('tokenwatt-snapshot-'));
}

/** What is summed from rounded parts: seconds to the millisecond, joules and tokens to one of a thousand. */
function expectClose(found: readonly FactRow<object>[], wanted: readonly FactRow<object>[]): void {
  expect(found.length).toBe(wanted.length);
  for (const [index, row] of wanted.entries()) {
    const { by, start, sums } = found[index] ?? { by: [], start: 0, sums: {} };
    expect([by, start]).toEqual([row.by, row.start]);
    for (const [name, value] of Object.entries(row.sums)) {
      const own: unknown = Object.entries(sums).find(([key]) => key === name)?.[1];
      if (typeof value !== 'number') expect(own, name).toBe(value);
      else
        expect(
          Math.abs(Number(own) - value) <= 0.001 * Math.max(1, value),
          `${name}: ${String(own)} for ${value}`,
        ).toBe(true);
    }
  }
}

/** Sums in another order differ in their last digits. */
function expectNear(found: unknown, wanted: unknown, path = ''): void {
  if (typeof wanted === 'number' && typeof found === 'number') {
    expect(Math.abs(found - wanted) <= 1e-9 * Math.max(1, Math.abs(wanted)), `${path}: ${found} for ${wanted}`).toBe(
      true,
    );
  } else if (Array.isArray(wanted) && Array.isArray(found)) {
    expect(found.length, path).toBe(wanted.length);
    for (const [index, item] of wanted.entries()) expectNear(found[index], item, `${path}[${index}]`);
  } else if (typeof wanted === 'object' && wanted !== null && typeof found === 'object' && found !== null) {
    for (const [name, item] of Object.entries(wanted)) {
      if (name === 'working') continue;
      expectNear((found as Record<string, unknown>)[name], item, `${path}.${name}`);
    }
  } else expect(found, path).toEqual(wanted);
}
