import { BACKSLASH, CLOSE_BRACE, COMMA, EQUALS, LINE_FEED, QUOTE, endOfLabelName, skipBlanks } from './bytes.ts';
import { REFUSED, refuse, type Scan } from './scan.ts';

/** What stands between braces. Equal blocks of one body share one LabelBlock, so exporters' repeats cost nothing. */
export type LabelBlock = {
  readonly labels: ReadonlyMap<string, string>;
  /** The metric's name where it is quoted inside the braces: `{"my.metric", a="b"}`. */
  readonly quotedName: string | null;
  /** Equal for equal label sets, in whatever order and spelling; an empty value counts as no label, as in Prometheus. */
  readonly identity: number;
  /** From the opening brace to past the closing one. */
  readonly byteLength: number;
  readonly oddities: readonly LabelOddity[];
};

export type LabelOddity = 'missing-comma' | 'odd-escape';

/** Reads label blocks of one body; `none` is the block of a sample without braces. */
export type LabelBlocks = {
  /** The block whose opening brace is at `start`; null when the body is refused. */
  readonly read: (start: number) => LabelBlock | null;
  readonly none: LabelBlock;
};

export function createLabelBlocks(scan: Scan): LabelBlocks {
  const { bytes } = scan;
  const placeByText = new Map<string, BlockPlace>();
  const identityByKey = new Map<string, number>([['', 0]]);
  const texts = new Map<string, string>();
  let previous: BlockPlace | null = null;

  function placeAt(start: number): BlockPlace | null {
    // Latin-1 gives every byte its own character, so equal text here is equal bytes.
    const text = bytes.toString('latin1', start, likelyEndOf(bytes, start));
    const known = placeByText.get(text);
    if (known !== undefined) return known;
    const draft: BlockDraft = { labels: new Map(), quotedName: null, oddities: [], texts };
    const end = parseBlock(scan, start, draft);
    if (end === REFUSED) return null;
    const key = identityKeyOf(draft.labels);
    const identity = identityByKey.get(key) ?? identityByKey.size;
    identityByKey.set(key, identity);
    const { labels, quotedName, oddities } = draft;
    const place = { block: { labels, quotedName, oddities, identity, byteLength: end - start }, start, follower: null };
    placeByText.set(text, place);
    return place;
  }

  return {
    none: { labels: new Map(), quotedName: null, identity: 0, byteLength: 0, oddities: [] },
    read: (start) => {
      const guess: BlockPlace | null = previous?.follower ?? null;
      const place = guess !== null && standsAt(bytes, guess, start) ? guess : placeAt(start);
      if (place === null) return null;
      if (previous !== null) previous.follower = place;
      previous = place;
      return place.block;
    },
  };
}

/**
 * A block and where it stood first. Exporters list the same GPUs in the same order in every family, so the block that
 * followed this one last time is a good guess for the next; the guess is checked byte by byte before it is used.
 */
type BlockPlace = { readonly block: LabelBlock; readonly start: number; follower: BlockPlace | null };

function standsAt(bytes: Buffer, { block, start }: BlockPlace, at: number): boolean {
  const end = at + block.byteLength;
  return end <= bytes.length && bytes.compare(bytes, at, end, start, start + block.byteLength) === 0;
}

/** One past the first closing brace outside quotes, for a well-formed block; anywhere up to the line's end for others. */
function likelyEndOf(bytes: Buffer, start: number): number {
  let isQuoted = false;
  for (let at = start + 1; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) isQuoted = !isQuoted;
    else if (byte === BACKSLASH) at++;
    else if (byte === LINE_FEED) return at;
    else if (byte === CLOSE_BRACE && !isQuoted) return at + 1;
  }
  return bytes.length;
}

type BlockDraft = {
  readonly labels: Map<string, string>;
  quotedName: string | null;
  readonly oddities: LabelOddity[];
  /** One string object for each text of the body, so that a thousand equal host names are held once. */
  readonly texts: Map<string, string>;
};

/** Reads from the opening brace to past the closing one. */
function parseBlock(scan: Scan, start: number, draft: BlockDraft): number {
  let at = skipLabelBlanks(scan, start + 1);
  while (scan.bytes[at] !== CLOSE_BRACE) {
    at = parseEntry(scan, at, draft);
    if (at === REFUSED) return REFUSED;
    const entryEnd = at;
    at = skipLabelBlanks(scan, at);
    const byte = scan.bytes[at];
    if (byte === COMMA) {
      at = skipLabelBlanks(scan, at + 1);
      if (scan.bytes[at] === CLOSE_BRACE && scan.format === 'openmetrics') return refuse(scan, at, 'a trailing comma');
    } else if (byte !== CLOSE_BRACE) {
      // Prometheus' own parser lets blanks stand for a comma, and its test data holds such a line.
      if (at === entryEnd) return refuse(scan, at, 'a comma or a closing brace must follow a label');
      if (!draft.oddities.includes('missing-comma')) draft.oddities.push('missing-comma');
    }
  }
  return at + 1;
}

