import { QUOTE, SPACE, TAB, endOfName, skipBlanks } from './bytes.ts';
import { endOfQuoted, quotedText } from './label-block.ts';
import { REFUSED, refuse, type Scan } from './scan.ts';

/** One HELP, TYPE or UNIT line. `text` is the type or unit as written, and empty for HELP, which nothing here needs. */
export type Metadata = {
  readonly keyword: 'HELP' | 'TYPE' | 'UNIT';
  readonly name: string;
  readonly text: string;
  readonly line: number;
};

/** What a line that starts with `#` is: metadata, any other remark, or the `# EOF` of OpenMetrics. */
export type CommentLine = Metadata | 'remark' | 'end';

/** Where a comment stands: from its `#` to its line's end, the line break not included. */
export type CommentSpan = { readonly start: number; readonly end: number };

/** Reads a comment line; null when the body is refused for it. */
export function readComment(scan: Scan, span: CommentSpan): CommentLine | null {
  return scan.format === 'openmetrics' ? readOpenMetricsComment(scan, span) : readTextComment(scan, span);
}

/** Prometheus text: anything goes but a HELP or TYPE line that breaks off before its name or type, or misspells a name. */
function readTextComment(scan: Scan, span: CommentSpan): CommentLine | null {
  const { bytes } = scan;
  const wordStart = skipBlanks(bytes, span.start + 1);
  const wordEnd = endOfName(bytes, wordStart);
  const keyword = bytes.toString('latin1', wordStart, Math.min(wordEnd, wordStart + 'HELP '.length));
  if (keyword !== 'HELP' && keyword !== 'TYPE') return 'remark';
  const nameStart = skipBlanks(bytes, wordEnd);
  if (nameStart === wordEnd && nameStart < span.end) return 'remark';
  if (nameStart >= span.end) return 'remark';
  const name = readName(scan, nameStart, span.end);
  if (name === null) return null;
  if (keyword === 'HELP') return { keyword, name: name.text, text: '', line: scan.line };
  const text = bytes.toString('latin1', skipBlanks(bytes, name.end), span.end).trim();
  if (text === '') return refusedAt(scan, span.end, 'a TYPE line must state a type');
  return { keyword, name: name.text, text: text.toLowerCase(), line: scan.line };
}

/** OpenMetrics: single blanks, four keywords and nothing else. */
function readOpenMetricsComment(scan: Scan, span: CommentSpan): CommentLine | null {
  const { bytes } = scan;
  const head = bytes.toString('latin1', span.start, Math.min(span.end, span.start + '# TYPE '.length));
  if (head === '# EOF' && span.end === span.start + head.length) return 'end';
  const keyword = head.slice(2, 6);
  if (head.length < 7 || head !== `# ${keyword} ` || (keyword !== 'HELP' && keyword !== 'TYPE' && keyword !== 'UNIT')) {
    return refusedAt(scan, span.start, 'OpenMetrics knows no comments but # HELP, # TYPE, # UNIT and # EOF');
  }
  const name = readName(scan, span.start + head.length, span.end);
  if (name === null) return null;
  if (bytes[name.end] !== SPACE) return refusedAt(scan, name.end, 'one blank must follow the metric name');
  if (keyword === 'HELP') return { keyword, name: name.text, text: '', line: scan.line };
  const text = bytes.toString('utf8', name.end + 1, span.end);
  const problem = keyword === 'TYPE' ? typeProblem(text) : unitProblem(name.text, text);
  if (problem !== null) return refusedAt(scan, name.end + 1, problem);
  return { keyword, name: name.text, text, line: scan.line };
}

const OPEN_METRICS_TYPES: ReadonlySet<string> = new Set([
  'counter',
  'gauge',
  'histogram',
  'gaugehistogram',
  'summary',
  'info',
  'stateset',
  'unknown',
  // Not in the specification, but some exporters carry it over from the older format.
  'untyped',
]);

function typeProblem(text: string): string | null {
  return OPEN_METRICS_TYPES.has(text) ? null : 'no type of OpenMetrics';
}

function unitProblem(name: string, unit: string): string | null {
  if (/\s/.test(unit)) return 'a unit must be one word';
  return unit === '' || name.endsWith(`_${unit}`) ? null : 'the metric name must end with its unit';
}

/** The metric name at `start`, quoted or not; it must end at a blank or at the line's end. */
function readName(scan: Scan, start: number, lineEnd: number): { readonly text: string; readonly end: number } | null {
  const { bytes } = scan;
  const isQuoted = bytes[start] === QUOTE;
  const end = isQuoted ? endOfQuoted(scan, start) : endOfName(bytes, start);
  if (end === REFUSED) return null;
  const isWhole = end === lineEnd || bytes[end] === SPACE || bytes[end] === TAB;
  if (end === start || !isWhole) return refusedAt(scan, end, 'no metric name');
  const text = isQuoted
    ? quotedText(scan, start, end, { oddities: [], texts: new Map() })
    : bytes.toString('latin1', start, end);
  return { text, end };
}

function refusedAt(scan: Scan, at: number, message: string): null {
  refuse(scan, at, message);
  return null;
}
