import { HARDWARE_DEFAULTS, RENTAL_DEFAULTS } from '#shared/model/cost-book-defaults.ts';
import { describe, expect, it } from 'vitest';
import { capitalPerGpuHour } from '#shared/cost/capital-cost.ts';
import { troubleOfCostBook } from '#shared/cost/check-cost-book.ts';
import { DEFAULT_COST_BOOK } from '#shared/cost/default-cost-book.ts';
import { hourlyRatesOf, pricedPieces, revisionAt, totalRateOf } from '#shared/cost/hourly-rates.ts';
import { plausibilityWarnings } from '#shared/cost/plausibility.ts';
import { SAMPLE_COST_BOOK } from '#shared/cost/sample-cost-book.ts';
import type { CostBookRevision, Ownership } from '#shared/model/cost-book.ts';
import { epochMs } from '#shared/time/instant.ts';
import { secondsOf } from '#shared/time/time-range.ts';
import { at } from '../../backend/store/store-facts.ts';

const [DEFAULT] = DEFAULT_COST_BOOK.revisions as readonly [CostBookRevision];

function bookOf(...prices: readonly (readonly [string, number])[]): CostBookRevision {
  const [price] = DEFAULT.hardware;
  return {
    ...DEFAULT,
    hardware: prices.map(([sku, usdPerGpuHour]) => ({
      ...price!,
      ...HARDWARE_DEFAULTS,
      sku,
      terms: { ...RENTAL_DEFAULTS, kind: 'rented', usdPerGpuHour, includesEnergy: true },
    })),
  };
}

describe('the price of a product', () => {
  it.each([
    ['NVIDIA B200', 2],
    ['nvidia-b200', 2],
    ['NVIDIA GB200', 4],
    ['NVIDIA H100 80GB HBM3', 1],
    ['NVIDIA H100 NVL', 5],
    ['NVIDIA H1000', null],
    ['NVIDIA B2000', null],
    ['', null],
  ])('of %s is that of the longest name it holds as whole words', (sku, expected) => {
    const revision = bookOf(['B200', 2], ['GB200', 4], ['H100', 1], ['H100 NVL', 5]);
    expect(hourlyRatesOf(revision, sku)?.capital ?? null).toBe(expected);
  });

  it('falls back to any, and never past a name that fits', () => {
    const revision = bookOf(['*', 9], ['B200', 2]);
    expect(hourlyRatesOf(revision, 'NVIDIA B200')!.capital).toBe(2);
    expect(hourlyRatesOf(revision, 'NVIDIA L40S')!.capital).toBe(9);
  });

  it('is absent, not zero, where the book has none', () => {
    expect(hourlyRatesOf(bookOf(), 'NVIDIA B200')).toBeNull();
  });

  it('adds its parts up', () => {
    const rates = hourlyRatesOf(SAMPLE_COST_BOOK.revisions[0]!, 'NVIDIA B200')!;
    expect(totalRateOf(rates)).toBe(rates.capital + rates.facility + rates.network + rates.operations);
    // 150 USD per kW and month x 1.71 kW / 730 h
    expect(rates.facility).toBeCloseTo(0.35136986, 8);
  });
});

describe('capital', () => {
  const terms: Ownership = {
    kind: 'owned',
    capexUsd: 48_000,
    residualUsd: 4800,
    termMonths: 48,
    annualRate: 0,
    method: 'annuity',
  };

  it('at no interest is the straight line', () => {
    // 43,200 / 48 / 730
    expect(capitalPerGpuHour(terms)).toBeCloseTo(1.2328767123287672, 12);
  });

  it.each([1e-18, 1e-16, 1e-12, 1e-6])('nears the straight line as interest nears zero (%f)', (annualRate) => {
    const straight = capitalPerGpuHour(terms);
    const annuity = capitalPerGpuHour({ ...terms, annualRate });
    expect(annuity).toBeGreaterThanOrEqual(straight * (1 - 1e-15));
    expect(annuity / straight - 1).toBeLessThan(annualRate * 10 + 1e-15);
  });

  it('rises with the rate', () => {
    const at5 = capitalPerGpuHour({ ...terms, annualRate: 0.05 });
    expect(capitalPerGpuHour({ ...terms, annualRate: 0.15 })).toBeGreaterThan(at5);
  });
});

