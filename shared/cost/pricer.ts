import type { CostBookRevision, TariffPeriod } from '#shared/model/cost-book.ts';
import { hourlyRatesOf, type HourlyRates } from './hourly-rates.ts';
import { PRICE_PLACES, type GpuPlace } from './matching-price.ts';
import { energyPriceAt, tariffOf, type Tariff } from './tariff.ts';

/** The prices of one revision, each looked up once: what has the same price shares one object, by which it is told apart. */
export type Pricer = {
  readonly revision: CostBookRevision;
  ratesOf(sku: string, place: GpuPlace): HourlyRates | null;
  tariffOf(site: string | null, period: TariffPeriod | null): Tariff;
};

export function createPricer(revision: CostBookRevision): Pricer {
  const rates = new Map<string, HourlyRates | null>();
  const tariffs = new Map<string, Tariff>();
  return {
    revision,
    ratesOf: (sku, place) => {
      const key = JSON.stringify([sku, ...PRICE_PLACES.map((name) => place[name] ?? null)]);
      return known(rates, key, () => hourlyRatesOf(revision, sku, place));
    },
    tariffOf: (site, period) => {
      const found = energyPriceAt(revision, site);
      const key = JSON.stringify([found.site, period === null ? -1 : found.price.periods.indexOf(period)]);
      return known(tariffs, key, () => tariffOf(revision, site, period));
    },
  };
}

function known<Value>(values: Map<string, Value>, key: string, make: () => Value): Value {
  const value = values.get(key);
  if (value !== undefined) return value;
  const made = make();
  values.set(key, made);
  return made;
}
