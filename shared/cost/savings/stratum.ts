/** Conditions under which work was done. Only work under equal ones is compared. Null is not known. */
export type WorkConditions = {
  readonly model: string;
  readonly sku: string;
  readonly precision: string | null;
  /** Parallelism, speculative mode and the like: what makes it another product. */
  readonly recipe: string | null;
  /** Requests in flight per GPU. */
  readonly concurrencyPerGpu: number | null;
  readonly inputTokensPerRequest: number | null;
  readonly outputTokensPerRequest: number | null;
  /** Cached share of input tokens. */
  readonly cacheHitRate: number | null;
  /** Power cap or throttle class. */
  readonly powerClass: string | null;
};

const CACHE_BIN = 0.25;

/**
 * Load bins an octave. Throughput per GPU rises about with the 0.7th power of concurrency, so work moves within a bin of
 * a whole octave by up to a factor 2^0.7 = 1.6 of intensity: when load rises by half, octaves credit 3.8 % to a change that
 * changed nothing, more than the margin of 3 %. What is left falls with the square of the bin: 0.28 % with quarters. Eighths
 * would halve the windows of each stratum for a fifth of a percent. Worked out in test/shared/cost/savings/load-bins.test.ts.
 */
const LOAD_BINS_PER_OCTAVE = 4;

/** Lengths per request hardly move from day to day, and intensity per token hardly moves with them. */
const LENGTH_BINS_PER_OCTAVE = 1;

/**
 * The stratum of some work: model x product x precision x recipe x load bin x input bin x output bin x cache bin x power
 * class. Loads are binned by quarter octave, lengths by octave, cache hit rates by 25 points. What is not known is a bin of
 * its own, never one with what is. Source: economics reference, sections 5.1 and 5.2, step 2, whose load bins are octaves.
 */
export function stratumOf(conditions: WorkConditions): string {
  const { cacheHitRate } = conditions;
  return JSON.stringify([
    conditions.model,
    conditions.sku,
    conditions.precision,
    conditions.recipe,
    binOf(conditions.concurrencyPerGpu, LOAD_BINS_PER_OCTAVE),
    binOf(conditions.inputTokensPerRequest, LENGTH_BINS_PER_OCTAVE),
    binOf(conditions.outputTokensPerRequest, LENGTH_BINS_PER_OCTAVE),
    cacheHitRate === null ? null : Math.min(1 / CACHE_BIN - 1, Math.floor(cacheHitRate / CACHE_BIN)),
    conditions.powerClass,
  ]);
}

/** The bin's lower edge, 2^(floor(n log2 x) / n), to six digits. Nothing at all is a bin of its own. */
function binOf(value: number | null, perOctave: number): number | 'none' | null {
  if (value === null) return null;
  // A load of exactly 8 belongs to the bin from 8 on, though its logarithm may be a hair less.
  const place = Math.floor(perOctave * Math.log2(value) + 1e-9);
  return value > 0 ? Number((2 ** (place / perOctave)).toPrecision(6)) : 'none';
}

/** The load of a stratum, requests in flight per GPU, from one edge of its bin to the other; null: not known. */
export function loadBinOf(stratum: string): { readonly from: number; readonly to: number } | null {
  const load = (JSON.parse(stratum) as readonly unknown[])[LOAD_PLACE];
  if (load === 'none') return { from: 0, to: 0 };
  return typeof load === 'number' ? { from: load, to: load * 2 ** (1 / LOAD_BINS_PER_OCTAVE) } : null;
}

/** Where `stratumOf` puts the load. */
const LOAD_PLACE = 4;

/** What a stratum is besides its model and load: lower edges of its bins; null is not known. */
export type StratumConditions = {
  readonly sku: string;
  readonly inputTokensFrom: number | null;
  readonly outputTokensFrom: number | null;
  readonly cacheHitsFrom: number | null;
  readonly powerClass: string | null;
};

export function conditionsOf(stratum: string): StratumConditions {
  const parts = JSON.parse(stratum) as readonly unknown[];
  const [, sku, , , , input, output, cache, powerClass] = parts;
  const numberOf = (part: unknown): number | null => (part === 'none' ? 0 : typeof part === 'number' ? part : null);
  const cacheBin = numberOf(cache);
  return {
    sku: String(sku),
    inputTokensFrom: numberOf(input),
    outputTokensFrom: numberOf(output),
    cacheHitsFrom: cacheBin === null ? null : cacheBin * CACHE_BIN,
    powerClass: typeof powerClass === 'string' ? powerClass : null,
  };
}
