import type { CostBook, CostBookRevision, HardwarePrice } from '#shared/model/cost-book.ts';
import type { EpochMs } from '#shared/time/instant.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import { epochMs } from '#shared/time/instant.ts';
import { usdPerGpuHour, type UsdPerGpuHour } from '#shared/units/quantities.ts';
import { capitalPerGpuHour } from './capital-cost.ts';
import { colocationPerGpuHour, licencePerGpuHour } from './per-gpu-hour.ts';

/** What one GPU costs per hour whether it works or not, by category. */
export type HourlyRates = {
  readonly capital: UsdPerGpuHour;
  readonly facility: UsdPerGpuHour;
  readonly network: UsdPerGpuHour;
  readonly operations: UsdPerGpuHour;
  /** The rent includes power: measured energy is not charged again. */
  readonly includesEnergy: boolean;
  readonly price: HardwarePrice;
};

/** Rates of a product in a revision: of the longest matching name, else of `*`; null where the book has no price. */
export function hourlyRatesOf(revision: CostBookRevision, sku: string): HourlyRates | null {
  const price = priceOf(revision, sku);
  if (price === null) return null;
  const facility = price.facility;
  return {
    capital: capitalPerGpuHour(price.terms),
    facility: facility === null ? usdPerGpuHour(0) : colocationPerGpuHour(facility),
    network: usdPerGpuHour(price.networkUsdPerGpuHour + price.storageUsdPerGpuHour),
    operations: usdPerGpuHour(price.operationsUsdPerGpuHour + licencePerGpuHour(price.licenceUsdPerGpuYear)),
    includesEnergy: (price.terms.kind === 'rented' && price.terms.includesEnergy) || facility?.includesEnergy === true,
    price,
  };
}

/** All that a GPU-hour costs before energy, USD/GPU-h. */
export function totalRateOf(rates: HourlyRates): UsdPerGpuHour {
  return usdPerGpuHour(rates.capital + rates.facility + rates.network + rates.operations);
}

function priceOf(revision: CostBookRevision, sku: string): HardwarePrice | null {
  const matches = revision.hardware.filter((price) => price.sku === '*' || holdsWords(sku, price.sku));
  const longest = (one: HardwarePrice, other: HardwarePrice): number => lengthOf(other) - lengthOf(one);
  return matches.toSorted(longest)[0] ?? null;
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

/** The revision in force at an instant: the last one that began; before the first, the first. */
export function revisionAt(book: CostBook, at: EpochMs): CostBookRevision | null {
  return book.revisions.findLast((revision) => revision.from <= at) ?? book.revisions[0] ?? null;
}

/** Cuts a window where prices change, so that each piece has one revision. */
export function pricedPieces(
  book: CostBook,
  window: TimeRange,
): readonly { readonly window: TimeRange; readonly revision: CostBookRevision }[] {
  const cuts = book.revisions.map((revision) => revision.from).filter((from) => from > window.from && from < window.to);
  const edges = [window.from, ...cuts, window.to];
  return edges.slice(1).flatMap((to, index) => {
    const from = edges[index] ?? window.from;
    const revision = revisionAt(book, from);
    return revision === null ? [] : [{ window: { from, to: epochMs(to) }, revision }];
  });
}
