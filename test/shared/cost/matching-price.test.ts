import { describe, expect, it } from 'vitest';
import { troubleOfCostBook } from '#shared/cost/check-cost-book.ts';
import { hourlyRatesOf, totalRateOf } from '#shared/cost/hourly-rates.ts';
import { placesNamedBy } from '#shared/cost/matching-price.ts';
import { plausibilityWarnings } from '#shared/cost/plausibility.ts';
import { SAMPLE_COST_BOOK } from '#shared/cost/sample-cost-book.ts';
import { energyPriceAt, tariffOf } from '#shared/cost/tariff.ts';
import type { CostBookRevision, EnergyPrice, HardwarePrice, PricePlace } from '#shared/model/cost-book.ts';
import { FACILITY_DEFAULTS, HARDWARE_DEFAULTS, RENTAL_DEFAULTS } from '#shared/model/cost-book-defaults.ts';

const BASE = SAMPLE_COST_BOOK.revisions[0]!;
const PROVENANCE = { quality: 'entered', note: 'by hand', asOf: null } as const;

function rent(sku: string, usdPerGpuHour: number, where: PricePlace = {}): HardwarePrice {
  const terms = { ...RENTAL_DEFAULTS, kind: 'rented', usdPerGpuHour, includesEnergy: false } as const;
  return { ...HARDWARE_DEFAULTS, sku, where, terms, provenance: PROVENANCE };
}

function book(...hardware: readonly HardwarePrice[]): CostBookRevision {
  return { ...BASE, hardware };
}

function electricity(usdPerKilowattHour: number, more: Partial<EnergyPrice> = {}): EnergyPrice {
  return { ...BASE.energy, usdPerKilowattHour, ...more };
}

describe('of the prices that match', () => {
  const revision = book(
    rent('*', 1),
    rent('H100', 2),
    rent('*', 3, { site: 'north' }),
    rent('*', 4, { pool: 'batch' }),
    rent('H100', 5, { pool: 'batch' }),
    rent('*', 6, { rack: 'r1' }),
    rent('*', 7, { rack: 'r1', site: 'north' }),
    rent('*', 8, { node: 'n1' }),
  );

  it.each([
    ['anywhere, the longest name', {}, 2],
    ['a site before a name', { site: 'north' }, 3],
    ['a pool before a site, and there the longest name', { site: 'north', pool: 'batch' }, 5],
    ['a rack before a pool', { rack: 'r1', pool: 'batch' }, 6],
    ['of two of one rack, the one that names more', { rack: 'r1', site: 'north' }, 7],
    ['a node before all', { node: 'n1', rack: 'r1', site: 'north', pool: 'batch' }, 8],
    ['no other site', { site: 'south' }, 2],
  ])('%s', (_words, place, expected) => {
    expect(hourlyRatesOf(revision, 'NVIDIA H100', place)?.capital).toBe(expected);
  });

  it('only those that hold for the place count', () => {
    expect(hourlyRatesOf(book(rent('*', 3, { site: 'north' })), 'NVIDIA H100', { site: 'south' })).toBeNull();
    expect(hourlyRatesOf(book(rent('*', 3, { site: 'north' })), 'NVIDIA H100')).toBeNull();
  });

  it('GPUs are told apart by the places that are named, and by no other', () => {
    expect(placesNamedBy(revision)).toEqual(['node', 'rack', 'pool', 'site']);
    expect(placesNamedBy(book(rent('*', 1), rent('*', 3, { site: 'north' })))).toEqual(['site']);
    expect(placesNamedBy(BASE)).toEqual([]);
  });
});

