import { sumOf } from '#shared/lib/sum.ts';
import {
  CHARGE_COMPONENTS,
  CHARGE_USES,
  type ChargePlace,
  type ChargeRow,
  type ChargeTokens,
} from '#shared/model/charge-row.ts';
import type { CostBook } from '#shared/model/cost-book.ts';
import type { Coverage } from '#shared/model/figure.ts';
import { UNKNOWN_SKU } from '#shared/model/gpu.ts';
import { revisionAt } from '../hourly-rates.ts';
import { chargeParts, type ChargePart, type ChargeUsage } from './charge-parts.ts';
import { shareCount } from './share-counts.ts';
import { skuIdOf } from './sku-id.ts';

/** What the engines of one place did in a day. */
export type ChargeWork = {
  readonly place: ChargePlace;
  /** Null where no engine counted. */
  readonly tokens: ChargeTokens | null;
  readonly requests: number | null;
};

/** What rows wear of their surroundings. */
export type ChargeSurroundings = {
  readonly coverageOf: (place: ChargePlace) => Coverage;
  readonly engineKindOf: (place: ChargePlace) => string | null;
};

/**
 * One row per day, place, use and price, in a fixed order. Tokens stand on the serving capital rows of their place: divided
 * by GPU-hours into whole numbers where there are several, and on a row of no GPU-hours where there is none, so that they
 * are in the ledger once whatever is known of their GPUs.
 */
export function chargeRows(
  book: CostBook,
  { usage, work }: { readonly usage: readonly ChargeUsage[]; readonly work: readonly ChargeWork[] },
  surroundings: ChargeSurroundings,
): ChargeRow[] {
  const parts = usage.flatMap((item) => chargeParts(book, item));
  const rows = addedParts(parts).map((part) => rowOf(part, surroundings));
  const bearers = Map.groupBy(
    rows.filter(({ use, gpuHours }) => use === 'serving' && gpuHours !== null),
    placeKey,
  );
  const resident = Map.groupBy(parts.filter(isRent), ({ place }) => placeKey(place));
  const tokens = new Map<ChargeRow, Pick<ChargeRow, 'tokens' | 'requests'>>();
  for (const done of work.filter(({ tokens, requests }) => tokens !== null || requests !== null)) {
    const key = placeKey(done.place);
    const own = bearers.get(key) ?? [
      rowWithoutGpus(book, done.place, { resident: resident.get(key) ?? [], surroundings }),
    ];
    if (!bearers.has(key)) rows.push(...own);
    for (const [row, share] of sharedWork(own, done)) tokens.set(row, share);
  }
  return rows.map((row) => ({ ...row, ...tokens.get(row) })).toSorted(inOrder);
}

function placeKey({ day, site, pool, model, tenant, version }: ChargePlace): string {
  return JSON.stringify([day, site, pool, model, tenant, version]);
}

function isRent({ component }: Pick<ChargePart, 'component'>): boolean {
  return component === 'capital' || component === 'reserved';
}

function addedParts(parts: readonly ChargePart[]): ChargePart[] {
  const alike = Map.groupBy(
    parts,
    (part) => `${placeKey(part.place)} ${part.use} ${part.skuPriceId} ${part.unitPrice} ${part.commitment ?? ''}`,
  );
  return [...alike.values()].flatMap((list) => {
    const [first] = list;
    if (first === undefined) return [];
    const it = list.flatMap(({ itKilowattHours }) => itKilowattHours ?? []);
    return {
      ...first,
      quantity: sumOf(list, ({ quantity }) => quantity),
      itKilowattHours: it.length === 0 ? null : sumOf(it, (value) => value),
      isMetered: first.isMetered === null ? null : list.every(({ isMetered }) => isMetered === true),
    };
  });
}

function rowOf(part: ChargePart, { coverageOf, engineKindOf }: ChargeSurroundings): ChargeRow {
  const { place, revision, quantity, unitPrice, ...rest } = part;
  return {
    ...place,
    ...rest,
    quantity,
    unitPrice,
    cost: unitPrice === null ? null : unitPrice * quantity,
    engineKind: engineKindOf(place),
    gpuHours: isRent(part) ? quantity : null,
    kilowattHours: part.component === 'energy' ? quantity : null,
    tokens: null,
    requests: null,
    coverage: coverageOf(place),
    priceVersion: revision.from,
  };
}

/** Tokens whose GPUs did not serve, as far as anybody saw: no GPU-hours, at the rent of what they are resident on. */
function rowWithoutGpus(
  book: CostBook,
  place: ChargePlace,
  { resident, surroundings }: { readonly resident: readonly ChargePart[]; readonly surroundings: ChargeSurroundings },
): ChargeRow {
  const [known] = resident;
  const revision = revisionAt(book, place.period.from);
  if (revision === null) throw new Error('a cost book has at least one revision');
  const skuId = skuIdOf(UNKNOWN_SKU, 'capital');
  const nobody: ChargePart = {
    place,
    use: 'serving',
    component: 'capital',
    product: UNKNOWN_SKU,
    skuId,
    skuPriceId: `${skuId}:no-gpu-known`,
    tariffPeriod: null,
    unit: 'GPU-h',
    quantity: 0,
    unitPrice: 0,
    itKilowattHours: null,
    isMetered: null,
    commitment: null,
    revision,
  };
  return rowOf(known === undefined ? nobody : { ...known, use: 'serving', quantity: 0 }, surroundings);
}

function sharedWork(
  rows: readonly ChargeRow[],
  { tokens, requests }: ChargeWork,
): (readonly [ChargeRow, Pick<ChargeRow, 'tokens' | 'requests'>])[] {
  const weights = rows.map(({ gpuHours }) => gpuHours ?? 0);
  const shares = (count: number | null): (number | null)[] =>
    count === null ? rows.map(() => null) : shareCount(count, weights);
  const [input, cached, output] = [tokens?.input ?? null, tokens?.cached ?? null, tokens?.output ?? null].map(shares);
  const done = shares(requests);
  return rows.map((row, index) => [
    row,
    {
      tokens:
        tokens === null
          ? null
          : {
              input: input?.[index] ?? 0,
              cached: tokens.cached === null ? null : (cached?.[index] ?? 0),
              output: output?.[index] ?? 0,
            },
      requests: done[index] ?? null,
    },
  ]);
}

function inOrder(one: ChargeRow, other: ChargeRow): number {
  return (
    compared(one.day, other.day) ||
    compared(one.site, other.site) ||
    compared(one.pool, other.pool) ||
    compared(one.model, other.model) ||
    compared(one.tenant, other.tenant) ||
    compared(one.version, other.version) ||
    CHARGE_USES.indexOf(one.use) - CHARGE_USES.indexOf(other.use) ||
    CHARGE_COMPONENTS.indexOf(one.component) - CHARGE_COMPONENTS.indexOf(other.component) ||
    compared(one.skuPriceId, other.skuPriceId) ||
    compared(one.commitment, other.commitment)
  );
}

/** Text in the order of its code units, the same in every language; none stands first. */
function compared(one: string | null, other: string | null): number {
  if (one === other) return 0;
  if (one === null || other === null) return one === null ? -1 : 1;
  return one < other ? -1 : 1;
}
