import { sum } from '#shared/lib/sum.ts';
import { usd, type Usd } from '#shared/units/quantities.ts';
import type { TokenClasses } from '../token-count.ts';

/** A list price per million tokens of each class, USD. */
export type TokenPrices = { readonly [Name in keyof TokenClasses]: number };

const TOKENS_PER_PRICE = 1e6;

/** revenue [USD] = sum over classes of tokens / 1e6 x list price [USD/Mtok] */
export function revenueOf(sold: TokenClasses, prices: TokenPrices): Usd {
  const lines = [
    sold.uncachedInput * prices.uncachedInput,
    sold.cachedInput * prices.cachedInput,
    sold.output * prices.output,
  ];
  return usd(sum(lines) / TOKENS_PER_PRICE);
}

/** gross margin = 1 - cost / revenue; null without revenue. Source of all three: economics reference, section 4.2. */
export function grossMargin(revenue: Usd, cost: Usd): number | null {
  return revenue > 0 ? 1 - cost / revenue : null;
}

/** revenue multiple = revenue / cost: of the period's cost, not of an investment. Null without cost. */
export function revenueMultiple(revenue: Usd, cost: Usd): number | null {
  return cost > 0 ? revenue / cost : null;
}

/** ROI = (revenue - cost) / investment. Over one month the investment is the month's cost. Null without investment. */
export function returnOnInvestment(revenue: Usd, cost: Usd, investment: Usd): number | null {
  return investment > 0 ? (revenue - cost) / investment : null;
}
