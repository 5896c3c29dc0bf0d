import type { Layout } from './layout.ts';
import { readNumber, readTimestamp, scanned } from './number-token.ts';

/** Where the numbers of a body go: one slot for each sample line of the layout. */
export type Slots = { readonly values: Float64Array; readonly timestamps: Float64Array | null };

/**
 * Reads the numbers of a body that has this layout. False when it has not; the slots then hold rubbish.
 *
 * Each stretch between two numbers is compared byte by byte (memcmp, one call for each sample) with the same stretch of
 * the layout's own body. So a true answer means: same bytes but for numbers, each in the same place. Had the
 * whole body been parsed afresh, the same lines, labels and warnings would have come out.
 */
export function readKnownLayout(layout: Layout, body: Buffer, { values, timestamps }: Slots): boolean {
  const { valueStarts, valueEnds, times, body: known, format } = layout;
  const samples = valueStarts.length;
  let at = 0;
  let knownAt = 0;
  for (let sample = 0; sample < samples; sample++) {
    const valueStart = valueStarts[sample] ?? 0;
    const stretchEnd = at + valueStart - knownAt;
    if (stretchEnd > body.length || known.compare(body, at, stretchEnd, knownAt, valueStart) !== 0) return false;
    values[sample] = readNumber(body, stretchEnd);
    if (scanned.end < 0) return false;
    at = scanned.end;
    knownAt = valueEnds[sample] ?? 0;
    if (times === null || timestamps === null) continue;
    const timeStart = times.starts[sample] ?? 0;
    if (timeStart === 0) {
      timestamps[sample] = Number.NaN;
      continue;
    }
    const blanksEnd = at + timeStart - knownAt;
    if (blanksEnd > body.length || known.compare(body, at, blanksEnd, knownAt, timeStart) !== 0) return false;
    timestamps[sample] = readTimestamp(body, blanksEnd, format);
    if (scanned.end < 0) return false;
    at = scanned.end;
    knownAt = times.ends[sample] ?? 0;
  }
  return known.compare(body, at, body.length, knownAt) === 0;
}
