import { usdPerUnitOf } from '#shared/cost/exchange.ts';
import type { PlausibleRange } from '#shared/cost/plausibility.ts';
import type { CostBookRevision, CurrencyCode } from '#shared/model/cost-book.ts';

/**
 * What is usual, in the unit that a field shows: the range times a scale, and an amount in another currency by its rate,
 * rounded to two digits there, because a range is no price.
 */
export function usualIn(
  { from, to }: PlausibleRange,
  scale: number,
  money?: { readonly revision: CostBookRevision; readonly currency: CurrencyCode },
): PlausibleRange {
  const usd = money === undefined ? 1 : usdPerUnit(money.revision, money.currency);
  const digits = usd === 1 ? 12 : 2;
  const shown = (bound: number): number => Number(((bound * scale) / usd).toPrecision(digits));
  return { from: shown(from), to: shown(to) };
}

/** Where a currency has no rate yet, the range is left as it is in dollars: the missing rate is said at its field. */
function usdPerUnit(revision: CostBookRevision, currency: CurrencyCode): number {
  const rate = usdPerUnitOf(revision, currency) ?? 1;
  return Number.isFinite(rate) && rate > 0 ? rate : 1;
}
