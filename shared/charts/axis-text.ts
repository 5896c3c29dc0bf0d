import { formatNumber } from '#shared/units/format-quantity.ts';

/** An amount on an axis: no more digits than its steps need, thousands and millions by their letters. */
export function axisAmount(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e6) return `${formatNumber(value / 1e6, value % 1e6 === 0 ? 0 : 1)} M`;
  if (size >= 1e4) return `${formatNumber(value / 1e3, value % 1e3 === 0 ? 0 : 1)} k`;
  return formatNumber(value, Number.isInteger(value) ? 0 : size < 0.1 ? 3 : 2);
}
