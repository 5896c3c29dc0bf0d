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
 * The stratum of some work: model x product x precision x recipe x load bin x input bin x output bin x cache bin x power
 * class. Loads and lengths are binned by octave, cache hit rates by 25 points. What is not known is a bin of its own, never
 * one with what is. Source: economics reference, sections 5.1 and 5.2, step 2.
 */
export function stratumOf(conditions: WorkConditions): string {
  const { cacheHitRate } = conditions;
  return JSON.stringify([
    conditions.model,
    conditions.sku,
    conditions.precision,
    conditions.recipe,
    octaveOf(conditions.concurrencyPerGpu),
    octaveOf(conditions.inputTokensPerRequest),
    octaveOf(conditions.outputTokensPerRequest),
    cacheHitRate === null ? null : Math.min(1 / CACHE_BIN - 1, Math.floor(cacheHitRate / CACHE_BIN)),
    conditions.powerClass,
  ]);
}

/** floor(log2 x): 8 to below 16 is one octave. Nothing at all is an octave of its own. */
function octaveOf(value: number | null): number | 'none' | null {
  if (value === null) return null;
  return value > 0 ? Math.floor(Math.log2(value)) : 'none';
}
