/** What lies between two values of one unit. */
export type Difference = { readonly absolute: number | null; readonly relative: number | null };

/** Sums of the same numbers in another order differ by less than this share: that is no difference. */
const ROUNDING_SHARE = 1e-9;

/** absolute = second - first; relative = absolute / |first|. Null where a value is not known; no share of nothing. */
export function differenceOf(first: number | null, second: number | null): Difference {
  if (first === null || second === null) return { absolute: null, relative: null };
  const between = second - first;
  const size = Math.max(Math.abs(first), Math.abs(second));
  const absolute = Math.abs(between) <= size * ROUNDING_SHARE ? 0 : between;
  return { absolute, relative: first === 0 ? null : absolute / Math.abs(first) };
}
