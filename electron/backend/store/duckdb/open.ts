import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { fail, succeed, type Result } from '#shared/lib/result.ts';
import type { StoreFailure } from '../store.ts';
import { failureOf, isLogFailure } from './failures.ts';
import { takeLock, type HeldLock } from './lock-file.ts';

export type OpenOptions = {
  /** The data file, or `:memory:`. */
  readonly path: string;
  /** Bound of DuckDB's buffers, not of the process. Default 256 for a file, 1024 in memory. */
  readonly memoryLimitMegabytes?: number;
};

/** The one folder that a store may write files to; null where it may not. */
export function exportFolderOf({ path }: OpenOptions): string | null {
  return path === IN_MEMORY ? null : `${resolve(path)}.export`;
}

export type OpenDatabase = { readonly instance: DuckDBInstance; close(): Promise<void> };

/** Spilled sorts of long questions stay below this; the default would be nine tenths of the disk. */
const SPILL_MAX = '2GB';

const IN_MEMORY = ':memory:';

const MEGABYTES_OF_FILE = 256;

/** Nothing spills from memory, so all facts must fit: two days of the sample fleet's past alone overflow 256 MB. */
const MEGABYTES_IN_MEMORY = 1024;

/**
 * What is written in memory is packed, to half its size, whenever so much has come in: at the default of 16 MB nearly every
 * stretch of a past packs all that was read before it once more.
 */
const PACKED_AFTER_IN_MEMORY = '128MB';

/**
 * Opens the data file as the only process. Fails with `locked` while another holds it. Where the log beside the file
 * cannot be replayed, it is kept aside under a dated name and the failure is `damaged` with that name: what had not yet
 * reached the file is in there, and opening again works without it.
 */
export async function openDatabase(options: OpenOptions): Promise<Result<OpenDatabase, StoreFailure>> {
  if (options.path === IN_MEMORY) return succeed(await openInMemory(options));
  const path = resolve(options.path);
  await mkdir(dirname(path), { recursive: true });
  const lock = await takeLock(`${path}.lock`);
  if (!lock.ok) return lock;
  try {
    const exportFolder = `${path}.export`;
    // What a run left that was killed while it exported.
    await rm(exportFolder, { recursive: true, force: true });
    const instance = await DuckDBInstance.create(path, settingsOf(options, `${path}.spill`));
    return succeed({ instance, close: () => close(instance, lock.value) });
  } catch (error) {
    const failure = isLogFailure(error) ? await setLogAside(path, error) : failureOf(error);
    await lock.value.release();
    return fail(failure);
  }
}

/**
 * To be called when the tables are there: from here on no statement can reach a file outside of the allowed folders, or
 * loosen a setting.
 */
export async function lockDown(instance: DuckDBInstance, allowedFolder: string | null): Promise<void> {
  const connection = await instance.connect();
  const allowed = allowedFolder === null ? '' : `'${allowedFolder.replaceAll("'", "''")}'`;
  await connection.run(`SET allowed_directories = [${allowed}]`);
  await connection.run('SET enable_external_access = false');
  await connection.run('SET lock_configuration = true');
  connection.closeSync();
}

async function openInMemory(options: OpenOptions): Promise<OpenDatabase> {
  const instance = await DuckDBInstance.create(IN_MEMORY, settingsOf(options, ''));
  return { instance, close: async () => instance.closeSync() };
}

function settingsOf(options: OpenOptions, spillFolder: string): Record<string, string> {
  const isInMemory = options.path === IN_MEMORY;
  const megabytes = isInMemory ? MEGABYTES_IN_MEMORY : MEGABYTES_OF_FILE;
  return {
    ...(isInMemory && { checkpoint_threshold: PACKED_AFTER_IN_MEMORY }),
    threads: '2',
    memory_limit: `${options.memoryLimitMegabytes ?? megabytes}MB`,
    temp_directory: spillFolder,
    max_temp_directory_size: SPILL_MAX,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  };
}

async function close(instance: DuckDBInstance, lock: HeldLock): Promise<void> {
  instance.closeSync();
  await lock.release();
}

/** The name carries the time of the log's last write, so it says what is missing, and needs no clock. */
async function setLogAside(path: string, error: unknown): Promise<StoreFailure> {
  const log = `${path}.wal`;
  const { mtime } = await stat(log);
  const setAside = `${log}.damaged-${mtime.toISOString().replaceAll(':', '-')}`;
  await rename(log, setAside);
  return { ...failureOf(error), kind: 'damaged', setAside };
}
