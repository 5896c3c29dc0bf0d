import { HASH, OPEN_BRACE, SPACE } from './bytes.ts';
import type { LabelBlock, LabelBlocks } from './label-block.ts';
import { readNumber, readTimestamp, scanned } from './number-token.ts';
import { REFUSED, refuse, type Scan } from './scan.ts';

/** OpenMetrics 1.0.0: names and values of an exemplar's labels have at most this many characters together. */
const EXEMPLAR_CHARACTERS_MAX = 128;

/** Checks `# {labels} value [timestamp]`. Exemplars are not kept: nothing here asks for single requests. */
export function parseExemplar(scan: Scan, start: number, blocks: LabelBlocks): number {
  const { bytes } = scan;
  if (bytes[start] !== HASH || bytes[start + 1] !== SPACE || bytes[start + 2] !== OPEN_BRACE) {
    return refuse(scan, start, 'an exemplar must start with "# {"');
  }
  const block = blocks.read(start + 2);
  if (block === null) return REFUSED;
  if (block.quotedName !== null) return refuse(scan, start, 'an exemplar has no metric name');
  if (charactersOf(block) > EXEMPLAR_CHARACTERS_MAX)
    return refuse(scan, start, 'the labels of an exemplar are too long');
  const blockEnd = start + 2 + block.byteLength;
  if (bytes[blockEnd] !== SPACE) return refuse(scan, blockEnd, 'a blank and a value must follow here');
  readNumber(bytes, blockEnd + 1);
  if (scanned.end < 0) return refuse(scan, blockEnd + 1, 'a number must stand here');
  if (bytes[scanned.end] !== SPACE) return scanned.end;
  const timeStart = scanned.end + 1;
  readTimestamp(bytes, timeStart, scan.format);
  return scanned.end < 0 ? refuse(scan, timeStart, 'no timestamp') : scanned.end;
}

function charactersOf(block: LabelBlock): number {
  let characters = 0;
  for (const [name, value] of block.labels) characters += Array.from(name + value).length;
  return characters;
}
