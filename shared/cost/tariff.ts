import type { CostBookRevision, EnergyPrice, TariffPeriod } from '#shared/model/cost-book.ts';
import { usdPerKilowattHour, type UsdPerKilowattHour } from '#shared/units/quantities.ts';
import type { DemandShare } from './demand-charge.ts';
import { usdPerUnitOf } from './exchange.ts';

/** What electricity costs in one place in some of its hours. */
export type Tariff = {
  readonly price: EnergyPrice;
  /** The site whose own electricity it is; null for that of the fleet. */
  readonly site: string | null;
  /** The hours it holds in; null for all that no period names. */
  readonly period: TariffPeriod | null;
  /** USD, whatever the currency of the price; null where the revision has no exchange rate for it. */
  readonly usdPerKilowattHour: UsdPerKilowattHour | null;
  /** What each kWh of the month bears of its demand charge, on top; null where there is none. */
  readonly demand: DemandShare | null;
};

/** The electricity of a site: its own, else the fleet's. */
export function energyPriceAt(
  revision: CostBookRevision,
  site: string | null,
): { readonly price: EnergyPrice; readonly site: string | null } {
  const own = site === null ? undefined : revision.siteEnergy.find((one) => one.site === site);
  return own === undefined ? { price: revision.energy, site: null } : { price: own.energy, site: own.site };
}

/** The tariff of a site in the hours of a period: without one, in all hours that no period names. */
export function tariffOf(
  revision: CostBookRevision,
  site: string | null,
  { period, demand }: Pick<Tariff, 'period' | 'demand'> = { period: null, demand: null },
): Tariff {
  const found = energyPriceAt(revision, site);
  const worth = usdPerUnitOf(revision, found.price.currency);
  const amount = period?.usdPerKilowattHour ?? found.price.usdPerKilowattHour;
  return { ...found, period, demand, usdPerKilowattHour: worth === null ? null : usdPerKilowattHour(amount * worth) };
}
