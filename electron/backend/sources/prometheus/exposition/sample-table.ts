import type { LabelBlock } from './label-block.ts';

/** The sample lines of one body as they stand on the wire, one entry of each list per line; positions are in bytes. */
export type SampleTable = {
  readonly names: readonly string[];
  /** For each sample, which of `names` it has. */
  readonly nameIndexes: readonly number[];
  readonly blocks: readonly LabelBlock[];
  readonly lines: readonly number[];
  readonly values: readonly number[];
  readonly valueStarts: readonly number[];
  readonly valueEnds: readonly number[];
  /** Explicit timestamps; null when no line has one. */
  readonly timestamps: TimestampTable | null;
  /** Samples that carry an exemplar. */
  readonly withExemplar: readonly number[];
};

/** For each sample, its time in epoch ms (NaN where it has none) and its token's place (0 to 0 where it has none). */
export type TimestampTable = {
  readonly times: readonly number[];
  readonly starts: readonly number[];
  readonly ends: readonly number[];
};
