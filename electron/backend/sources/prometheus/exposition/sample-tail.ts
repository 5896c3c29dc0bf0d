import { HASH, SPACE, skipBlanks } from './bytes.ts';
import { parseExemplar } from './exemplar.ts';
import { endLine, lineBreakLength } from './line-end.ts';
import { readTimestamp, scanned } from './number-token.ts';
import type { SampleDraft } from './sample-draft.ts';
import { REFUSED, refuse, type Scan } from './scan.ts';

/** After the value: a timestamp in whole ms or nothing. */
export function parseTextTail(scan: Scan, valueEnd: number, draft: SampleDraft): number {
  const tokenStart = skipBlanks(scan.bytes, valueEnd);
  const isLineEnd = tokenStart >= scan.bytes.length || lineBreakLength(scan.bytes, tokenStart) > 0;
  if (isLineEnd) {
    noteTimestamp(draft, null);
    return endLine(scan, tokenStart);
  }
  if (tokenStart === valueEnd) return refuse(scan, valueEnd, 'the value is no number');
  const timeEnd = parseTimestamp(scan, tokenStart, draft);
  return timeEnd === REFUSED ? REFUSED : endLine(scan, skipBlanks(scan.bytes, timeEnd));
}

/** After the value: a timestamp in seconds, an exemplar, both or nothing, parted by single blanks. */
export function parseOpenMetricsTail(scan: Scan, valueEnd: number, draft: SampleDraft): number {
  const { bytes } = scan;
  let at = valueEnd;
  if (bytes[at] === SPACE && bytes[at + 1] !== HASH) {
    at = parseTimestamp(scan, at + 1, draft);
    if (at === REFUSED) return REFUSED;
  } else {
    noteTimestamp(draft, null);
  }
  if (bytes[at] === SPACE) {
    at = parseExemplar(scan, at + 1, draft.labelBlocks);
    if (at === REFUSED) return REFUSED;
    draft.withExemplar.push(draft.lines.length - 1);
  }
  return endLine(scan, at);
}

function parseTimestamp(scan: Scan, start: number, draft: SampleDraft): number {
  const time = readTimestamp(scan.bytes, start, scan.format);
  if (scanned.end < 0) return refuse(scan, start, 'no timestamp');
  noteTimestamp(draft, { time, start, end: scanned.end });
  return scanned.end;
}

/** Lists of timestamps are filled only from the first line on that has one; most bodies have none. */
function noteTimestamp(
  draft: SampleDraft,
  token: { readonly time: number; readonly start: number; readonly end: number } | null,
): void {
  if (token === null && !draft.hasTimestamp) return;
  draft.hasTimestamp = true;
  while (draft.times.length < draft.lines.length - 1) pushTimestamp(draft, Number.NaN, 0, 0);
  if (token === null) pushTimestamp(draft, Number.NaN, 0, 0);
  else pushTimestamp(draft, token.time, token.start, token.end);
}

function pushTimestamp(draft: SampleDraft, time: number, start: number, end: number): void {
  draft.times.push(time);
  draft.timeStarts.push(start);
  draft.timeEnds.push(end);
}
