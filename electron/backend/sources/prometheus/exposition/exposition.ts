import type { Result } from '#shared/lib/result.ts';
import type { ExpositionFormat, Series } from '../series.ts';

/** What one body said: its series, and the value and time of each. */
export type Exposition = {
  /** In body order. The same array object as before for as long as set and order of the series stay the same. */
  readonly series: readonly Series[];
  /** `values[i]` belongs to `series[i]`. Valid until the reader's next `read`, and may be longer than `series`. */
  readonly values: Float64Array;
  /** Explicit timestamps in epoch ms, NaN where a line has none; null when no line has one. Valid as `values` is. */
  readonly timestamps: Float64Array | null;
  /** What is wrong in meaning though each line reads well. Bounded in number; texts are fit to be shown. */
  readonly warnings: readonly ExpositionWarning[];
};

export type ExpositionWarningKind =
  | 'duplicate' // the same series twice with one value: the first was kept
  | 'conflict' // the same series twice with different values: both were dropped
  | 'several-timestamps' // the same series at several times: all were kept
  | 'repeated-metadata'
  | 'late-metadata' // HELP, TYPE or UNIT below the family's first sample
  | 'unknown-type'
  | 'split-family' // lines of one family or one histogram do not stand together
  | 'broken-histogram'
  | 'broken-summary'
  | 'broken-stateset'
  | 'impossible-value' // a negative counter, a bucket below the one before it, ...
  | 'misnamed-sample'
  | 'misplaced-exemplar'
  | 'misplaced-unit'
  | 'missing-comma'
  | 'odd-escape'
  | 'no-final-newline'
  | 'more'; // how many warnings were left out

export type ExpositionWarning = {
  readonly kind: ExpositionWarningKind;
  readonly line: number;
  readonly message: string;
};

/** Why a whole body was refused. `truncated` means that the body ends too early; the excerpt is fit to be shown. */
export type ExpositionFailure = {
  readonly kind:
    | 'syntax'
    | 'too-many-samples'
    | 'too-many-labels'
    | 'name-too-long'
    | 'value-too-long'
    | 'truncated'
    | 'invalid-utf8';
  readonly line: number;
  readonly message: string;
  readonly excerpt: string;
};

/** Bounds on one body. Lengths are in bytes on the wire; metric names are bounded as label values are. */
export type ExpositionLimits = {
  readonly samplesMax: number;
  readonly labelsPerSampleMax: number;
  readonly labelNameBytesMax: number;
  readonly labelValueBytesMax: number;
};

/** Reads the bodies of one target, one after the other; it remembers the last body to read the next one fast. */
export type ExpositionReader = {
  readonly read: (body: Uint8Array, format: ExpositionFormat) => Result<Exposition, ExpositionFailure>;
};
