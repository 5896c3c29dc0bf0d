import { readFile, rm, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { fail, succeed, type Result } from '#shared/lib/result.ts';
import type { StoreFailure } from '../store.ts';
import { messageOf } from './failures.ts';

/** Who holds a lock: `startedAt` tells a process from a later one that was given the same number. */
type Owner = { readonly process: number; readonly startedAt: string | null };

export type HeldLock = { release(): Promise<void> };

/** Locks of this process: DuckDB does not refuse a second instance on one file in one process. */
const heldHere = new Set<string>();

const ATTEMPTS_MAX = 3;

/**
 * Takes the lock file at `path`, or fails with `locked` while another living process, or this one, holds it. DuckDB's
 * own lock is not enough: it is lost when any other descriptor of the file is closed in the owning process. A lock
 * left by a dead process is taken over. Two processes that take over the same one at once are told apart by DuckDB.
 */
export async function takeLock(path: string): Promise<Result<HeldLock, StoreFailure>> {
  if (heldHere.has(path)) return fail(locked(path, process.pid));
  const own: Owner = { process: process.pid, startedAt: startOf(process.pid) };
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
    try {
      await writeFile(path, JSON.stringify(own), { flag: 'wx', mode: 0o600 });
      heldHere.add(path);
      return succeed({ release: () => release(path) });
    } catch (error) {
      if (!isExists(error)) return fail({ kind: 'failed', message: messageOf(error) });
    }
    const owner = await readOwner(path);
    if (owner !== null && isAlive(owner)) return fail(locked(path, owner.process));
    await rm(path, { force: true });
  }
  return fail(locked(path, null));
}

async function release(path: string): Promise<void> {
  heldHere.delete(path);
  await rm(path, { force: true });
}

function locked(path: string, ownerProcess: number | null): StoreFailure {
  const who = ownerProcess === null ? 'another process' : `process ${ownerProcess}`;
  return { kind: 'locked', message: `The data is in use by ${who} (${path}).`, ownerProcess };
}

/** The owner a lock file names, or null when it is gone or was never fully written. */
async function readOwner(path: string): Promise<Owner | null> {
  try {
    const { process: owner, startedAt }: Partial<Owner> = JSON.parse(await readFile(path, 'utf8'));
    return typeof owner === 'number' ? { process: owner, startedAt: startedAt ?? null } : null;
  } catch {
    return null;
  }
}

/** Our own number in a lock that we do not hold is left over too: containers give every run the same number. */
function isAlive(owner: Owner): boolean {
  if (owner.process === process.pid) return false;
  try {
    process.kill(owner.process, 0);
  } catch (error) {
    return hasCode(error, 'EPERM');
  }
  const startedAt = startOf(owner.process);
  if (startedAt === ENDED) return false;
  return owner.startedAt === null || startedAt === null || owner.startedAt === startedAt;
}

/** A process that ended, but whose parent has not asked about it, still answers to its number. */
const ENDED = 'ended';

/** When a process was started, in ticks since boot: field 22 of /proc/<pid>/stat; null where there is no /proc. */
function startOf(processNumber: number): string | null {
  try {
    const stat = readFileSync(`/proc/${processNumber}/stat`, 'latin1');
    const [state, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' || state === 'X' ? ENDED : (rest[18] ?? null);
  } catch {
    return null;
  }
}

function isExists(error: unknown): boolean {
  return hasCode(error, 'EEXIST');
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
