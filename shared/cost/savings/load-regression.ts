import { sumOf } from '#shared/lib/sum.ts';
import { solved } from './linear-equations.ts';
import { concurrencyOf, type WindowsOfSides, type WorkWindow } from './work-window.ts';

/** A saving by regression to load, and how much it rests on. */
export type LoadRegression = {
  readonly saving: number;
  readonly windows: number;
  /** Covariates that told anything: known, and not the same in all windows. */
  readonly covariates: readonly Covariate[];
};

export const COVARIATES = ['load', 'input length', 'output length', 'cache hits'] as const;
export type Covariate = (typeof COVARIATES)[number];

/** Fewer windows than this for each number that is estimated say nothing. */
const WINDOWS_PER_TERM = 10;

/**
 * What strata do by comparing like with like, done by a line through all windows: it uses work that has no match, and
 * believes that one line fits. A sensitivity beside the stratified estimate, never in its place.
 *
 *   ln h = a + b ln load + c ln input + d ln output + e hit-rate + f post        saving = 1 - exp(f)
 *
 * h GPU-seconds per weighted token of a window; least squares, each window weighted with its tokens. Null where windows are
 * too few. Source: economics reference, section 5.2, "regression to load".
 */
export function loadRegression({ before, after }: WindowsOfSides): LoadRegression | null {
  const points = [...before.map((window) => pointOf(window, 0)), ...after.map((window) => pointOf(window, 1))].filter(
    (point) => point !== null,
  );
  const covariates = COVARIATES.filter((name) => isTelling(points.map((point) => point.values[name])));
  const usable = points.flatMap((point) => {
    const values = covariates.map((name) => point.values[name]).filter((value) => value !== null);
    return values.length === covariates.length ? [{ ...point, terms: [...values, point.post] }] : [];
  });
  const isOneSided = new Set(usable.map((point) => point.post)).size < 2;
  if (isOneSided || usable.length < WINDOWS_PER_TERM * (covariates.length + 2)) return null;
  const post = slopesOf(usable)?.at(-1);
  return post === undefined ? null : { saving: 1 - Math.exp(post), windows: usable.length, covariates };
}

type Point = {
  readonly post: 0 | 1;
  readonly weight: number;
  readonly lnIntensity: number;
  readonly values: { readonly [Name in Covariate]: number | null };
};

function pointOf(window: WorkWindow, post: 0 | 1): Point | null {
  const { weightedTokens, gpuSeconds } = window;
  if (weightedTokens <= 0 || gpuSeconds <= 0) return null;
  return {
    post,
    weight: weightedTokens,
    lnIntensity: Math.log(gpuSeconds / weightedTokens),
    values: {
      load: logOf(concurrencyOf(window)),
      'input length': logOf(window.inputTokensPerRequest),
      'output length': logOf(window.outputTokensPerRequest),
      'cache hits': window.cacheHitRate,
    },
  };
}

function logOf(value: number | null): number | null {
  return value === null || value <= 0 ? null : Math.log(value);
}

/** Known in half of the windows or more, and not one value in all of them. */
function isTelling(values: readonly (number | null)[]): boolean {
  const known = values.filter((value) => value !== null);
  if (known.length < values.length / 2) return false;
  const range = known.reduce(([least, most], value) => [Math.min(least, value), Math.max(most, value)] as const, [
    Infinity,
    -Infinity,
  ] as readonly [number, number]);
  return range[1] - range[0] > 1e-9;
}

type Observation = Pick<Point, 'weight' | 'lnIntensity'> & { readonly terms: readonly number[] };

/** Slopes by weighted least squares about the means, so that the constant needs no column. */
function slopesOf(observations: readonly Observation[]): readonly number[] | null {
  const weight = sumOf(observations, (one) => one.weight);
  const meanOf = (valueOf: (one: Observation) => number): number =>
    sumOf(observations, (one) => one.weight * valueOf(one)) / weight;
  const count = observations[0]?.terms.length ?? 0;
  const means = Array.from({ length: count }, (_, term) => meanOf((one) => one.terms[term] ?? 0));
  const meanIntensity = meanOf((one) => one.lnIntensity);
  const offset = (one: Observation, term: number): number => (one.terms[term] ?? 0) - (means[term] ?? 0);
  const matrix = means.map((_, row) =>
    means.map((__, column) =>
      sumOf(observations, (one) => (one.weight / weight) * offset(one, row) * offset(one, column)),
    ),
  );
  const right = means.map((_, row) =>
    sumOf(observations, (one) => (one.weight / weight) * offset(one, row) * (one.lnIntensity - meanIntensity)),
  );
  return solved(matrix, right);
}
