import type { CostBook, CostBookRevision, HardwarePrice } from '#shared/model/cost-book.ts';
import { wordsOf } from './hourly-rates.ts';

/**
 * What makes a cost book ambiguous or its costs negative, as a sentence; null when it can be used. Unlike a warning about
 * plausibility this refuses: of two prices for one time and product, one would be used without a word (fault R01).
 */
export function troubleOfCostBook(book: CostBook): string | null {
  const begins = book.revisions.map((revision) => revision.from);
  if (new Set(begins).size < begins.length) return 'Two revisions begin at the same instant: keep one of them.';
  for (const revision of book.revisions) {
    const trouble = repeatedProduct(revision) ?? risingResidual(revision);
    if (trouble !== null) return trouble;
  }
  return null;
}

function repeatedProduct({ hardware }: CostBookRevision): string | null {
  const byWords = Map.groupBy(hardware, (price) => (price.sku === '*' ? '*' : wordsOf(price.sku)));
  for (const prices of byWords.values()) {
    if (prices.length > 1) return `${prices[0]?.sku ?? ''} has two prices in one revision: keep one of them.`;
  }
  return byWords.has('') ? 'A product name needs a letter or a digit.' : null;
}

/** Hardware worth more at the end than at the start would have a negative cost per hour. */
function risingResidual({ hardware }: CostBookRevision): string | null {
  const isRising = ({ terms }: HardwarePrice): boolean => terms.kind === 'owned' && terms.residualUsd > terms.capexUsd;
  const found = hardware.find(isRising);
  return found === undefined ? null : `${found.sku}: the residual value is above the price.`;
}
