/**
 * Percentile by linear interpolation between neighbours in rank, of values in ascending order.
 *
 *   h = (N - 1) x p        percentile = x[floor h] + (h - floor h) x (x[floor h + 1] - x[floor h])
 *
 * R's type 7, the default of most tools. Null of no values. Source: economics reference, section 5.2, step 6.
 */
export function percentileOf(ascending: ArrayLike<number>, share: number): number | null {
  const rank = (ascending.length - 1) * share;
  const below = ascending[Math.floor(rank)];
  const above = ascending[Math.ceil(rank)];
  return below === undefined || above === undefined ? null : below + (rank - Math.floor(rank)) * (above - below);
}

/** Middle value; null of no values. */
export function medianOf(values: readonly number[]): number | null {
  return percentileOf(
    values.toSorted((one, other) => one - other),
    0.5,
  );
}
