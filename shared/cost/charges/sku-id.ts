import type { ChargeComponent } from '#shared/model/charge-row.ts';
import type { CostBook, CostBookRevision, HardwarePrice } from '#shared/model/cost-book.ts';
import type { EpochMs } from '#shared/time/instant.ts';
import { formatInstant } from '#shared/units/format-time.ts';
import { PRICE_PLACES, wordsOf } from '../matching-price.ts';

/** `sku:nvidia-h100-80gb-hbm3:energy`: what is charged, the same whatever it costs and whenever. */
export function skuIdOf(product: string, component: ChargeComponent): string {
  const words = wordsOf(product).replaceAll(' ', '-');
  return `sku:${words === '' ? 'unnamed' : words}:${component}`;
}

/**
 * One price of a SKU: where it holds, since when, and in which hours. Names are percent-encoded, so that two of them never
 * become one id and every id is ASCII.
 */
export function skuPriceIdOf(
  skuId: string,
  price: { readonly place: readonly string[]; readonly since: EpochMs; readonly hours: string | null },
): string {
  const since = price.since <= 0 ? 'first' : `${formatInstant(price.since, 'UTC', 'input').replace(' ', 'T')}Z`;
  const parts = [...price.place.map(encodeURIComponent), since, ...(price.hours === null ? [] : [price.hours])];
  return [skuId, ...parts].join(':');
}

/** `node=a`, `rack=r1`: the part of the tree that a hardware price names, with its product where that says more. */
export function placeOfPrice({ sku, where }: Pick<HardwarePrice, 'sku' | 'where'>): string[] {
  const places = PRICE_PLACES.flatMap((name) => (where[name] === undefined ? [] : [`${name}=${where[name]}`]));
  return sku === '*' ? places : [`for=${sku}`, ...places];
}

/** Start of the first of the revisions in a row, up to one, in which a price was what it is in that one. */
export function heldSince(
  book: CostBook,
  revision: CostBookRevision,
  priceIn: (revision: CostBookRevision) => number | null,
): EpochMs {
  const price = priceIn(revision);
  const earlier = book.revisions.filter(({ from }) => from < revision.from);
  const other = earlier.findLastIndex((one) => priceIn(one) !== price);
  return earlier[other + 1]?.from ?? revision.from;
}
