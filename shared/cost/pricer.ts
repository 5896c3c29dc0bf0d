import type { CostBookRevision, EnergyPrice } from '#shared/model/cost-book.ts';
import type { DemandShare } from './demand-charge.ts';
import { hourlyRatesOf, type HourlyRates } from './hourly-rates.ts';
import { PRICE_PLACES, type GpuPlace } from './matching-price.ts';
import type { TariffCalendar } from './tariff-calendar.ts';
import { energyPriceAt, tariffOf, type Tariff } from './tariff.ts';

/** The demand charge of a site in a month, as one electricity price has it; null where nothing was drawn under it. */
export type DemandShares = (price: EnergyPrice, site: string | null, month: string) => DemandShare | null;

/** The prices of one revision, each looked up once: what has the same price shares one object, by which it is told apart. */
export type Pricer = {
  readonly revision: CostBookRevision;
  ratesOf(sku: string, place: GpuPlace): HourlyRates | null;
  /** Electricity of a site in hours of a kind of the calendar; without a kind, in hours of no period and no month. */
  tariffOf(site: string | null, kind: number | undefined): Tariff;
};

export function createPricer(
  revision: CostBookRevision,
  hours: { readonly calendar: TariffCalendar | null; readonly demand: DemandShares },
): Pricer {
  const rates = new Map<string, HourlyRates | null>();
  const tariffs = new Map<string, Tariff>();
  const tariffIn = (site: string | null, kind: number | undefined): Tariff => {
    const found = energyPriceAt(revision, site);
    const { period, month } = hours.calendar?.kinds[kind ?? -1]?.get(found.price) ?? { period: null, month: null };
    const periodKey = period === null ? -1 : found.price.periods.indexOf(period);
    // Sites that share a price have demand charges of their own.
    const key = JSON.stringify([found.site, periodKey, month, month === null ? null : site]);
    const demand = (): DemandShare | null => (month === null ? null : hours.demand(found.price, site, month));
    return known(tariffs, key, () => tariffOf(revision, site, { period, demand: demand() }));
  };
  return {
    revision,
    ratesOf: (sku, place) => {
      const key = JSON.stringify([sku, ...PRICE_PLACES.map((name) => place[name] ?? null)]);
      return known(rates, key, () => hourlyRatesOf(revision, sku, place));
    },
    tariffOf: tariffIn,
  };
}

function known<Value>(values: Map<string, Value>, key: string, make: () => Value): Value {
  const value = values.get(key);
  if (value !== undefined) return value;
  const made = make();
  values.set(key, made);
  return made;
}
