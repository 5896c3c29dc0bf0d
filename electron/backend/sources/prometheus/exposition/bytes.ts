/** Bytes that mean something in the text formats. Reading past the end gives NUL, which no rule outside quotes accepts. */
export const NUL = 0x00;
export const TAB = 0x09;
export const LINE_FEED = 0x0a;
export const CARRIAGE_RETURN = 0x0d;
export const SPACE = 0x20;
export const QUOTE = 0x22;
export const HASH = 0x23;
export const PLUS = 0x2b;
export const COMMA = 0x2c;
export const MINUS = 0x2d;
export const DOT = 0x2e;
export const ZERO = 0x30;
export const NINE = 0x39;
export const COLON = 0x3a;
export const EQUALS = 0x3d;
export const BACKSLASH = 0x5c;
export const LOWER_E = 0x65;
export const OPEN_BRACE = 0x7b;
export const CLOSE_BRACE = 0x7d;
const UNDERSCORE = 0x5f;

/** Set in the byte as it is or in lower case: what a metric name may start with, and what it may go on with. */
const STARTS_NAME = 1;
const CONTINUES_NAME = 2;
const roles = new Uint8Array(256);
for (let byte = 0; byte < roles.length; byte++) {
  const lower = byte | 0x20;
  const isLetter = lower >= 0x61 && lower <= 0x7a && byte >= 0x41;
  const isDigit = byte >= ZERO && byte <= NINE;
  if (isLetter || byte === UNDERSCORE || byte === COLON) roles[byte] = STARTS_NAME | CONTINUES_NAME;
  else if (isDigit) roles[byte] = CONTINUES_NAME;
}

/** One past the unquoted metric name that starts at `start`; `start` itself where none does. */
export function endOfName(bytes: Uint8Array, start: number): number {
  if (((roles[bytes[start] ?? NUL] ?? 0) & STARTS_NAME) === 0) return start;
  let at = start + 1;
  while (((roles[bytes[at] ?? NUL] ?? 0) & CONTINUES_NAME) !== 0) at++;
  return at;
}

/** One past the unquoted label name that starts at `start`: as a metric name, but colons end it. */
export function endOfLabelName(bytes: Uint8Array, start: number): number {
  if (bytes[start] === COLON || ((roles[bytes[start] ?? NUL] ?? 0) & STARTS_NAME) === 0) return start;
  let at = start + 1;
  while (bytes[at] !== COLON && ((roles[bytes[at] ?? NUL] ?? 0) & CONTINUES_NAME) !== 0) at++;
  return at;
}

/** The first position from `start` on that holds neither space nor tab. */
export function skipBlanks(bytes: Uint8Array, start: number): number {
  let at = start;
  while (bytes[at] === SPACE || bytes[at] === TAB) at++;
  return at;
}
