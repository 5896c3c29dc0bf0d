import type { CostBook, CostBookRevision, EnergyPrice, HardwarePrice } from '#shared/model/cost-book.ts';
import { usdPerUnitOf } from './exchange.ts';
import { placeWords, PRICE_PLACES, wordsOf } from './matching-price.ts';

/**
 * What makes a cost book ambiguous or its costs negative, as a sentence; null when it can be used. Unlike a warning about
 * plausibility this refuses: of two prices for one time, place and product, one would be used without a word.
 */
export function troubleOfCostBook(book: CostBook): string | null {
  const begins = book.revisions.map((revision) => revision.from);
  if (new Set(begins).size < begins.length) return 'Two revisions begin at the same instant: keep one of them.';
  for (const revision of book.revisions) {
    const trouble =
      repeatedProduct(revision) ??
      risingResidual(revision) ??
      unknownCurrency(revision) ??
      repeatedNames(revision) ??
      namesakePeriods(revision);
    if (trouble !== null) return trouble;
  }
  return null;
}

function repeatedProduct({ hardware }: CostBookRevision): string | null {
  const keyOf = ({ sku, where }: HardwarePrice): string =>
    JSON.stringify([sku === '*' ? '*' : wordsOf(sku), ...PRICE_PLACES.map((name) => where[name] ?? null)]);
  for (const prices of Map.groupBy(hardware, keyOf).values()) {
    const [first] = prices;
    if (first === undefined || prices.length === 1) continue;
    const place = placeWords(first.where);
    const where = place === null ? '' : ` at ${place}`;
    return `${first.sku} has two prices${where} in one revision: keep one of them.`;
  }
  const hasName = ({ sku }: HardwarePrice): boolean => sku === '*' || wordsOf(sku) !== '';
  return hardware.every(hasName) ? null : 'A product name needs a letter or a digit.';
}

/** Hardware worth more at the end than at the start would have a negative cost per hour. */
function risingResidual({ hardware }: CostBookRevision): string | null {
  const isRising = ({ terms }: HardwarePrice): boolean => terms.kind === 'owned' && terms.residualUsd > terms.capexUsd;
  const found = hardware.find(isRising);
  return found === undefined ? null : `${found.sku}: the residual value is above the price.`;
}

/** An amount in a currency without an exchange rate has no value in dollars, least of all the same number. */
function unknownCurrency(revision: CostBookRevision): string | null {
  const used = [
    ...revision.hardware.map(({ sku, currency }) => ({ what: sku, currency })),
    ...energyPricesOf(revision).map(({ what, price }) => ({ what, currency: price.currency })),
  ];
  const found = used.find(({ currency }) => usdPerUnitOf(revision, currency) === null);
  return found === undefined ? null : `${found.what} is priced in ${found.currency}: enter its exchange rate.`;
}

/** Lists in which one name may stand once. */
function repeatedNames(revision: CostBookRevision): string | null {
  const { currencies, siteEnergy, modelWeights, tokenPrices, serviceLevels } = revision;
  const lists: readonly (readonly [string, readonly string[]])[] = [
    ['an exchange rate', currencies.map(({ currency }) => currency)],
    ['an electricity price', siteEnergy.map(({ site }) => site)],
    ['weights', modelWeights.map(({ model }) => model)],
    ['a token price', tokenPrices.map(({ model }) => model)],
    ['a service level', serviceLevels.map(({ model }) => model)],
  ];
  for (const [what, names] of lists) {
    const twice = names.find((name, index) => names.indexOf(name) < index);
    if (twice !== undefined) return `${twice} has ${what} twice in one revision: keep one of them.`;
  }
  const rate = currencies.find(({ currency, usdPerUnit }) => currency === 'USD' && usdPerUnit !== 1);
  return rate === undefined ? null : 'One US dollar is worth one US dollar: remove its exchange rate.';
}

/** Two periods of one name and two prices would read alike in every explanation. */
function namesakePeriods(revision: CostBookRevision): string | null {
  for (const { what, price } of energyPricesOf(revision)) {
    for (const list of Map.groupBy(price.periods, ({ name }) => name).values()) {
      const [first] = list;
      if (list.some((period) => period.usdPerKilowattHour !== first?.usdPerKilowattHour))
        return `${what}: two periods are named ${first?.name ?? ''} and differ in price: give them names of their own.`;
    }
  }
  return null;
}

/** Every electricity price of a revision, with what to call it. */
export function energyPricesOf(
  revision: CostBookRevision,
): readonly { readonly what: string; readonly price: EnergyPrice }[] {
  const sites = revision.siteEnergy.map(({ site, energy }) => ({ what: `Electricity of ${site}`, price: energy }));
  return [{ what: 'Electricity', price: revision.energy }, ...sites];
}
