import { decimalsOfPrice, formatNumber } from './format-quantity.ts';

/**
 * Rounds parts to a number of decimals so that they add to the rounded whole, by largest remainder: every part is cut off,
 * and the units that are then missing go to the parts that lost most. No part moves by a whole unit or more.
 * `whole` is given where the total is shown beside the parts; without it, it is their sum.
 */
export function partsThatAdd(parts: readonly number[], decimals: number, whole = sumOf(parts)): readonly number[] {
  const scale = 10 ** decimals;
  const floors = parts.map((part) => Math.floor(part * scale + FLOAT_SLACK));
  const missing = Math.round(whole * scale) - sumOf(floors);
  if (missing < 0 || missing > parts.length) return parts.map((part) => Math.round(part * scale) / scale);
  const byRemainder = parts
    .map((part, index) => ({ index, remainder: part * scale - (floors[index] ?? 0) }))
    .toSorted((one, other) => other.remainder - one.remainder || one.index - other.index);
  const raised = new Set(byRemainder.slice(0, missing).map((part) => part.index));
  return floors.map((floor, index) => (floor + (raised.has(index) ? 1 : 0)) / scale);
}

/** Texts of the parts of a price, with one more decimal than the price itself prints with. */
export function formatPartsOfPrice(parts: readonly number[], whole: number): readonly string[] {
  const decimals = decimalsOfPrice(whole) + 1;
  return partsThatAdd(parts, decimals, whole).map((part) => formatNumber(part, decimals));
}

/** 0.29 * 100 is 28.999999999999996: what is this close below a unit is that unit. */
const FLOAT_SLACK = 1e-9;

function sumOf(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
