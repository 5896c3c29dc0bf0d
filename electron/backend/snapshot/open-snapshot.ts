import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { MIGRATIONS } from '#backend/store/duckdb/migrate.ts';
import { openExportedStore } from '#backend/store/duckdb/open-exported.ts';
import { EMPTY_BATCH, type Store } from '#backend/store/store.ts';
import { costBookSchema } from '#shared/contract/cost-book-schema.ts';
import { SNAPSHOT_BYTES_MAX } from '#shared/contract/snapshot-schema.ts';
import { fail, succeed, type Result } from '#shared/lib/result.ts';
import type { FleetEvent } from '#shared/model/fact.ts';
import type { CostBook } from '#shared/model/cost-book.ts';
import { checkSnapshot, readEntry, type CheckedSnapshot } from './check-snapshot.ts';
import { FLEET, fleetEntrySchema } from './fleet-entry.ts';
import { COST_BOOK, DOCUMENTS, type Manifest } from './manifest.ts';

export type OpenedSnapshot = {
  readonly manifest: Manifest;
  readonly signedBy: string | null;
  readonly store: Store;
  readonly book: CostBook;
  /** Closes the store and removes what was unpacked. */
  close(): Promise<void>;
};

/** Reads and checks a snapshot file without opening its facts. On failure: why it is refused, as a sentence. */
export async function readSnapshot(path: string): Promise<Result<CheckedSnapshot, string>> {
  const file = await readWhole(path);
  return file.ok ? checkSnapshot(file.value) : file;
}

/**
 * Opens a snapshot as a store of its own, in a private folder that goes when it is closed: the program's own store is never
 * touched. On failure: why it is refused, as a sentence.
 */
export async function openSnapshot(path: string): Promise<Result<OpenedSnapshot, string>> {
  const checked = await readSnapshot(path);
  if (!checked.ok) return checked;
  const { manifest, entries, signedBy } = checked.value;
  if (manifest.schema > MIGRATIONS.length) {
    return fail(`its tables have schema ${manifest.schema}; this program knows ${MIGRATIONS.length}: use a newer one`);
  }
  const book = readEntry(entries, COST_BOOK, costBookSchema);
  const fleet = readEntry(entries, FLEET, fleetEntrySchema);
  const documents = readEntry(entries, DOCUMENTS, z.record(z.string().max(64), z.unknown()));
  if (!book.ok) return book;
  if (!fleet.ok) return fleet;
  if (!documents.ok) return documents;
  const folder = await mkdtemp(join(tmpdir(), 'tokenwatt-snapshot-'));
  const removeFolder = () => rm(folder, { recursive: true, force: true });
  for (const [name, bytes] of entries) {
    if (name.endsWith('.parquet')) await writeFile(join(folder, name), bytes, { mode: 0o600 });
  }
  const { window, grain, minutesOf } = manifest;
  const opened = await openExportedStore({ dimensions: fleet.value.dimensions, window, grain, minutesOf, folder });
  if (!opened.ok) {
    await removeFolder();
    return fail(opened.failure.message);
  }
  const store = opened.value;
  const kept = await keepRest(store, fleet.value.events as readonly FleetEvent[], documents.value, book.value);
  if (!kept.ok) {
    await store.close();
    await removeFolder();
    return kept;
  }
  return succeed({
    manifest,
    signedBy,
    store,
    book: book.value,
    close: async () => {
      await store.close();
      await removeFolder();
    },
  });
}

async function keepRest(
  store: Store,
  events: readonly FleetEvent[],
  documents: Readonly<Record<string, unknown>>,
  book: CostBook,
): Promise<Result<void, string>> {
  const added = await store.append({ ...EMPTY_BATCH, events });
  if (!added.ok) return fail(added.failure.message);
  const saved = await store.saveCostBook(book);
  if (!saved.ok) return fail(saved.failure.message);
  for (const [name, value] of Object.entries(documents)) {
    const written = await store.saveDocument(name, value);
    if (!written.ok) return fail(written.failure.message);
  }
  return succeed(undefined);
}

async function readWhole(path: string): Promise<Result<Buffer, string>> {
  try {
    const file = await open(path, 'r');
    try {
      const { size } = await file.stat();
      if (size > SNAPSHOT_BYTES_MAX) return fail(`it is larger than ${SNAPSHOT_BYTES_MAX / 1e9} GB`);
      return succeed(await file.readFile());
    } finally {
      await file.close();
    }
  } catch (error) {
    return fail(`it cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}
