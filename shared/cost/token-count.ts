import { assertNever } from '#shared/lib/assert.ts';
import { sum } from '#shared/lib/sum.ts';
import type { TokenBasis, TokenCounts, TokenWeights } from '#shared/model/token-basis.ts';
import { tokens, type Tokens } from '#shared/units/quantities.ts';

/**
 * Tokens of a basis.
 *
 *   output: To        total: Ti + Tc + To        billed: wi x Ti + wc x Tc + wo x To
 *
 * Ti uncached input, Tc cached input, To output. Where no engine reports cached tokens, all input counts as uncached.
 * Source: economics reference, section 4.2.
 */
export function tokensIn(basis: TokenBasis, counts: TokenCounts, weights: TokenWeights): Tokens {
  return tokens(sum(Object.values(tokenClassesOf(basis, counts, weights))));
}

/** Tokens of a basis by class. The classes add to the basis, so shares of a cost by class add to the cost. */
export type TokenClasses = { readonly output: number; readonly uncachedInput: number; readonly cachedInput: number };

/** The classes of `tokensIn`, each with its weight in the basis. */
export function tokenClassesOf(basis: TokenBasis, counts: TokenCounts, weights: TokenWeights): TokenClasses {
  const cachedInput = Math.min(counts.cached ?? 0, counts.input);
  const uncachedInput = counts.input - cachedInput;
  switch (basis) {
    case 'output':
      return { output: counts.output, uncachedInput: 0, cachedInput: 0 };
    case 'total':
      return { output: counts.output, uncachedInput, cachedInput };
    case 'billed':
      return {
        output: counts.output * weights.output,
        uncachedInput: uncachedInput * weights.input,
        cachedInput: cachedInput * weights.cached,
      };
    default:
      return assertNever(basis);
  }
}