describe('a price in another currency', () => {
  const euro = { currency: 'EUR', usdPerUnit: 1.1, provenance: PROVENANCE };
  const price: HardwarePrice = {
    ...rent('H100', 2),
    currency: 'EUR',
    facility: { ...FACILITY_DEFAULTS, usdPerKilowattMonth: 146, provisionedKilowatts: 1 },
    networkUsdPerGpuHour: 0.1,
    storageUsdPerGpuHour: 0.1,
    operationsUsdPerGpuHour: 0.3,
    licenceUsdPerGpuYear: 876,
  };

  it('is converted once, amount by amount', () => {
    const rates = hourlyRatesOf({ ...book(price), currencies: [euro] }, 'NVIDIA H100')!;
    // (2 + 146 / 730 + 0.2 + 0.3 + 876 / 8760) EUR = 2.8 EUR
    expect(totalRateOf(rates)).toBeCloseTo(2.8 * 1.1, 12);
    expect(rates.capital).toBeCloseTo(2.2, 12);
  });

  it('has no value without an exchange rate, and is refused', () => {
    expect(hourlyRatesOf(book(price), 'NVIDIA H100')).toBeNull();
    expect(troubleOfCostBook({ revisions: [book(price)] })).toBe('H100 is priced in EUR: enter its exchange rate.');
    const energy = electricity(0.1, { currency: 'EUR' });
    expect(tariffOf({ ...BASE, energy }, null).usdPerKilowattHour).toBeNull();
    expect(troubleOfCostBook({ revisions: [{ ...BASE, energy }] })).toContain('Electricity is priced in EUR');
    expect(troubleOfCostBook({ revisions: [{ ...book(price), currencies: [euro] }] })).toBeNull();
  });

  it('of electricity too', () => {
    const revision = { ...BASE, energy: electricity(0.1, { currency: 'EUR' }), currencies: [euro] };
    expect(tariffOf(revision, null).usdPerKilowattHour).toBeCloseTo(0.11, 12);
  });
});

describe('electricity of a site', () => {
  const revision = { ...BASE, siteEnergy: [{ site: 'north', energy: electricity(0.03) }] };

  it('is its own, elsewhere that of the fleet', () => {
    expect(tariffOf(revision, 'north')).toMatchObject({ site: 'north', usdPerKilowattHour: 0.03 });
    expect(energyPriceAt(revision, 'south')).toEqual({ price: BASE.energy, site: null });
    expect(energyPriceAt(revision, null).site).toBeNull();
  });
});

describe('a cost book', () => {
  it('has one price for a product and place', () => {
    const rack = { rack: 'r1' };
    expect(troubleOfCostBook({ revisions: [book(rent('H100', 1), rent('H100', 2, rack))] })).toBeNull();
    const twice = book(rent('H100', 1, rack), rent('h100', 2, rack));
    expect(troubleOfCostBook({ revisions: [twice] })).toContain('two prices at rack r1');
  });

  it.each([
    [
      'an exchange rate',
      { currencies: [1, 2].map((usdPerUnit) => ({ currency: 'EUR', usdPerUnit, provenance: PROVENANCE })) },
    ],
    ['an electricity price', { siteEnergy: [1, 2].map((rate) => ({ site: 'north', energy: electricity(rate) })) }],
    [
      'weights',
      { modelWeights: [1, 2].map((output) => ({ model: 'llama', weights: { input: 1, cached: 1, output } })) },
    ],
  ])('has %s once', (what, twice) => {
    expect(troubleOfCostBook({ revisions: [{ ...BASE, ...twice }] })).toContain(`${what} twice`);
  });

  it('names tariff periods of two prices apart, and warns of one that no hour can lie in', () => {
    const period = { name: 'peak', months: [], weekdays: [], hours: [8, 9], usdPerKilowattHour: 0.2 };
    const within = (periods: EnergyPrice['periods']): CostBookRevision => ({
      ...BASE,
      energy: electricity(0.1, { periods }),
    });
    const dearer = { ...period, months: [7], usdPerKilowattHour: 0.3 };
    expect(troubleOfCostBook({ revisions: [within([dearer, period])] })).toContain('two periods are named peak');
    const hidden = within([period, { ...dearer, name: 'summer' }]);
    expect(troubleOfCostBook({ revisions: [hidden] })).toBeNull();
    expect(plausibilityWarnings(hidden)).toEqual([
      'Electricity: summer can never match, because periods above it hold its hours.',
    ]);
    expect(plausibilityWarnings(within([{ ...dearer, name: 'summer' }, period]))).toEqual([]);
  });
});
