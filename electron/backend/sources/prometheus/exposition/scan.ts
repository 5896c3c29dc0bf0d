import { LINE_FEED } from './bytes.ts';
import type { ExpositionFailure, ExpositionLimits } from './exposition.ts';
import type { ExpositionFormat } from '../series.ts';
import { createWarningList, shown, type WarningList } from './warning-list.ts';

/** One walk over one body: what is read, how far, and the first thing that was wrong. */
export type Scan = {
  readonly bytes: Buffer;
  readonly format: ExpositionFormat;
  readonly limits: ExpositionLimits;
  readonly warnings: WarningList;
  line: number;
  failure: ExpositionFailure | null;
};

export function createScan(bytes: Buffer, format: ExpositionFormat, limits: ExpositionLimits): Scan {
  return { bytes, format, limits, warnings: createWarningList(), line: 0, failure: null };
}

/** What the readers of parts return in place of a position when the body is refused; the reason is in `scan.failure`. */
export const REFUSED = -1;

/** Notes why the body is refused at this byte. */
export function refuse(
  scan: Scan,
  at: number,
  message: string,
  kind: ExpositionFailure['kind'] = 'syntax',
): typeof REFUSED {
  const isCut = kind === 'syntax' && isCutAt(scan, at);
  scan.failure = {
    kind: isCut ? 'truncated' : kind,
    line: scan.line,
    message: isCut ? `the body ends in the middle of a line: ${message}` : message,
    excerpt: excerptAround(scan.bytes, at),
  };
  return REFUSED;
}

/** Whether the body ends before it could be right: OpenMetrics ends every line, in Prometheus text the last may go without. */
function isCutAt({ bytes, format }: Scan, at: number): boolean {
  return at >= bytes.length || (format === 'openmetrics' && !bytes.includes(LINE_FEED, at));
}

const EXCERPT_BYTES_BEFORE = 40;
const EXCERPT_BYTES_AFTER = 40;

function excerptAround(bytes: Buffer, at: number): string {
  const earliest = Math.max(0, at - EXCERPT_BYTES_BEFORE);
  const lineStart = at === 0 ? -1 : bytes.lastIndexOf(LINE_FEED, at - 1);
  const lineEnd = bytes.indexOf(LINE_FEED, at);
  const latest = Math.min(bytes.length, at + EXCERPT_BYTES_AFTER);
  const end = lineEnd < 0 ? latest : Math.min(lineEnd, latest);
  return shown(bytes.toString('latin1', Math.max(earliest, lineStart + 1), end));
}
