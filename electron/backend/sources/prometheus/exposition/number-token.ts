import { DOT, LOWER_E, MINUS, NINE, NUL, PLUS, ZERO } from './bytes.ts';
import type { ExpositionFormat } from '../series.ts';

/** Where the last number read here ends, one past its token; -1 when there was no number. */
export const scanned = { end: -1 };

/** Powers of ten that a double holds exactly: 10^0 to 10^22. */
const EXACT_POWERS = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));
const EXACT_POWER_MAX = EXACT_POWERS.length - 1;
/** Below 2^53 every whole number is a double, so nothing was rounded while its digits were added up. */
const EXACT_MANTISSA_END = 2 ** 53;
/** An int64 has at most 19 digits. */
const TIMESTAMP_DIGITS_MAX = 19;

/**
 * The number at `start`, to the last bit what Number() makes of its token. Decimal and exponent forms, NaN and Inf in
 * any case; no hex, no underscores. Leaves the token's end in `scanned.end`; what follows the token is the caller's.
 *
 * A whole number below 2^53 and a power of ten up to 10^22 are both exact doubles, and one multiplication or division of
 * exact doubles is rounded correctly (W. D. Clinger, How to read floating point numbers accurately, 1990). All other
 * tokens go through Number().
 */
export function readNumber(bytes: Buffer, start: number): number {
  let at = start;
  let byte = bytes[at] ?? NUL;
  const isNegative = byte === MINUS;
  if (isNegative || byte === PLUS) byte = bytes[++at] ?? NUL;
  const digitsStart = at;
  let mantissa = 0;
  while (byte >= ZERO && byte <= NINE) {
    mantissa = mantissa * 10 + (byte - ZERO);
    byte = bytes[++at] ?? NUL;
  }
  let digits = at - digitsStart;
  let power = 0;
  if (byte === DOT) {
    const fractionStart = at + 1;
    byte = bytes[++at] ?? NUL;
    while (byte >= ZERO && byte <= NINE) {
      mantissa = mantissa * 10 + (byte - ZERO);
      byte = bytes[++at] ?? NUL;
    }
    power = fractionStart - at;
    digits -= power;
  }
  if (digits === 0) return readWord(bytes, start);
  if ((byte | 0x20) === LOWER_E) {
    power += readExponent(bytes, at + 1);
    at = scanned.end;
    if (at < 0) return Number.NaN;
  }
  scanned.end = at;
  if (mantissa >= EXACT_MANTISSA_END || power > EXACT_POWER_MAX || power < -EXACT_POWER_MAX) {
    return Number(bytes.toString('latin1', start, at));
  }
  const size = power < 0 ? mantissa / (EXACT_POWERS[-power] ?? 1) : mantissa * (EXACT_POWERS[power] ?? 1);
  return isNegative ? -size : size;
}

/** The whole number after an `e`. Beyond four digits its size no longer matters: the caller asks Number() then. */
function readExponent(bytes: Buffer, start: number): number {
  const first = bytes[start] ?? NUL;
  let at = first === MINUS || first === PLUS ? start + 1 : start;
  const digitsStart = at;
  let exponent = 0;
  for (let byte = bytes[at] ?? NUL; byte >= ZERO && byte <= NINE; byte = bytes[++at] ?? NUL) {
    exponent = Math.min(exponent * 10 + (byte - ZERO), 1e9);
  }
  scanned.end = at > digitsStart ? at : -1;
  return first === MINUS ? -exponent : exponent;
}

const WORD_LENGTH_MAX = '+infinity'.length;
const WORDS: ReadonlyMap<string, number> = new Map([
  ['nan', Number.NaN],
  ['inf', Infinity],
  ['+inf', Infinity],
  ['-inf', -Infinity],
  ['infinity', Infinity],
  ['+infinity', Infinity],
  ['-infinity', -Infinity],
]);

/** NaN and the infinities, as Go's parser takes them: any case, a sign only before an infinity. */
function readWord(bytes: Buffer, start: number): number {
  const text = bytes.toString('latin1', start, Math.min(start + WORD_LENGTH_MAX, bytes.length));
  const word = /^[+-]?[a-z]+/i.exec(text)?.[0] ?? '';
  const value = WORDS.get(word.toLowerCase());
  scanned.end = value === undefined ? -1 : start + word.length;
  return value ?? Number.NaN;
}

/** The timestamp at `start` as epoch ms: whole ms in Prometheus text, seconds with decimals in OpenMetrics. */
export function readTimestamp(bytes: Buffer, start: number, format: ExpositionFormat): number {
  if (format === 'prometheus-text') return readWholeNumber(bytes, start);
  const seconds = readNumber(bytes, start);
  if (!Number.isFinite(seconds)) scanned.end = -1;
  return seconds * 1000;
}

function readWholeNumber(bytes: Buffer, start: number): number {
  const first = bytes[start] ?? NUL;
  const digitsStart = first === MINUS || first === PLUS ? start + 1 : start;
  let at = digitsStart;
  while ((bytes[at] ?? NUL) >= ZERO && (bytes[at] ?? NUL) <= NINE) at++;
  const digits = at - digitsStart;
  scanned.end = digits > 0 && digits <= TIMESTAMP_DIGITS_MAX ? at : -1;
  return scanned.end < 0 ? Number.NaN : Number(bytes.toString('latin1', start, at));
}

/** The number that a label such as `le` holds; null when its text is no number. */
export function numberOf(text: string): number | null {
  const bytes = Buffer.from(text, 'utf8');
  const value = readNumber(bytes, 0);
  return scanned.end === bytes.length ? value : null;
}
