import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createBackend, type Backend } from '#backend/create-backend.ts';
import { openDuckdbStore } from '#backend/store/duckdb/duckdb-store.ts';
import type { Answers, CallInput } from '#shared/contract/backend-api.ts';
import { dispatch } from '#shared/contract/dispatch.ts';
import { SNAPSHOT_BYTES_MAX, SNAPSHOT_PIECE_BYTES } from '#shared/contract/snapshot-schema.ts';
import { SMALL_BOOK, SMALL_FLEET, WINDOW } from '../../golden/small-fleet.ts';

type Asked = CallInput['receiveSnapshot'];
type Said = { readonly ok: boolean; readonly value?: Answers['receiveSnapshot']; readonly failure?: unknown };

let folder = '';
let snapshots = '';
let sent: Buffer;
let backend: Backend;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tokenwatt-test-'));
  snapshots = join(folder, 'snapshots');
  const store = await openDuckdbStore({ path: join(folder, 'facts.duckdb') });
  if (!store.ok) throw new Error(store.failure.message);
  await store.value.append(SMALL_FLEET);
  await store.value.saveCostBook(SMALL_BOOK);
  await store.value.close();
  const made = await createBackend({
    host: 'server',
    dataFolder: folder,
    polls: false,
    startSampleFleet: () => Promise.reject(new Error('no sample is needed')),
  });
  if (!made.ok) throw new Error(made.failure.message);
  backend = made.value;
  await dispatch(backend.api, 'saveSnapshot', { window: WINDOW, name: 'made.twsnap' });
  sent = await readFile(join(snapshots, 'made.twsnap'));
});

beforeEach(async () => {
  await rm(snapshots, { recursive: true });
  await mkdir(snapshots);
});

afterAll(async () => {
  await backend.stop();
  await rm(folder, { recursive: true });
});

const say = async (asked: unknown): Promise<Said> => (await dispatch(backend.api, 'receiveSnapshot', asked)) as Said;

const piece = (file: Buffer, from: number, to: number, rest: Partial<Asked> = {}): Asked => ({
  id: null,
  name: 'sent.twsnap',
  bytes: file.length,
  offset: from,
  base64: file.subarray(from, to).toString('base64'),
  ...rest,
});

/** Sends a file in pieces of this many bytes; the last answer. */
async function send(file: Buffer, bytes: number, name = 'sent.twsnap'): Promise<Said> {
  let said = await say(piece(file, 0, bytes, { name }));
  while (said.value !== undefined && said.value.next !== null) {
    const { id, next } = said.value;
    said = await say(piece(file, next, next + bytes, { id, name }));
  }
  return said;
}

it('takes a file in pieces, keeps it when it is whole, and opens it by its name', async () => {
  const said = await send(sent, 5000);
  expect(said.value).toMatchObject({ next: null, file: { name: 'sent.twsnap', bytes: sent.length, refusal: null } });
  expect(await readdir(snapshots)).toEqual(['sent.twsnap']);
  expect(await readFile(join(snapshots, 'sent.twsnap'))).toEqual(sent);
  expect(await dispatch(backend.api, 'openSnapshot', { name: 'sent.twsnap' })).toMatchObject({ ok: true });
  await dispatch(backend.api, 'closeSnapshot', {});
});

it('keeps the same file once, and writes over no other of that name', async () => {
  await send(sent, SNAPSHOT_PIECE_BYTES);
  expect((await send(sent, SNAPSHOT_PIECE_BYTES)).value?.file?.name).toBe('sent.twsnap');
  await writeFile(join(snapshots, 'sent.twsnap'), 'another');
  expect((await send(sent, SNAPSHOT_PIECE_BYTES)).value?.file?.name).toBe('sent-2.twsnap');
  expect((await readdir(snapshots)).toSorted()).toEqual(['sent-2.twsnap', 'sent.twsnap']);
  expect(await readFile(join(snapshots, 'sent.twsnap'), 'utf8')).toBe('another');
});

it('refuses names that are more than names, before anything is written', async () => {
  const long = `${'a'.repeat(102)}.twsnap`;
  const names = ['../up.twsnap', '/etc/x.twsnap', 'a\\b.twsnap', '.hidden.twsnap', 'a.twsnap\u0000', 'x.zip', '', long];
  for (const name of [...names, 'C:x.twsnap', 'a/../b.twsnap', 'a.twsnap/']) {
    expect(await say(piece(sent, 0, 100, { name })), name).toMatchObject({ ok: false, failure: { kind: 'bad-input' } });
  }
  expect(await readdir(snapshots)).toEqual([]);
});

it('refuses sizes and texts beyond the limits', async () => {
  const over = Buffer.alloc(SNAPSHOT_PIECE_BYTES + 1).toString('base64');
  for (const rest of [
    { bytes: SNAPSHOT_BYTES_MAX + 1 },
    { bytes: 0 },
    { offset: -1 },
    { base64: over },
    { base64: '' },
    { base64: 'abc' },
    { base64: '****' },
    { id: '../../x' },
  ]) {
    expect(await say(piece(sent, 0, 99, rest)), JSON.stringify(rest).slice(0, 40)).toMatchObject({
      ok: false,
      failure: { kind: 'bad-input' },
    });
  }
});

it('keeps nothing of a file that breaks off, and clears it away with the next one', async () => {
  const begun = await say(piece(sent, 0, 900));
  expect(begun.value).toMatchObject({ next: 900, file: null });
  expect(await dispatch(backend.api, 'snapshots', {})).toMatchObject({ ok: true, value: { files: [] } });
  expect(await readdir(snapshots)).toHaveLength(1);
  await send(sent, SNAPSHOT_PIECE_BYTES);
  expect(await readdir(snapshots)).toEqual(['sent.twsnap']);
  expect(await say(piece(sent, 900, 1800, { id: begun.value?.id ?? null }))).toMatchObject({
    ok: false,
    failure: { message: expect.stringContaining('not being received any more') },
  });
});

it('refuses holes, too many bytes, pieces of another file, and leaves nothing behind', async () => {
  const wrongs = [
    piece(sent, 1000, 1900),
    piece(sent, 900, 1800, { bytes: 1000 }),
    piece(sent, 900, 1800, { name: 'other.twsnap' }),
  ];
  for (const wrong of wrongs) {
    const begun = await say(piece(sent, 0, 900));
    expect(await say({ ...wrong, id: begun.value?.id })).toMatchObject({
      ok: false,
      failure: { kind: 'not-possible' },
    });
    expect(await readdir(snapshots)).toEqual([]);
  }
  expect(await say(piece(sent, 0, 900, { bytes: 800 }))).toMatchObject({ ok: false });
  expect(await readdir(snapshots)).toEqual([]);
});

it('refuses a file that is cut, changed or no snapshot, with the reason', async () => {
  const changed = Buffer.from(sent);
  changed[changed.length >> 1] = (changed[changed.length >> 1] ?? 0) ^ 1;
  const files = [sent.subarray(0, sent.length - 10), changed, Buffer.from('no snapshot at all')];
  for (const file of files) {
    expect(await send(file, SNAPSHOT_PIECE_BYTES)).toMatchObject({
      ok: false,
      failure: { kind: 'not-possible', message: expect.stringMatching(/^The snapshot is refused: .+\.$/u) },
    });
    expect(await readdir(snapshots)).toEqual([]);
  }
});
