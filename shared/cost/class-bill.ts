import { sumOf } from '#shared/lib/sum.ts';
import { usd, type Usd } from '#shared/units/quantities.ts';
import type { TokenClasses } from './token-count.ts';
import { splitByClass, splitByPool, type ClassCosts } from './token-split.ts';

/** A part of a bill whose tokens are its own: that of separate pools, or of engines that do both sides of a request. */
export type BillBlock =
  | { readonly kind: 'pools'; readonly prefill: Usd; readonly decode: Usd; readonly weighted: TokenClasses }
  | { readonly kind: 'together'; readonly bill: Usd; readonly weighted: TokenClasses };

/** A bill by class of tokens. `unattributed` is what no token answers for; all four add to the bill. */
export type ClassBill = ClassCosts & { readonly unattributed: Usd };

/**
 * Splits a bill that is made of blocks between classes of tokens, block by block: pools by their side, the rest by weighted
 * tokens. Source: economics reference, section 4.2, "class split (additive)".
 */
export function classBill(blocks: readonly BillBlock[]): ClassBill {
  const split = blocks.map(splitBlock);
  return {
    output: usd(sumOf(split, (block) => block.output)),
    uncachedInput: usd(sumOf(split, (block) => block.uncachedInput)),
    cachedInput: usd(sumOf(split, (block) => block.cachedInput)),
    unattributed: usd(sumOf(split, (block) => block.unattributed)),
  };
}

function splitBlock(block: BillBlock): ClassBill {
  if (block.kind === 'pools') {
    return splitByPool({ prefill: block.prefill, decode: block.decode }, block.weighted);
  }
  const nothing = usd(0);
  const split = splitByClass(block.bill, block.weighted);
  return split === null
    ? { output: nothing, uncachedInput: nothing, cachedInput: nothing, unattributed: block.bill }
    : { ...split, unattributed: nothing };
}
