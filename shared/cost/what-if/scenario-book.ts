import { assertNever } from '#shared/lib/assert.ts';
import type {
  CostBook,
  CostBookRevision,
  EnergyPrice,
  HardwarePrice,
  Ownership,
  PricePlace,
  Provenance,
  Rental,
} from '#shared/model/cost-book.ts';
import type { BookEdit, OwnEdit, RentEdit } from '#shared/model/scenario.ts';
import { usdPerUnitOf } from '../exchange.ts';
import { holdsWords, matchingPrice, PRICE_PLACES, wordsOf, type GpuPlace } from '../matching-price.ts';

/** The cost book as an edit would have it, in all its revisions. Edits compose: one after another, the last one wins. */
export function editedBook(book: CostBook, edit: BookEdit): CostBook {
  return { revisions: book.revisions.map((revision) => editedRevision(revision, edit)) };
}

function editedRevision(revision: CostBookRevision, edit: BookEdit): CostBookRevision {
  switch (edit.kind) {
    case 'tariff':
      return withEnergy(revision, (energy) => flat(energy, edit.usdPerKilowattHour));
    case 'tariff-factor':
      return withEnergy(revision, (energy) => timesFactor(energy, edit.factor));
    case 'pue':
      return withEnergy(revision, (energy) => ({ ...energy, pue: edit.pue, provenance: IMAGINED }));
    case 'rent':
      return withHardware(revision, edit.sku, (price) => rented(inDollars(price, revision), edit));
    case 'own':
      return withHardware(revision, edit.sku, (price) => owned(inDollars(price, revision), edit));
    case 'weights':
      return { ...revision, weights: edit.weights, modelWeights: [] };
    default:
      return assertNever(edit);
  }
}

const IMAGINED: Provenance = { quality: 'assumed', note: 'what if', asOf: null };

function withEnergy(revision: CostBookRevision, change: (energy: EnergyPrice) => EnergyPrice): CostBookRevision {
  return {
    ...revision,
    energy: change(revision.energy),
    siteEnergy: revision.siteEnergy.map((site) => ({ ...site, energy: change(site.energy) })),
  };
}

/** One price for every hour, and no demand charge beside it. */
function flat(energy: EnergyPrice, usdPerKilowattHour: number): EnergyPrice {
  const price = { currency: 'USD', usdPerKilowattHour, periods: [], demandUsdPerKilowattMonth: 0 };
  return { ...energy, ...price, provenance: IMAGINED };
}

function timesFactor(energy: EnergyPrice, factor: number): EnergyPrice {
  return {
    ...energy,
    usdPerKilowattHour: energy.usdPerKilowattHour * factor,
    periods: energy.periods.map((period) => ({ ...period, usdPerKilowattHour: period.usdPerKilowattHour * factor })),
    demandUsdPerKilowattMonth: energy.demandUsdPerKilowattMonth * factor,
    provenance: IMAGINED,
  };
}

/**
 * Changes every price that a product can be priced by: those of its own name, and one of its own beside each that prices it
 * by a wider name, so that other products keep theirs.
 */
function withHardware(
  revision: CostBookRevision,
  sku: string,
  change: (price: HardwarePrice) => HardwarePrice,
): CostBookRevision {
  if (sku === '*') return { ...revision, hardware: revision.hardware.map(change) };
  const own = pricesOf(revision, sku).map((price) => ({ ...change(price), sku }));
  const others = revision.hardware.filter((price) => !isSame(price, sku));
  const changed = others.map((price) => (isNarrower(price, sku) ? change(price) : price));
  return { ...revision, hardware: [...changed, ...own] };
}

function isSame(price: HardwarePrice, sku: string): boolean {
  return price.sku !== '*' && wordsOf(price.sku) === wordsOf(sku);
}

function isNarrower(price: HardwarePrice, sku: string): boolean {
  return price.sku !== '*' && holdsWords(price.sku, sku);
}

