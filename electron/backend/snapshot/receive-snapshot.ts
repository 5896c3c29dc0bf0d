import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { appendFile, lstat, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Answers, CheckedInput } from '#shared/contract/backend-api.ts';
import { fail, succeed, type Result } from '#shared/lib/result.ts';
import { readSnapshot } from './open-snapshot.ts';
import { aboutOf } from './snapshot-folder.ts';

type Piece = CheckedInput['receiveSnapshot'];
type Received = Answers['receiveSnapshot'];

type Upload = {
  readonly id: string;
  readonly name: string;
  readonly bytes: number;
  readonly path: string;
  /** Bytes that have arrived. */
  arrived: number;
};

/** Takes one file at a time, piece by piece; on failure: why, as a sentence. */
export type SnapshotReceiver = (folder: string, piece: Piece) => Promise<Result<Received, string>>;

/** No name of a snapshot begins with a full stop, so a file that is not whole is neither listed nor opened. */
const PART = /^\.receiving-[0-9a-f-]{36}$/u;

/** How every ZIP begins that has an entry. */
const ZIP_START = Buffer.from('PK\u0003\u0004', 'latin1');

const GONE = 'This file is not being received any more: drop it again';

/** Names that are tried where one is taken. */
const NAMES_MAX = 100;

/**
 * Receives a snapshot from a page, which has no path to give: into a file of our own naming, which gets the name of a snapshot
 * only when all of it has arrived and has passed every check.
 */
export function createSnapshotReceiver(): SnapshotReceiver {
  let upload: Upload | null = null;
  // Pieces may come at once: each waits for the one before.
  let last: Promise<unknown> = Promise.resolve();

  async function take(folder: string, piece: Piece): Promise<Result<Received, string>> {
    if (piece.id === null) upload = await begin(folder, piece);
    const current = upload;
    if (current === null || (piece.id !== null && piece.id !== current.id)) return fail(GONE);
    const trouble = await added(current, piece);
    if (trouble === null && current.arrived < current.bytes) {
      return succeed({ id: current.id, next: current.arrived, file: null });
    }
    upload = null;
    const kept = trouble === null ? await keep(folder, current) : fail(trouble);
    await rm(current.path, { force: true });
    return kept;
  }

  return (folder, piece) => {
    const turn = last.then(() => take(folder, piece));
    last = turn.catch(() => undefined);
    return turn;
  };
}

/** A new file takes the place of one that never became whole. */
async function begin(folder: string, { name, bytes }: Piece): Promise<Upload> {
  const left = (await readdir(folder)).filter((entry) => PART.test(entry));
  await Promise.all(left.map((entry) => rm(join(folder, entry), { force: true })));
  const id = randomUUID();
  return { id, name, bytes, path: join(folder, `.receiving-${id}`), arrived: 0 };
}

/** Adds a piece to the file; why it cannot be, or null. */
async function added(upload: Upload, piece: Piece): Promise<string | null> {
  const bytes = Buffer.from(piece.base64, 'base64');
  if (piece.name !== upload.name || piece.bytes !== upload.bytes) return 'The pieces are of different files';
  if (piece.offset !== upload.arrived) return 'A piece of the file is missing: drop it again';
  if (upload.arrived + bytes.length > upload.bytes) return 'The file is longer than it was said to be';
  if (upload.arrived === 0 && !bytes.subarray(0, ZIP_START.length).equals(ZIP_START)) {
    return 'The snapshot is refused: it is no snapshot';
  }
  try {
    await appendFile(upload.path, bytes, { mode: 0o600 });
  } catch (error) {
    return `The file cannot be kept: ${error instanceof Error ? error.message : String(error)}`;
  }
  upload.arrived += bytes.length;
  return null;
}

async function keep(folder: string, { id, name, bytes, path }: Upload): Promise<Result<Received, string>> {
  const read = await readSnapshot(path);
  if (!read.ok) return fail(`The snapshot is refused: ${read.failure}`);
  const place = await placeFor(folder, name, path);
  if (place === null) return fail(`There are too many snapshots called ${name}`);
  if (!place.isThere) await rename(path, join(folder, place.name));
  const file = { name: place.name, bytes, about: aboutOf(read.value), refusal: null };
  return succeed({ id, next: null, file });
}

type Place = { readonly name: string; readonly isThere: boolean };

/** A name that is free, or that the very same file has: nothing is written over. */
async function placeFor(folder: string, name: string, path: string): Promise<Place | null> {
  const stem = name.slice(0, -'.twsnap'.length).slice(0, 90);
  for (let number = 1; number <= NAMES_MAX; number += 1) {
    const candidate = number === 1 ? name : `${stem}-${number}.twsnap`;
    const there = join(folder, candidate);
    const state = await lstat(there).catch(() => null);
    if (state === null) return { name: candidate, isThere: false };
    if (state.isFile() && (await sha256OfFile(there)) === (await sha256OfFile(path))) {
      return { name: candidate, isThere: true };
    }
  }
  return null;
}

async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
