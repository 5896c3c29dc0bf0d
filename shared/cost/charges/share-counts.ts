import { sum } from '#shared/lib/sum.ts';

/**
 * Divides a count by weights into whole numbers that add to it exactly: each gets its share rounded down, and what is left
 * goes one by one to the largest remainders. Without any weight the first gets all.
 */
export function shareCount(count: number, weights: readonly number[]): number[] {
  const whole = sum(weights);
  if (whole <= 0) return weights.map((_, index) => (index === 0 ? count : 0));
  const exact = weights.map((weight) => (count * weight) / whole);
  const shares = exact.map(Math.floor);
  const order = exact
    .map((value, index) => ({ index, rest: value - Math.floor(value) }))
    .toSorted((one, other) => other.rest - one.rest || one.index - other.index);
  let left = count - sum(shares);
  for (const { index } of order) {
    if (left < 1) break;
    shares[index] = (shares[index] ?? 0) + 1;
    left -= 1;
  }
  // A count that was cut at the edge of a window is no whole number: its fraction stays with the largest share.
  const largest = shares.indexOf(Math.max(...shares));
  return shares.map((share, index) => (index === largest ? share + left : share));
}
