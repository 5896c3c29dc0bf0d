import type { StoreFailure } from '../store.ts';

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** What went wrong in DuckDB, told from its message: the binding gives no codes. Texts of 1.5. */
export function failureOf(error: unknown): StoreFailure {
  const message = messageOf(error);
  const owner = /Conflicting lock is held.*\(PID (\d+)\)/s.exec(message);
  if (owner !== null || /Could not set lock on file/.test(message)) {
    return { kind: 'locked', message, ownerProcess: owner === null ? null : Number(owner[1]) };
  }
  if (/No space left on device|not enough (disk )?space|disk full|Disk quota exceeded/i.test(message)) {
    return { kind: 'disk-full', message };
  }
  if (/Corrupt|not a valid DuckDB database|Could not read enough bytes|Failure while replaying WAL/.test(message)) {
    return { kind: 'damaged', message, setAside: null };
  }
  if (/newer version of DuckDB|we can only read versions? between|database file with version number/.test(message)) {
    return { kind: 'newer-version', message };
  }
  return { kind: 'failed', message };
}

/** Whether opening failed on the log alone, so that the file without it may still be good. */
export function isLogFailure(error: unknown): boolean {
  return /Failure while replaying WAL/.test(messageOf(error));
}
