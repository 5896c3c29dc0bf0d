/** What a "token" counts: output alone, input + output, or input, cached and output weighted as a price list does. */
export const TOKEN_BASES = ['output', 'total', 'billed'] as const;

export type TokenBasis = (typeof TOKEN_BASES)[number];

/** Weights of the billed basis, relative to one uncached input token. */
export type TokenWeights = { readonly input: number; readonly cached: number; readonly output: number };

/** Token counts of a scope and window. Input includes cached; cached is null where no engine reports it. */
export type TokenCounts = {
  readonly input: number;
  readonly cached: number | null;
  readonly output: number;
};
