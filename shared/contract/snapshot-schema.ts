import { z } from 'zod';
import type { EpochMs } from '#shared/time/instant.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import { window } from './input-schema.ts';

/** A file name in the folder of snapshots: no path, nothing that a shell or a file system reads as more than a name. */
export const snapshotName = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,100}\.twsnap$/,
    'a snapshot is named with letters, digits, . _ - and ends in .twsnap',
  );

/** How fine the facts of a snapshot can be. */
export const SNAPSHOT_GRAINS = ['minute', 'hour'] as const;

/** A file beyond this is refused unread. */
export const SNAPSHOT_BYTES_MAX = 1_500_000_000;

/** Bytes of a file in one call: as base64 they fit into the body that a server takes. */
export const SNAPSHOT_PIECE_BYTES = 384 * 1024;

const receivedBytes = z.number().int().min(0).max(SNAPSHOT_BYTES_MAX);

export const SNAPSHOT_CALLS = {
  /** The snapshots in the data folder. */
  snapshots: z.strictObject({}),
  /** Saves a window of what is shown into the data folder; null names it by fleet and window. */
  saveSnapshot: z.strictObject({
    window,
    grain: z.enum(SNAPSHOT_GRAINS).default('hour'),
    hasPseudonyms: z.boolean().default(false),
    name: snapshotName.nullable().default(null),
  }),
  /** Shows a snapshot in place of the live fleet; null asks with the host's dialog. */
  openSnapshot: z.strictObject({ name: snapshotName.nullable().default(null) }),
  /** Takes a file into the folder piece by piece, in order; `id` is null for the first piece. It is kept when it is whole. */
  receiveSnapshot: z.strictObject({
    id: z.uuid().nullable().default(null),
    name: snapshotName,
    /** Of the whole file. */
    bytes: receivedBytes.min(1),
    offset: receivedBytes,
    base64: z
      .string()
      .min(4)
      .max((SNAPSHOT_PIECE_BYTES / 3) * 4)
      .regex(/^[A-Za-z0-9+/]+={0,2}$/u, 'not base64')
      .refine((text) => text.length % 4 === 0, { message: 'not base64' }),
  }),
  /** Goes back to the live fleet. */
  closeSnapshot: z.strictObject({}),
} as const;

/** What a snapshot says of itself. */
export type SnapshotAbout = {
  readonly fleetName: string;
  readonly isSample: boolean;
  readonly takenAt: EpochMs;
  readonly window: TimeRange;
  readonly grain: 'minute' | 'hour';
  /** Whose minutes are inside: in a large fleet those of groups of alike GPUs and engines, beside the hours of each. */
  readonly minutesOf: 'each' | 'group';
  readonly hasPseudonyms: boolean;
  readonly madeBy: string;
  /** Public key that vouches for it, base64; null: nobody does. */
  readonly signedBy: string | null;
  /** Version of the catalogue of references that was in use; null where none could be read. */
  readonly catalogue: string | null;
};

/** How fine the facts are, as words that follow a window. */
export function grainInWords({ grain, minutesOf }: Pick<SnapshotAbout, 'grain' | 'minutesOf'>): string {
  if (grain === 'hour') return 'by the hour';
  return minutesOf === 'each' ? 'by the minute' : 'by the minute for pools and models, by the hour for each GPU';
}

/** A file in the folder: what it says of itself, or why it is refused. */
export type SnapshotFile = {
  readonly name: string;
  readonly bytes: number;
  readonly about: SnapshotAbout | null;
  readonly refusal: string | null;
};

/** The snapshot that is shown in place of the live fleet. `canClose`: there is a live fleet to go back to. */
export type ShownSnapshot = SnapshotAbout & { readonly canClose: boolean };

export type SnapshotAnswers = {
  readonly snapshots: { readonly folder: string | null; readonly files: readonly SnapshotFile[] };
  readonly saveSnapshot: SnapshotFile;
  /** Null when the dialog was closed without a choice. */
  readonly openSnapshot: SnapshotAbout | null;
  /** `next` is where the next piece begins; null at the end, when `file` is what was kept, under a name that was free. */
  readonly receiveSnapshot: { readonly id: string; readonly next: number | null; readonly file: SnapshotFile | null };
  readonly closeSnapshot: { readonly closed: boolean };
};
