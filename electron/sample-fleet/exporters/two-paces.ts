/**
 * A histogram as the sum of two fixed shapes, one for requests at the quiet pace and one for the busy pace. Both counts
 * only grow, so every bucket only grows; each shape rises with the bound, so buckets never cross.
 */
export type TwoPaces = {
  readonly bounds: readonly number[];
  /** Share of observations at or under each bound. */
  readonly lightShares: readonly number[];
  readonly heavyShares: readonly number[];
  readonly lightMean: number;
  readonly heavyMean: number;
};

/** Log-normal shapes with the given means; `spread` is the standard deviation of the logarithm. */
export function twoPaces(
  bounds: readonly number[],
  means: { readonly light: number; readonly heavy: number },
  spread: number,
): TwoPaces {
  const shares = (mean: number) => rising(bounds.map((bound) => logNormalShare(bound, mean, spread)));
  return {
    bounds,
    lightShares: shares(means.light),
    heavyShares: shares(means.heavy),
    lightMean: means.light,
    heavyMean: means.heavy,
  };
}

/** Never falling and within 0..1, whatever the last digits of the approximation say. */
function rising(shares: readonly number[]): readonly number[] {
  let highest = 0;
  return shares.map((share) => (highest = Math.min(1, Math.max(highest, share))));
}

/** Share of a log-normal distribution with this mean that lies at or under the bound. */
function logNormalShare(bound: number, mean: number, spread: number): number {
  if (bound <= 0) return 0;
  const median = mean / Math.exp((spread * spread) / 2);
  return normalShare(Math.log(bound / median) / spread);
}

/** Standard normal distribution function; Abramowitz and Stegun 26.2.17, error under 1e-7. */
function normalShare(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  const terms = [0.31938153, -0.356563782, 1.781477937, -1.821255978, 1.330274429];
  const upper = density * terms.reduce((sum, term, at) => sum + term * t ** (at + 1), 0);
  return z >= 0 ? 1 - upper : upper;
}