/** The prices that a product has in a revision, one for each place that any of them names. */
export function pricesOf(revision: CostBookRevision, sku: string): HardwarePrice[] {
  return placesOf(revision, [sku]).flatMap((where) => priceAt(revision, sku, where) ?? []);
}

function placesOf({ hardware }: CostBookRevision, skus: readonly string[]): PricePlace[] {
  const fits = hardware.filter(({ sku }) => sku === '*' || skus.some((one) => holdsWords(one, sku)));
  const keyOf = (where: PricePlace): string => JSON.stringify(PRICE_PLACES.map((name) => where[name] ?? null));
  const byName = new Map(fits.map(({ where }) => [keyOf(where), where]));
  return [...byName.values()];
}

function placeOf(where: PricePlace): GpuPlace {
  return Object.fromEntries(Object.entries(where).filter(([, value]) => value !== undefined));
}

function priceAt(revision: CostBookRevision, sku: string, where: PricePlace): HardwarePrice | null {
  const price = matchingPrice(revision, sku, placeOf(where));
  return price === null ? null : { ...price, where };
}

/**
 * The book with the prices of one product in place of another's, wherever either has a price of its own. Of a product that
 * the book does not price, nothing is changed: ask `pricesOf` before.
 */
export function bookWithPriceOf(book: CostBook, sku: string, by: string): CostBook {
  return {
    revisions: book.revisions.map((revision) => {
      const prices = placesOf(revision, [sku, by]).flatMap((where) => priceAt(revision, by, where) ?? []);
      const own = prices.map((price) => ({ ...price, sku }));
      const others = revision.hardware.filter((price) => !isSame(price, sku) && !isNarrower(price, sku));
      return own.length === 0 ? revision : { ...revision, hardware: [...others, ...own] };
    }),
  };
}

function rented(price: HardwarePrice, edit: RentEdit): HardwarePrice {
  const terms: Rental = {
    kind: 'rented',
    usdPerGpuHour: edit.usdPerGpuHour,
    includesEnergy: edit.isAllIn,
    commitment: null,
  };
  return { ...price, ...(edit.isAllIn ? NOTHING_BESIDE : {}), terms, provenance: IMAGINED };
}

const NOTHING_BESIDE = {
  facility: null,
  networkUsdPerGpuHour: 0,
  storageUsdPerGpuHour: 0,
  operationsUsdPerGpuHour: 0,
  licenceUsdPerGpuYear: 0,
} as const satisfies Partial<HardwarePrice>;

function owned(price: HardwarePrice, edit: OwnEdit): HardwarePrice {
  const { capexUsd, residualShare, termMonths, annualRate } = edit;
  const terms: Ownership = {
    kind: 'owned',
    capexUsd,
    residualUsd: capexUsd * residualShare,
    termMonths,
    annualRate,
    method: 'annuity',
  };
  return { ...price, terms, provenance: IMAGINED };
}

/**
 * A price in dollars, so that an amount in dollars can stand beside what it keeps. Without a rate of exchange it stays in its
 * currency, and then has no price at all.
 */
function inDollars(price: HardwarePrice, revision: CostBookRevision): HardwarePrice {
  if (price.currency === 'USD') return price;
  const usdPerUnit = usdPerUnitOf(revision, price.currency);
  if (usdPerUnit === null) return price;
  const { facility } = price;
  return {
    ...price,
    currency: 'USD',
    facility:
      facility === null ? null : { ...facility, usdPerKilowattMonth: facility.usdPerKilowattMonth * usdPerUnit },
    networkUsdPerGpuHour: price.networkUsdPerGpuHour * usdPerUnit,
    storageUsdPerGpuHour: price.storageUsdPerGpuHour * usdPerUnit,
    operationsUsdPerGpuHour: price.operationsUsdPerGpuHour * usdPerUnit,
    licenceUsdPerGpuYear: price.licenceUsdPerGpuYear * usdPerUnit,
  };
}
