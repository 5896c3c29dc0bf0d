import type { CostBook, CostBookRevision, HardwarePrice } from '#shared/model/cost-book.ts';
import type { EpochMs } from '#shared/time/instant.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import { epochMs } from '#shared/time/instant.ts';
import { usdPerGpuHour, type UsdPerGpuHour } from '#shared/units/quantities.ts';
import { capitalPerGpuHour } from './capital-cost.ts';
import { usdPerUnitOf } from './exchange.ts';
import { matchingPrice, type GpuPlace } from './matching-price.ts';
import { colocationPerGpuHour, licencePerGpuHour } from './per-gpu-hour.ts';

/** What one GPU costs per hour whether it works or not, by category. */
export type HourlyRates = {
  readonly capital: UsdPerGpuHour;
  readonly facility: UsdPerGpuHour;
  readonly network: UsdPerGpuHour;
  readonly operations: UsdPerGpuHour;
  /** The rent includes power: measured energy is not charged again. */
  readonly includesEnergy: boolean;
  /** What one unit of the price's currency is worth, USD. */
  readonly usdPerUnit: number;
  readonly price: HardwarePrice;
};

/**
 * Rates of a product at a place in a revision, USD whatever the currency of the price: amount x USD per unit. Null where the
 * book has no price for it, or no exchange rate for the price's currency.
 */
export function hourlyRatesOf(revision: CostBookRevision, sku: string, place: GpuPlace = {}): HourlyRates | null {
  const price = matchingPrice(revision, sku, place);
  return price === null ? null : ratesOfPrice(revision, price);
}

/** Rates of a price, USD; null where the revision has no exchange rate for its currency. */
export function ratesOfPrice(revision: CostBookRevision, price: HardwarePrice): HourlyRates | null {
  const worth = usdPerUnitOf(revision, price.currency);
  if (worth === null) return null;
  const facility = price.facility;
  const licences = licencePerGpuHour(price.licenceUsdPerGpuYear);
  return {
    capital: usdPerGpuHour(capitalPerGpuHour(price.terms) * worth),
    facility: usdPerGpuHour(facility === null ? 0 : colocationPerGpuHour(facility) * worth),
    network: usdPerGpuHour((price.networkUsdPerGpuHour + price.storageUsdPerGpuHour) * worth),
    operations: usdPerGpuHour((price.operationsUsdPerGpuHour + licences) * worth),
    includesEnergy: (price.terms.kind === 'rented' && price.terms.includesEnergy) || facility?.includesEnergy === true,
    usdPerUnit: worth,
    price,
  };
}

/** All that a GPU-hour costs before energy, USD/GPU-h. */
export function totalRateOf(rates: HourlyRates): UsdPerGpuHour {
  return usdPerGpuHour(rates.capital + rates.facility + rates.network + rates.operations);
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
