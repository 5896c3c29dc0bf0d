/** Numbers as they are typed: a point for decimals, commas only between thousands. */

const PLAIN = /^-?(?:\d+\.?\d*|\.\d+)(?:e-?\d{1,2})?$/iu;
const GROUPED = /^-?\d{1,3}(?:,\d{3})+(?:\.\d+)?$/u;

/** The number that a text says; NaN where it says none. `0,08` is refused: a comma there means two things. */
export function readNumber(text: string): number {
  const trimmed = text.trim().replaceAll(/[\s\u202f\u00a0]/gu, '');
  if (GROUPED.test(trimmed)) return Number(trimmed.replaceAll(',', ''));
  return PLAIN.test(trimmed) ? Number(trimmed) : Number.NaN;
}

/** A number as a field shows it: thousands grouped, and no noise of binary fractions behind what anybody enters. */
export function writeNumber(value: number): string {
  if (!Number.isFinite(value)) return '';
  const decimals = Math.abs(value) < 1 ? DECIMALS_BELOW_ONE : DECIMALS;
  const short = Number(value.toFixed(decimals));
  const [whole = '', fraction] = String(short === 0 ? Number(value.toPrecision(3)) : short).split('.');
  const grouped = whole.replaceAll(/\B(?=(?:\d{3})+$)/gu, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

const DECIMALS = 4;
const DECIMALS_BELOW_ONE = 6;
