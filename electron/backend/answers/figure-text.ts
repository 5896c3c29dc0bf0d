import { usdPerUnitOf } from '#shared/cost/exchange.ts';
import type { CostBookRevision, CurrencyCode } from '#shared/model/cost-book.ts';

/** Short numbers for the working of a figure: four digits, so that a person who follows it arrives at the value. */

export function dollars(amount: number): string {
  return `$${amount >= 100 ? amount.toFixed(2) : Number(amount.toPrecision(4))}`;
}

export function short(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e9) return `${(value / 1e9).toPrecision(4)} G`;
  if (size >= 1e6) return `${(value / 1e6).toPrecision(4)} M`;
  if (size >= 1e4) return `${(value / 1e3).toPrecision(4)} k`;
  return size >= 1000 ? value.toFixed(0) : String(Number(value.toPrecision(4)));
}

export function percent(share: number): string {
  return `${(share * 100).toPrecision(3)} %`;
}

/** The values that were in force one after another: `1.25`, or `1.25, then 1.3`. */
export function inTurn(values: readonly number[]): string {
  return [...new Set(values)].join(', then ');
}

/** `, entered in EUR at 1.08 $`: what a price was converted with; empty for dollars. */
export function enteredIn(revision: CostBookRevision, currency: CurrencyCode): string {
  if (currency === 'USD') return '';
  const worth = usdPerUnitOf(revision, currency);
  return worth === null
    ? `, entered in ${currency} without an exchange rate`
    : `, entered in ${currency} at ${worth} $`;
}
