import type { CostBookRevision, CurrencyCode } from '#shared/model/cost-book.ts';

/** What one unit of a currency is worth, USD; null where the revision has no rate for it, which is never taken as one. */
export function usdPerUnitOf({ currencies }: CostBookRevision, currency: CurrencyCode): number | null {
  if (currency === 'USD') return 1;
  return currencies.find((rate) => rate.currency === currency)?.usdPerUnit ?? null;
}
