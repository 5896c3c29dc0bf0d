import { describe, expect, it } from 'vitest';
import { troubleOfCostBook } from '#shared/cost/check-cost-book.ts';
import { hourlyRatesOf, totalRateOf } from '#shared/cost/hourly-rates.ts';
import { bookWithPriceOf, editedBook } from '#shared/cost/what-if/scenario-book.ts';
import { SAMPLE_COST_BOOK } from '#shared/cost/sample-cost-book.ts';
import { HARDWARE_DEFAULTS, RENTAL_DEFAULTS } from '#shared/model/cost-book-defaults.ts';
import type { CostBook, CostBookRevision, HardwarePrice } from '#shared/model/cost-book.ts';
import type { BookEdit } from '#shared/model/scenario.ts';

const PROVENANCE = { quality: 'entered', note: 'by hand', asOf: null } as const;

function rentedAt(sku: string, usdPerGpuHour: number, more: Partial<HardwarePrice> = {}): HardwarePrice {
  const terms = { ...RENTAL_DEFAULTS, kind: 'rented' as const, usdPerGpuHour, includesEnergy: false };
  return { ...HARDWARE_DEFAULTS, sku, terms, provenance: PROVENANCE, ...more };
}

const FIRST = SAMPLE_COST_BOOK.revisions[0]!;

function bookOf(hardware: readonly HardwarePrice[], more: Partial<CostBookRevision> = {}): CostBook {
  return { revisions: [{ ...FIRST, hardware, ...more }] };
}

const rateOf = (book: CostBook, sku: string): number | null => {
  const found = hourlyRatesOf(book.revisions[0]!, sku);
  return found === null ? null : totalRateOf(found);
};

const RENT: BookEdit = { kind: 'rent', sku: 'NVIDIA B200', usdPerGpuHour: 9, isAllIn: true };

describe('a book of a scenario', () => {
  it('has one price of electricity for all hours and sites', () => {
    const period = { name: 'peak', months: [], weekdays: [], hours: [18], usdPerKilowattHour: 0.3 };
    const energy = { ...FIRST.energy, periods: [period], demandUsdPerKilowattMonth: 12 };
    const book = bookOf([], { energy, siteEnergy: [{ site: 'dallas', energy }] });
    const { revisions } = editedBook(book, { kind: 'tariff', usdPerKilowattHour: 0.05 });
    for (const price of [revisions[0]!.energy, revisions[0]!.siteEnergy[0]!.energy]) {
      expect(price).toMatchObject({
        usdPerKilowattHour: 0.05,
        periods: [],
        demandUsdPerKilowattMonth: 0,
        pue: energy.pue,
      });
    }
    const doubled = editedBook(book, { kind: 'tariff-factor', factor: 2 }).revisions[0]!;
    expect(doubled.energy).toMatchObject({ demandUsdPerKilowattMonth: 24, periods: [{ usdPerKilowattHour: 0.6 }] });
  });

  it('rents a product that is priced by a wider name, and leaves the others', () => {
    const book = editedBook(bookOf([rentedAt('*', 1), rentedAt('B200', 2), rentedAt('H100', 3)]), RENT);
    expect(['NVIDIA B200', 'NVIDIA H100', 'NVIDIA L4'].map((sku) => rateOf(book, sku))).toEqual([9, 3, 1]);
    expect(hourlyRatesOf(book.revisions[0]!, 'NVIDIA B200')!.includesEnergy).toBe(true);
    expect(troubleOfCostBook(book)).toBeNull();
  });

  it('rents a product at every place that has a price for it', () => {
    const there = rentedAt('*', 5, { where: { node: 'n1' } });
    const book = editedBook(bookOf([there, rentedAt('B200', 2), rentedAt('B200 SXM', 4)]), RENT);
    const prices = book.revisions[0]!.hardware.filter((price) => price.sku === 'NVIDIA B200');
    expect(prices.map((price) => [price.where, price.terms])).toEqual([
      [{ node: 'n1' }, expect.objectContaining({ usdPerGpuHour: 9 })],
      [{}, expect.objectContaining({ usdPerGpuHour: 9 })],
    ]);
    expect(rateOf(book, 'NVIDIA B200')).toBe(9);
  });

  it('owns instead of rents, and keeps what stands beside the hardware', () => {
    const book = bookOf([rentedAt('B200', 2, { networkUsdPerGpuHour: 0.5 })]);
    const own = { kind: 'own', sku: '*', capexUsd: 73_000, residualShare: 0, termMonths: 100, annualRate: 0 } as const;
    // 73,000 / 100 months / 730 h = 1 USD/GPU-h, and the network beside it
    expect(rateOf(editedBook(book, own), 'B200')).toBeCloseTo(1.5, 12);
  });

  it('brings what it keeps to dollars', () => {
    const currencies = [{ currency: 'EUR', usdPerUnit: 1.1, provenance: PROVENANCE }];
    const price = rentedAt('B200', 2, { currency: 'EUR', networkUsdPerGpuHour: 0.5 });
    const book = editedBook(bookOf([price], { currencies }), { ...RENT, isAllIn: false });
    const found = book.revisions[0]!.hardware.find(({ sku }) => sku === 'NVIDIA B200')!;
    expect(found).toMatchObject({ currency: 'USD', networkUsdPerGpuHour: 0.55, terms: { usdPerGpuHour: 9 } });
    const without = editedBook(bookOf([price]), { ...RENT, isAllIn: false });
    expect(without.revisions[0]!.hardware.every(({ currency }) => currency === 'EUR')).toBe(true);
  });

  it('prices one product as another', () => {
    const book = bookOf([rentedAt('B200', 2), rentedAt('GB200', 3), rentedAt('B200', 7, { where: { node: 'n1' } })]);
    const as = bookWithPriceOf(book, 'NVIDIA B200', 'GB200');
    expect([rateOf(as, 'NVIDIA B200'), rateOf(as, 'NVIDIA GB200')]).toEqual([3, 3]);
    // also where only the other one had a price of its own
    const there = as.revisions[0]!.hardware.filter(({ sku }) => sku === 'NVIDIA B200');
    expect(there.map((price) => [price.where, price.terms])).toEqual([
      [{}, expect.objectContaining({ usdPerGpuHour: 3 })],
      [{ node: 'n1' }, expect.objectContaining({ usdPerGpuHour: 3 })],
    ]);
    expect(bookWithPriceOf(book, 'NVIDIA B200', 'GB300')).toEqual(book);
  });

  it('is the same whether edits come at once or one after another', () => {
    const book = bookOf([rentedAt('*', 1), rentedAt('B200', 2)]);
    const pue: BookEdit = { kind: 'pue', pue: 1.5 };
    const twice = editedBook(editedBook(book, pue), RENT);
    expect(twice).toEqual({ revisions: editedBook(editedBook(book, RENT), pue).revisions });
  });
});
