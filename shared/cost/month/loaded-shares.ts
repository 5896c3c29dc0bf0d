import { sumOf } from '#shared/lib/sum.ts';

/**
 * All cost on those who used it: share [USD] = own cost x total / sum of own costs. What idled, failed or was not seen is borne
 * in proportion to the cost of each. Adds to the total; null where nobody used anything.
 */
export function loadedShares(own: readonly number[], total: number): readonly (number | null)[] {
  const used = sumOf(own, (cost) => cost);
  return own.map((cost) => (used > 0 ? (cost * total) / used : null));
}
