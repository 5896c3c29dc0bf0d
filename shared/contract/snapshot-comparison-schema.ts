import { z } from 'zod';
import type { Figure } from '#shared/model/figure.ts';
import type { TokenBasis } from '#shared/model/token-basis.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import { basis, scope, window } from './input-schema.ts';
import { snapshotName, type SnapshotAbout } from './snapshot-schema.ts';

const side = z.discriminatedUnion('kind', [
  /** The fleet that is on the screens: live, or the snapshot that is shown in place of it. */
  z.strictObject({ kind: z.literal('shown'), window }),
  /** A file in the folder of snapshots; null takes its whole window. */
  z.strictObject({ kind: z.literal('snapshot'), name: snapshotName, window: window.nullable().default(null) }),
]);

/** Two fleets beside each other; `first` prices both under the cost book of the first side. */
export const compareSnapshotsSchema = z.strictObject({
  first: side,
  second: side,
  scope,
  basis,
  book: z.enum(['own', 'first']).default('own'),
});

export type ComparedSideAsk = z.input<typeof side>;

/** What one side of a comparison is. */
export type ComparedSide = {
  /** The file, or what is shown. */
  readonly name: string;
  readonly fleetName: string;
  /** What the snapshot says of itself; null for the live fleet. */
  readonly about: SnapshotAbout | null;
  /** The window that its figures cover. */
  readonly window: TimeRange;
};

/** One measure of both sides. */
export type ComparedMeasure = {
  readonly key: string;
  readonly label: string;
  readonly first: Figure;
  readonly second: Figure;
  /** second - first, in the unit of both. */
  readonly difference: Figure;
  /** The difference as a share of the first; null with a reason. */
  readonly relative: number | null;
  /** Why the difference, or its share, is not there. */
  readonly reason: string | null;
};

export type SnapshotComparison = {
  readonly first: ComparedSide;
  readonly second: ComparedSide;
  readonly basis: TokenBasis;
  readonly book: 'own' | 'first';
  readonly measures: readonly ComparedMeasure[];
  /** What a reader must know before trusting a difference. */
  readonly notes: readonly string[];
};
