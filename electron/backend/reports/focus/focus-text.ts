import type { EpochMs } from '#shared/time/instant.ts';
import type { FocusCell, FocusType } from './focus-columns.ts';

/** A cell as the text that every file format and reader sees; null stays null. */
export function cellText(cell: FocusCell, type: FocusType): string | null {
  if (cell === null) return null;
  if (type === 'Decimal') return plainDecimal(Number(cell));
  return type === 'DateTime' ? instantText(Number(cell) as EpochMs) : String(cell);
}

/**
 * A double in plain decimal digits, the fewest that read back to it, always with a point: FOCUS forbids exponents with a plus
 * sign, and readers that guess types take whole numbers for integers.
 */
export function plainDecimal(value: number): string {
  if (!Number.isFinite(value)) throw new Error('a number in a file is finite');
  // Minus zero is zero to whoever reads it.
  const [digits = '0', exponent] = String(value === 0 ? 0 : value).split('e');
  const plain = exponent === undefined ? digits : shifted(digits, Number(exponent));
  return plain.includes('.') ? plain : `${plain}.0`;
}

function shifted(digits: string, exponent: number): string {
  const sign = digits.startsWith('-') ? '-' : '';
  const [whole = '', fraction = ''] = digits.slice(sign.length).split('.');
  const all = whole + fraction;
  const point = whole.length + exponent;
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${all}`;
  if (point >= all.length) return `${sign}${all}${'0'.repeat(point - all.length)}`;
  return `${sign}${all.slice(0, point)}.${all.slice(point)}`;
}

/** `2026-07-01T00:00:00Z`: UTC in whole seconds. */
export function instantText(at: EpochMs): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}
