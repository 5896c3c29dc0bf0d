import { isUtf8 } from 'node:buffer';
import { CARRIAGE_RETURN, HASH, LINE_FEED, skipBlanks } from './bytes.ts';
import { readComment, type Metadata } from './comment-line.ts';
import type { ExpositionFailure } from './exposition.ts';
import { lineBreakLength } from './line-end.ts';
import { createDraft, dropSamplesFrom, tableOf, type SampleDraft } from './sample-draft.ts';
import { parseSample } from './sample-line.ts';
import type { SampleTable } from './sample-table.ts';
import { REFUSED, refuse, type Scan } from './scan.ts';

export type ParsedBody = { readonly table: SampleTable; readonly metadata: readonly Metadata[] };

/** Reads a whole body line by line, knowing nothing of earlier ones; null when it is refused, with `scan.failure` set. */
export function parseBody(scan: Scan): ParsedBody | null {
  if (!isUtf8(scan.bytes)) {
    refuseUtf8(scan);
    return null;
  }
  const draft = createDraft(scan);
  const end = scan.bytes.length;
  let at = 0;
  while (at < end && !draft.hasEnded) {
    scan.line++;
    at = parseLine(scan, at, draft);
    if (at === REFUSED) return null;
  }
  if (checkEnd(scan, at, draft) === REFUSED) return null;
  return { table: tableOf(draft), metadata: draft.metadata };
}

/**
 * Reads every line of a body that can be read, and hands over why each other one cannot: for looking at a text, never for
 * counting with it. Stops at the limit of samples.
 */
export function parseReadableLines(scan: Scan, refused: (failure: ExpositionFailure) => void): ParsedBody {
  const draft = createDraft(scan);
  const isText = isUtf8(scan.bytes);
  const tell = (): void => {
    if (scan.failure !== null) refused(scan.failure);
  };
  let at = 0;
  while (at < scan.bytes.length && !draft.hasEnded) {
    const samples = draft.lines.length;
    const end = endOfLine(scan.bytes, at);
    scan.line++;
    const isGood = isText || isUtf8(scan.bytes.subarray(at, end));
    const next = isGood ? parseLine(scan, at, draft) : refuse(scan, at, NOT_UTF8, 'invalid-utf8');
    if (next === REFUSED) {
      dropSamplesFrom(draft, samples);
      tell();
      if (scan.failure?.kind === 'too-many-samples') return { table: tableOf(draft), metadata: draft.metadata };
    }
    at = next === REFUSED ? end : next;
  }
  if (checkEnd(scan, at, draft) === REFUSED) {
    // A number without anything behind it may have lost its last digits.
    if (scan.format === 'prometheus-text') dropSamplesFrom(draft, draft.lines.length - 1);
    tell();
  }
  return { table: tableOf(draft), metadata: draft.metadata };
}

const NOT_UTF8 = 'the line is not UTF-8';

/** One past the line break of the line that starts at `start`. */
function endOfLine(bytes: Buffer, start: number): number {
  const lineFeed = bytes.indexOf(LINE_FEED, start);
  return lineFeed < 0 ? bytes.length : lineFeed + 1;
}

/** Reads the line at `start` and returns where the next one starts. */
function parseLine(scan: Scan, start: number, draft: SampleDraft): number {
  const at = scan.format === 'openmetrics' ? start : skipBlanks(scan.bytes, start);
  if (scan.bytes[at] === HASH) return parseComment(scan, at, draft);
  const isBlank = at >= scan.bytes.length || lineBreakLength(scan.bytes, at) > 0;
  if (!isBlank) return parseSample(scan, at, draft);
  if (scan.format === 'openmetrics') return refuse(scan, at, 'OpenMetrics knows no blank lines');
  return at + lineBreakLength(scan.bytes, at);
}

function parseComment(scan: Scan, start: number, draft: SampleDraft): number {
  const lineFeed = scan.bytes.indexOf(LINE_FEED, start);
  const lineEnd = lineFeed < 0 ? scan.bytes.length : lineFeed;
  const end = lineFeed > start && scan.bytes[lineFeed - 1] === CARRIAGE_RETURN ? lineFeed - 1 : lineEnd;
  const comment = readComment(scan, { start, end });
  if (comment === null) return REFUSED;
  if (comment === 'end') draft.hasEnded = true;
  else if (comment !== 'remark') draft.metadata.push(comment);
  return lineFeed < 0 ? lineEnd : lineFeed + 1;
}

/** OpenMetrics tells a whole body from a cut one by its `# EOF`; Prometheus text by the last line break, if at all. */
function checkEnd(scan: Scan, at: number, draft: SampleDraft): number {
  const { bytes } = scan;
  if (scan.format === 'openmetrics') {
    if (!draft.hasEnded) return refuse(scan, at, 'no # EOF at its end', 'truncated');
    return at < bytes.length ? refuse(scan, at - 1, 'nothing may follow # EOF') : at;
  }
  if (bytes.length === 0 || bytes[bytes.length - 1] === LINE_FEED) return at;
  if (endsWithBareValue(bytes, draft)) return refuse(scan, at, 'no line break follows the last value', 'truncated');
  scan.warnings.add('no-final-newline', scan.line, 'the last line does not end with a line break');
  return at;
}

/**
 * A last line such as `bla 3.14` without a line break. The published test suites ask to refuse it, and to take the same
 * with labels or a timestamp, which NVIDIA NIM 1.x really sends.
 */
function endsWithBareValue(bytes: Buffer, draft: SampleDraft): boolean {
  return draft.valueEnds.at(-1) === bytes.length && draft.blocks.at(-1)?.byteLength === 0;
}

/** Names the first line that is not UTF-8. A line feed is never part of a longer character. */
function refuseUtf8(scan: Scan): void {
  const { bytes } = scan;
  for (let start = 0; start < bytes.length;) {
    const end = endOfLine(bytes, start);
    scan.line++;
    if (!isUtf8(bytes.subarray(start, end))) {
      refuse(scan, start, NOT_UTF8, 'invalid-utf8');
      return;
    }
    start = end;
  }
}