/** Reads one `name="value"`, or the metric's own quoted name. */
function parseEntry(scan: Scan, start: number, draft: BlockDraft): number {
  const { bytes, limits } = scan;
  const isQuoted = bytes[start] === QUOTE;
  const nameEnd = isQuoted ? endOfQuoted(scan, start) : endOfLabelName(bytes, start);
  if (nameEnd === REFUSED) return REFUSED;
  if (nameEnd === start) return refuse(scan, start, 'a label name must start here');
  const name = isQuoted ? quotedText(scan, start, nameEnd, draft) : sharedText(scan, start, nameEnd, draft);
  const equals = skipLabelBlanks(scan, nameEnd);
  if (bytes[equals] !== EQUALS)
    return takeQuotedName(scan, { start, end: nameEnd, at: equals }, isQuoted ? name : null, draft);
  if (nameEnd - start - (isQuoted ? 2 : 0) > limits.labelNameBytesMax)
    return refuse(scan, start, 'a label name is too long', 'name-too-long');
  if (draft.labels.size >= limits.labelsPerSampleMax) return refuse(scan, start, 'too many labels', 'too-many-labels');
  if (name === '') return refuse(scan, start, 'a label name is empty');
  if (name === '__name__') return refuse(scan, start, 'the label __name__ is reserved for the metric name');
  if (draft.labels.has(name)) return refuse(scan, start, 'a label name stands twice');
  const valueStart = skipLabelBlanks(scan, equals + 1);
  if (bytes[valueStart] !== QUOTE) return refuse(scan, valueStart, 'a label value must start with a double quote');
  const valueEnd = endOfQuoted(scan, valueStart);
  if (valueEnd === REFUSED) return REFUSED;
  draft.labels.set(name, quotedText(scan, valueStart, valueEnd, draft));
  return valueEnd;
}

function takeQuotedName(
  scan: Scan,
  place: { readonly start: number; readonly end: number; readonly at: number },
  name: string | null,
  draft: BlockDraft,
): number {
  if (name === null) return refuse(scan, place.at, 'an equals sign must follow a label name');
  if (name === '') return refuse(scan, place.start, 'the metric name is empty');
  if (draft.quotedName !== null) return refuse(scan, place.start, 'a second metric name');
  draft.quotedName = name;
  return place.end;
}

/** One past the closing quote of the text whose opening quote is at `start`. */
export function endOfQuoted(scan: Scan, start: number): number {
  const { bytes, limits } = scan;
  const latest = Math.min(bytes.length, start + 2 + limits.labelValueBytesMax);
  let at = start + 1;
  for (; at < latest; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) return at + 1;
    if (byte === LINE_FEED) return refuse(scan, at, 'a quoted text does not end on its line');
    if (byte === BACKSLASH && bytes[at + 1] !== LINE_FEED) at++;
  }
  if (at >= bytes.length) return refuse(scan, at, 'a quoted text does not end');
  return refuse(scan, start, 'a label value or metric name is too long', 'value-too-long');
}

/** The text between the quotes at `start` and before `end`, with its escapes resolved. */
export function quotedText(
  scan: Scan,
  start: number,
  end: number,
  draft: Pick<BlockDraft, 'oddities' | 'texts'>,
): string {
  const text = sharedText(scan, start + 1, end - 1, draft);
  return text.includes('\\') ? unescaped(text, draft.oddities) : text;
}

function sharedText(scan: Scan, start: number, end: number, draft: Pick<BlockDraft, 'texts'>): string {
  const text = scan.bytes.toString('utf8', start, end);
  const known = draft.texts.get(text);
  if (known !== undefined) return known;
  draft.texts.set(text, text);
  return text;
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['"', '"'],
  ['\\', '\\'],
]);

/** A backslash before anything else stays as it is, as both reference parsers read it. */
function unescaped(text: string, oddities: LabelOddity[]): string {
  const parts: string[] = [];
  let from = 0;
  for (let at = text.indexOf('\\'); at >= 0; at = text.indexOf('\\', from)) {
    const meant = ESCAPES.get(text.charAt(at + 1));
    if (meant === undefined && !oddities.includes('odd-escape')) oddities.push('odd-escape');
    parts.push(text.slice(from, at), meant ?? text.slice(at, at + 2));
    from = at + 2;
  }
  parts.push(text.slice(from));
  return parts.join('');
}

/** Lone surrogates never come out of valid UTF-8, so as separators they keep two different label sets apart. */
const AFTER_NAME = '\ud800';
const AFTER_VALUE = '\ud801';

function identityKeyOf(labels: ReadonlyMap<string, string>): string {
  const parts: string[] = [];
  for (const [name, value] of labels) if (value !== '') parts.push(name + AFTER_NAME + value + AFTER_VALUE);
  return parts.toSorted().join('');
}

/** OpenMetrics allows no blanks inside braces. */
function skipLabelBlanks(scan: Scan, start: number): number {
  return scan.format === 'openmetrics' ? start : skipBlanks(scan.bytes, start);
}
