import type { CostBookRevision, HardwarePrice, PricePlace } from '#shared/model/cost-book.ts';

/** Dimensions that a price can name, the closest first. */
export const PRICE_PLACES = ['node', 'rack', 'pool', 'site'] as const satisfies readonly (keyof PricePlace)[];

export type PriceDimension = (typeof PRICE_PLACES)[number];

/** Where a GPU stands, as far as it is known: what is left out, or null, is named by no price. */
export type GpuPlace = { readonly [Name in PriceDimension]?: string | null };

/**
 * The price that holds for a product in a place: of those that match, the one that names the closest place (node, rack, pool,
 * site, none), then the longest product name, then the one that names more places. Null where the book has none.
 */
export function matchingPrice(revision: CostBookRevision, sku: string, place: GpuPlace): HardwarePrice | null {
  const matches = revision.hardware.filter(
    (price) => holdsAt(price.where, place) && (price.sku === '*' || holdsWords(sku, price.sku)),
  );
  const rank = (one: HardwarePrice, other: HardwarePrice): number =>
    closenessOf(other.where) - closenessOf(one.where) ||
    lengthOf(other) - lengthOf(one) ||
    placesNamed(other.where) - placesNamed(one.where);
  return matches.toSorted(rank)[0] ?? null;
}

/** Whether a GPU at a place is in the part of the tree that a price holds for. */
export function holdsAt(where: PricePlace, place: GpuPlace): boolean {
  return PRICE_PLACES.every((name) => where[name] === undefined || where[name] === place[name]);
}

/** The dimensions that any hardware price of a revision names: the only ones by which GPUs must be told apart. */
export function placesNamedBy({ hardware }: CostBookRevision): PriceDimension[] {
  return PRICE_PLACES.filter((name) => hardware.some(({ where }) => where[name] !== undefined));
}

/** `node a, rack r1`: the closest place first; null where the price holds anywhere. */
export function placeWords(where: PricePlace): string | null {
  const words = PRICE_PLACES.flatMap((name) => (where[name] === undefined ? [] : [`${name} ${where[name]}`]));
  return words.length === 0 ? null : words.join(', ');
}

/** 4 for a node down to 1 for a site, 0 for anywhere. */
function closenessOf(where: PricePlace): number {
  const closest = PRICE_PLACES.findIndex((name) => where[name] !== undefined);
  return closest === -1 ? 0 : PRICE_PLACES.length - closest;
}

function placesNamed(where: PricePlace): number {
  return PRICE_PLACES.filter((name) => where[name] !== undefined).length;
}

function lengthOf(price: HardwarePrice): number {
  return price.sku === '*' ? 0 : price.sku.length;
}

/** Whole words only: `B200` must not price a GB200, nor `H100` an H1000. */
export function holdsWords(sku: string, wanted: string): boolean {
  const words = wordsOf(wanted);
  return words !== '' && ` ${wordsOf(sku)} `.includes(` ${words} `);
}

/** A product name in lower case, its words parted by one space: `NVIDIA-H100_80GB` and `nvidia h100 80gb` are one. */
export function wordsOf(sku: string): string {
  return sku
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, ' ')
    .trim();
}
