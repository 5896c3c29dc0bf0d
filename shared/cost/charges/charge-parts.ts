import type { ChargeComponent, ChargePlace, ChargeUse } from '#shared/model/charge-row.ts';
import type { CostBook, CostBookRevision, HardwarePrice } from '#shared/model/cost-book.ts';
import { joules } from '#shared/units/quantities.ts';
import { SECONDS_PER_HOUR, toKilowattHours } from '#shared/units/arithmetic.ts';
import { facilityEnergyOf, itEnergyOf } from '../energy-cost.ts';
import { ratesOfPrice, type HourlyRates } from '../hourly-rates.ts';
import { licencePerGpuHour } from '../per-gpu-hour.ts';
import type { PricedLine } from '../price-usage.ts';
import { energyPriceAt, tariffOf } from '../tariff.ts';
import { chargeUseOf } from './charge-use.ts';
import { heldSince, placeOfPrice, skuIdOf, skuPriceIdOf } from './sku-id.ts';

/** GPU time and energy of one place and day, as answers price it. */
export type ChargeUsage = {
  readonly place: ChargePlace;
  readonly line: PricedLine;
  readonly revision: CostBookRevision;
  /** The commitment of the line's price, and the share of its GPU time that is under it; null for none. */
  readonly commitment: { readonly id: string; readonly share: number } | null;
  /** Rent for GPUs that are not in the fleet: the line's product is then that of its price. */
  readonly isUnusedCommitment: boolean;
};

/** One line's part of a charge row, before rows of the same price are added. */
export type ChargePart = {
  readonly place: ChargePlace;
  readonly use: ChargeUse;
  readonly component: ChargeComponent;
  readonly product: string;
  readonly skuId: string;
  readonly skuPriceId: string;
  readonly tariffPeriod: string | null;
  readonly unit: 'GPU-h' | 'kWh';
  readonly quantity: number;
  readonly unitPrice: number | null;
  readonly itKilowattHours: number | null;
  readonly isMetered: boolean | null;
  readonly commitment: string | null;
  readonly revision: CostBookRevision;
};

/**
 * The charges of a line of usage. Their products of quantity and price add to what `priceLines` makes of the line:
 *
 *   capital, reserved, facility, network, operations, licences [USD] = GPU-h x rate [USD/GPU-h]
 *   energy [USD] = facility energy [kWh] x tariff of its hours [USD/kWh]; 0 USD/kWh where the rent includes it
 *   demand [USD] = facility energy [kWh] x what a kWh of the month bears of its demand charge [USD/kWh]
 */
export function chargeParts(book: CostBook, usage: ChargeUsage): ChargePart[] {
  return [...timeParts(book, usage), ...energyParts(book, usage)];
}

type Base = Pick<ChargePart, 'place' | 'use' | 'product' | 'revision'>;

function baseOf({ place, line, revision, isUnusedCommitment }: ChargeUsage): Base {
  const use = isUnusedCommitment ? 'unused-commitment' : chargeUseOf(line.state);
  return { place, use, product: line.sku, revision };
}

function timeParts(book: CostBook, usage: ChargeUsage): ChargePart[] {
  const { line, commitment } = usage;
  const gpuHours = line.gpuSeconds / SECONDS_PER_HOUR;
  if (gpuHours === 0) return [];
  if (line.rates === null) return [timePart(book, usage, { component: 'capital', gpuHours, rate: null })];
  const reserved = gpuHours * (commitment?.share ?? 0);
  const rent = line.rates.capital;
  const adders = addersOf(line.rates).map((adder) => ({ ...adder, gpuHours }));
  return [
    { component: 'reserved' as const, rate: rent, gpuHours: reserved },
    { component: 'capital' as const, rate: rent, gpuHours: gpuHours - reserved },
    ...adders,
  ]
    .filter((part) => part.gpuHours !== 0)
    .map((part) => timePart(book, usage, part));
}

/** What a GPU-hour costs besides its capital, USD/GPU-h; what costs nothing is left out. */
function addersOf(rates: HourlyRates): { readonly component: ChargeComponent; readonly rate: number }[] {
  const { price, usdPerUnit } = rates;
  // Licences are in the rate of operations, which is none where no GPU is there.
  const worth = rates.operations === 0 ? 0 : usdPerUnit;
  return [
    { component: 'facility' as const, rate: rates.facility },
    { component: 'network' as const, rate: rates.network },
    { component: 'operations' as const, rate: price.operationsUsdPerGpuHour * worth },
    { component: 'licences' as const, rate: licencePerGpuHour(price.licenceUsdPerGpuYear) * worth },
  ].filter(({ rate }) => rate !== 0);
}

