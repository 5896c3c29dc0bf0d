import { hourlyRatesOf, totalRateOf, type HourlyRates } from '#shared/cost/hourly-rates.ts';
import { placeWords } from '#shared/cost/matching-price.ts';
import type { MatchedPrice, MatchedRate } from '#shared/contract/cost-book-answer.ts';
import type { PreviewedRate } from '#shared/contract/cost-book-preview-schema.ts';
import type { CostBookRevision, HardwarePrice } from '#shared/model/cost-book.ts';
import { rateFigure } from '../rate-figure.ts';
import type { GpuSeat } from '#shared/model/gpu.ts';

/** Every product of the fleet by the price that holds for it, most GPUs first. */
export function matchedRates(seats: readonly GpuSeat[], revision: CostBookRevision | null): MatchedRate[] {
  return groupsOf(seats, [revision]).map(({ seats: list, sku, rates: [rates = null] }) => ({
    ...membersOf(sku, list),
    usdPerGpuHour: rates === null ? null : totalRateOf(rates),
    matched: rates === null ? null : matchedPrice(rates.price, revision),
  }));
}

/** Every product of the fleet at two sets of prices. */
export function previewedRates(
  seats: readonly GpuSeat[],
  draft: CostBookRevision | null,
  inForce: CostBookRevision | null,
): PreviewedRate[] {
  const totalOf = (rates: HourlyRates | null | undefined): number | null => (rates ? totalRateOf(rates) : null);
  return groupsOf(seats, [draft, inForce]).map(({ seats: list, sku, rates }) => ({
    ...membersOf(sku, list),
    draft: totalOf(rates[0]),
    inForce: totalOf(rates[1]),
    draftRate: rateFigure(draft, rates[0] ?? null),
    inForceRate: rateFigure(inForce, rates[1] ?? null),
    draftPrice: placeIn(draft, rates[0]),
  }));
}

type Group = {
  readonly sku: string;
  readonly seats: readonly GpuSeat[];
  readonly rates: readonly (HourlyRates | null)[];
};

/** Seats by product and by the price that each revision gives them. */
function groupsOf(seats: readonly GpuSeat[], revisions: readonly (CostBookRevision | null)[]): Group[] {
  const ratesOf = (seat: GpuSeat): Group['rates'] =>
    revisions.map((revision) => (revision === null ? null : hourlyRatesOf(revision, seat.sku, seat)));
  const keyOf = (seat: GpuSeat): string =>
    JSON.stringify([seat.sku, ...ratesOf(seat).map((rates, index) => placeIn(revisions[index], rates))]);
  return [...Map.groupBy(seats, keyOf).values()]
    .flatMap((list) => {
      const [first] = list;
      return first === undefined ? [] : [{ sku: first.sku, seats: list, rates: ratesOf(first) }];
    })
    .toSorted((one, other) => other.seats.length - one.seats.length);
}

/** Which of a revision's prices it is; null for none. */
function placeIn(revision: CostBookRevision | null | undefined, rates: HourlyRates | null | undefined): number | null {
  return rates && revision ? revision.hardware.indexOf(rates.price) : null;
}

function membersOf(sku: string, seats: readonly GpuSeat[]): Pick<MatchedRate, 'sku' | 'gpus' | 'sites'> {
  const sites = seats.flatMap(({ site }) => (site === null ? [] : [site]));
  return { sku, gpus: seats.length, sites: [...new Set(sites)].toSorted() };
}

function matchedPrice(price: HardwarePrice, revision: CostBookRevision | null): MatchedPrice {
  const { sku, where, provenance } = price;
  return { sku, where, provenance, why: whyOf(price, (revision?.hardware.length ?? 0) > 1) };
}

function whyOf({ sku, where }: HardwarePrice, isOneOfMany: boolean): string {
  const name = sku === '*' ? 'it holds for any product' : `the product is named ${sku}`;
  const place = placeWords(where);
  if (place !== null) return `${name}, and it is the price of ${place}`;
  return isOneOfMany && sku !== '*' ? `${name}: the longest name that matches` : name;
}
