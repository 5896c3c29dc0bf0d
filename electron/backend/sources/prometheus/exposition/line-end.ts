import { CARRIAGE_RETURN, LINE_FEED } from './bytes.ts';
import { refuse, type Scan } from './scan.ts';

/** One past the line break at `at`, or the body's end. */
export function endLine(scan: Scan, at: number): number {
  if (at >= scan.bytes.length) return at;
  const length = lineBreakLength(scan.bytes, at);
  return length > 0 ? at + length : refuse(scan, at, 'nothing more may follow on this line');
}

/** 1 for a line feed, 2 for one behind a carriage return, 0 for anything else. */
export function lineBreakLength(bytes: Uint8Array, at: number): number {
  if (bytes[at] === LINE_FEED) return 1;
  return bytes[at] === CARRIAGE_RETURN && bytes[at + 1] === LINE_FEED ? 2 : 0;
}
