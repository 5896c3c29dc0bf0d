import { randomUUID } from 'node:crypto';
import { basename } from 'node:path';
import type { Clock } from '#backend/clock.ts';
import type { OpenedFile } from '#shared/contract/source-schema.ts';

/** Files that were chosen in the host's dialog. Views hold a handle; the path never leaves the backend. */
export type OpenedFiles = {
  remember(path: string): OpenedFile;
  /** The path behind a handle; null for anything else, and for handles that are too old. */
  pathOf(address: string): string | null;
};

const PREFIX = 'opened:';
const KEPT_MS = 3_600_000;

export function createOpenedFiles(clock: Clock): OpenedFiles {
  const paths = new Map<string, { readonly path: string; readonly untilMs: number }>();
  return {
    remember: (path) => {
      for (const [handle, { untilMs }] of paths) if (untilMs < clock.monotonicMs()) paths.delete(handle);
      const address = PREFIX + randomUUID();
      paths.set(address, { path, untilMs: clock.monotonicMs() + KEPT_MS });
      return { address, fileName: basename(path) };
    },
    pathOf: (address) => {
      const known = paths.get(address);
      return known === undefined || known.untilMs < clock.monotonicMs() ? null : known.path;
    },
  };
}