function timePart(
  book: CostBook,
  usage: ChargeUsage,
  part: { readonly component: ChargeComponent; readonly gpuHours: number; readonly rate: number | null },
): ChargePart {
  const { line, revision, commitment } = usage;
  const skuId = skuIdOf(line.sku, part.component);
  const price = line.rates?.price;
  const since =
    price === undefined ? revision.from : heldSince(book, revision, (one) => rateIn(one, price, part.component));
  const place = price === undefined ? ['unpriced'] : placeOfPrice(price);
  return {
    ...baseOf(usage),
    component: part.component,
    skuId,
    skuPriceId: skuPriceIdOf(skuId, { place, since, hours: null }),
    tariffPeriod: null,
    unit: 'GPU-h',
    quantity: part.gpuHours,
    unitPrice: part.rate,
    itKilowattHours: null,
    isMetered: null,
    commitment: part.component === 'reserved' ? (commitment?.id ?? null) : null,
  };
}

/** The rate that a revision has for the same product pattern in the same place; null for none. */
function rateIn(revision: CostBookRevision, price: HardwarePrice, component: ChargeComponent): number | null {
  const key = placeOfPrice(price).join('\n');
  const same = revision.hardware.find((one) => placeOfPrice(one).join('\n') === key);
  const rates = same === undefined ? null : ratesOfPrice(revision, same);
  if (rates === null) return null;
  if (component === 'capital' || component === 'reserved') return rates.capital;
  return addersOf(rates).find((adder) => adder.component === component)?.rate ?? 0;
}

function energyParts(book: CostBook, usage: ChargeUsage): ChargePart[] {
  const { line, revision } = usage;
  const { tariff, boundary } = line;
  if (line.energyJoules === null || line.energyJoules === 0) return [];
  const measured = { joules: joules(line.energyJoules), boundary };
  const quantity = toKilowattHours(facilityEnergyOf(measured, tariff.price));
  const isIncluded = line.rates?.includesEnergy === true;
  const skuId = skuIdOf(line.sku, 'energy');
  const period = tariff.period;
  const hours =
    period === null ? null : `hours-${tariff.price.periods.indexOf(period)}-${encodeURIComponent(period.name)}`;
  const place = tariff.site === null ? [] : [`site=${tariff.site}`];
  const since = heldSince(book, revision, (one) => energyRateIn(one, tariff.site, period?.name ?? null));
  const common = { ...baseOf(usage), unit: 'kWh', quantity, commitment: null } as const;
  const energy: ChargePart = {
    ...common,
    component: 'energy',
    skuId,
    skuPriceId: skuPriceIdOf(
      skuId,
      isIncluded ? { place: ['in-the-rent'], since: revision.from, hours: null } : { place, since, hours },
    ),
    tariffPeriod: isIncluded ? null : (period?.name ?? null),
    unitPrice: isIncluded ? 0 : line.rates === null ? null : tariff.usdPerKilowattHour,
    itKilowattHours: toKilowattHours(itEnergyOf(measured, tariff.price)),
    isMetered: boundary === 'wall',
  };
  if (isIncluded || tariff.demand === null || tariff.usdPerKilowattHour === null) return [energy];
  const demandSku = skuIdOf(line.sku, 'demand');
  const ofSite = [`site=${tariff.demand.site ?? ''}`, tariff.demand.month];
  return [
    energy,
    {
      ...common,
      component: 'demand',
      skuId: demandSku,
      skuPriceId: skuPriceIdOf(demandSku, { place: ofSite, since: revision.from, hours: null }),
      tariffPeriod: null,
      unitPrice: line.rates === null ? null : tariff.demand.usdPerKilowattHour,
      itKilowattHours: null,
      isMetered: null,
    },
  ];
}

function energyRateIn(revision: CostBookRevision, site: string | null, periodName: string | null): number | null {
  const { price } = energyPriceAt(revision, site);
  const period = periodName === null ? null : (price.periods.find(({ name }) => name === periodName) ?? null);
  return tariffOf(revision, site, { period, demand: null }).usdPerKilowattHour;
}
