import { OPEN_BRACE, SPACE, endOfName, skipBlanks } from './bytes.ts';
import type { LabelBlock } from './label-block.ts';
import { readNumber, scanned } from './number-token.ts';
import type { SampleDraft } from './sample-draft.ts';
import { parseOpenMetricsTail, parseTextTail } from './sample-tail.ts';
import { REFUSED, refuse, type Scan } from './scan.ts';

/** Reads a sample line: name, labels, value, and what may follow the value. */
export function parseSample(scan: Scan, start: number, draft: SampleDraft): number {
  const { bytes, limits } = scan;
  if (draft.lines.length >= limits.samplesMax) return refuse(scan, start, 'too many samples', 'too-many-samples');
  const nameEnd = endOfName(bytes, start);
  if (nameEnd - start > limits.labelValueBytesMax)
    return refuse(scan, start, 'a metric name is too long', 'name-too-long');
  const blockStart = skipTokenBlanks(scan, nameEnd);
  const block = bytes[blockStart] === OPEN_BRACE ? draft.labelBlocks.read(blockStart) : draft.labelBlocks.none;
  if (block === null) return REFUSED;
  const name = block.quotedName ?? bytes.toString('latin1', start, nameEnd);
  if (name === '') return refuse(scan, start, 'a line must start with a metric name');
  if (block.quotedName !== null && nameEnd > start) return refuse(scan, start, 'a second metric name');
  const hasBlock = block.byteLength > 0;
  const valueStart = startOfValue(scan, hasBlock ? blockStart + block.byteLength : nameEnd, hasBlock);
  if (valueStart === REFUSED) return REFUSED;
  const value = readNumber(bytes, valueStart);
  if (scanned.end < 0) return refuse(scan, valueStart, 'a number must stand here');
  const valueEnd = scanned.end;
  draft.nameIndexes.push(nameIndexOf(name, draft));
  draft.blocks.push(block);
  draft.lines.push(scan.line);
  draft.values.push(value);
  draft.valueStarts.push(valueStart);
  draft.valueEnds.push(valueEnd);
  if (block.oddities.length > 0) warnOfOddities(scan, block);
  return scan.format === 'openmetrics'
    ? parseOpenMetricsTail(scan, valueEnd, draft)
    : parseTextTail(scan, valueEnd, draft);
}

function nameIndexOf(name: string, draft: SampleDraft): number {
  const known = draft.nameIndexByName.get(name);
  if (known !== undefined) return known;
  const index = draft.names.length;
  draft.names.push(name);
  draft.nameIndexByName.set(name, index);
  return index;
}

function warnOfOddities(scan: Scan, block: LabelBlock): void {
  for (const oddity of block.oddities) {
    const message = oddity === 'missing-comma' ? 'no comma between two labels' : 'a backslash escapes nothing it may';
    scan.warnings.add(oddity, scan.line, message);
  }
}

/** OpenMetrics asks for one blank before the value; Prometheus text takes any number, and none after a brace. */
function startOfValue(scan: Scan, end: number, hasBlock: boolean): number {
  const start = scan.format === 'openmetrics' ? end + 1 : skipBlanks(scan.bytes, end);
  const isParted = scan.format === 'openmetrics' ? scan.bytes[end] === SPACE : hasBlock || start > end;
  return isParted ? start : refuse(scan, end, 'a blank and a value must follow here');
}

function skipTokenBlanks(scan: Scan, at: number): number {
  return scan.format === 'openmetrics' ? at : skipBlanks(scan.bytes, at);
}
