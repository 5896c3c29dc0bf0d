import { mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { SnapshotAbout, SnapshotFile } from '#shared/contract/snapshot-schema.ts';
import { snapshotName } from '#shared/contract/snapshot-schema.ts';
import type { EpochMs } from '#shared/time/instant.ts';
import type { CheckedSnapshot } from './check-snapshot.ts';
import { readSnapshot } from './open-snapshot.ts';

/** Files beyond this many are not read: the folder is ours, but not ours alone. */
const FILES_MAX = 200;

/** The place of snapshots inside a data folder; made when it is not there. */
export async function snapshotFolder(dataFolder: string): Promise<string> {
  const folder = join(dataFolder, 'snapshots');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return folder;
}

/** The snapshots of a folder, newest file first, each checked from its first byte to its last. */
export async function listSnapshots(folder: string): Promise<SnapshotFile[]> {
  const names = (await readdir(folder)).filter((name) => snapshotName.safeParse(name).success).slice(0, FILES_MAX);
  const files = await Promise.all(
    names.map(async (name) => ({ name, state: await stat(join(folder, name)).catch(() => null) })),
  );
  const sorted = files.toSorted((one, other) => (other.state?.mtimeMs ?? 0) - (one.state?.mtimeMs ?? 0));
  const listed: SnapshotFile[] = [];
  // One after the other: a file is read whole to be checked.
  for (const { name, state } of sorted) {
    if (state?.isFile() === true) listed.push(await describedFile(folder, name, state.size));
  }
  return listed;
}

export async function describedFile(folder: string, name: string, bytes: number): Promise<SnapshotFile> {
  const read = await readSnapshot(join(folder, name));
  return read.ok
    ? { name, bytes, about: aboutOf(read.value), refusal: null }
    : { name, bytes, about: null, refusal: read.failure };
}

export function aboutOf({ manifest, signedBy }: Pick<CheckedSnapshot, 'manifest' | 'signedBy'>): SnapshotAbout {
  const { fleetName, isSample, takenAt, window, grain, minutesOf, hasPseudonyms, madeBy, settings } = manifest;
  const { catalogue } = settings;
  return { fleetName, isSample, takenAt, window, grain, minutesOf, hasPseudonyms, madeBy, signedBy, catalogue };
}

/** A name that says what is inside: `my-fleet-2026-11-01T00-2026-11-25T16.twsnap`. */
export function nameOfSnapshot(
  fleetName: string,
  { from, to }: { readonly from: EpochMs; readonly to: EpochMs },
): string {
  const fleet = fleetName
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, 40);
  const day = (at: EpochMs): string => new Date(at).toISOString().slice(0, 13);
  return `${fleet === '' ? 'fleet' : fleet}-${day(from)}-${day(to)}.twsnap`;
}