describe('revisions', () => {
  const book = { revisions: [at(0), at(100), at(200)].map((from) => ({ ...DEFAULT, from })) };

  it('hold from their instant until the next, and the first before its own too', () => {
    expect(revisionAt(book, at(-1))!.from).toBe(at(0));
    expect(revisionAt(book, at(99))!.from).toBe(at(0));
    expect(revisionAt(book, at(100))!.from).toBe(at(100));
    expect(revisionAt(book, at(1e6))!.from).toBe(at(200));
  });

  it('cut a window into pieces that tile it', () => {
    const pieces = pricedPieces(book, { from: at(-50), to: at(150) });
    expect(pieces.map(({ window, revision }) => [window.from, window.to, revision.from])).toEqual([
      [at(-50), at(0), at(0)],
      [at(0), at(100), at(0)],
      [at(100), at(150), at(100)],
    ]);
    expect(pieces.reduce((sum, piece) => sum + secondsOf(piece.window), 0)).toBe(200);
  });

  it('do not cut a window at its own edges', () => {
    expect(pricedPieces(book, { from: at(100), to: at(200) })).toHaveLength(1);
  });
});

describe('a cost book', () => {
  it('that Tokenwatt brings is free of trouble and plausible', () => {
    for (const book of [DEFAULT_COST_BOOK, SAMPLE_COST_BOOK]) {
      expect(troubleOfCostBook(book)).toBeNull();
      expect(book.revisions.flatMap(plausibilityWarnings)).toEqual([]);
    }
  });

  it('may name one product in two revisions, but not twice in one', () => {
    const first = bookOf(['B200', 2]);
    expect(troubleOfCostBook({ revisions: [first, { ...first, from: epochMs(1) }] })).toBeNull();
    expect(troubleOfCostBook({ revisions: [bookOf(['B200', 2], ['b-200', 3])] })).toBeNull();
    expect(troubleOfCostBook({ revisions: [bookOf(['H100 NVL', 2], ['h100-nvl', 3])] })).toContain('two prices');
  });

  it('warns of a slip in a unit, and does not refuse it', () => {
    const cents = { ...DEFAULT, energy: { ...DEFAULT.energy, usdPerKilowattHour: 8 } };
    expect(plausibilityWarnings(cents)).toHaveLength(1);
    expect(troubleOfCostBook({ revisions: [cents] })).toBeNull();
  });

  it.each<[string, Partial<Ownership>]>([
    ['price of a GPU', { capexUsd: 350_000, residualUsd: 0, termMonths: 84 }],
    ['term in months', { termMonths: 4 }],
    ['cost of capital', { annualRate: 10 }],
    ['residual value', { residualUsd: 40_000 }],
  ])('warns of a %s that is out of the ordinary', (what, slip) => {
    const [owned] = SAMPLE_COST_BOOK.revisions[0]!.hardware;
    const terms = { ...(owned!.terms as Ownership), ...slip };
    const warnings = plausibilityWarnings({ ...DEFAULT, hardware: [{ ...owned!, terms }] });
    expect(warnings.join(' ')).toContain(`B200: ${what}`);
  });

  it('warns of operations a year that cost a fifth of the price', () => {
    const [owned] = SAMPLE_COST_BOOK.revisions[0]!.hardware;
    const dear = { ...owned!, operationsUsdPerGpuHour: (46_000 * 0.2) / 8760 };
    expect(plausibilityWarnings({ ...DEFAULT, hardware: [dear] }).join(' ')).toContain('operations a year');
  });
});
