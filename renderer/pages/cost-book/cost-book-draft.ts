import { hourlyRatesOf, totalRateOf } from '#shared/cost/hourly-rates.ts';
import type {
  CostBookRevision,
  EnergyPrice,
  ExchangeRate,
  Facility,
  HardwarePrice,
  ModelWeights,
  Ownership,
  Provenance,
  Rental,
  ServiceLevel,
  TariffPeriod,
  TokenPrice,
} from '#shared/model/cost-book.ts';
import {
  FACILITY_DEFAULTS,
  HARDWARE_DEFAULTS,
  RENTAL_DEFAULTS,
  SERVICE_LEVEL_DEFAULTS,
} from '#shared/model/cost-book-defaults.ts';
import { epochMs, type EpochMs } from '#shared/time/instant.ts';

/** Changes to a cost book that is not saved yet: pure, each from a revision list to the next. */
export type Draft = readonly CostBookRevision[];

/** A field that holds no number yet. It keeps the book from being saved, and is never taken for zero. */
export const NOT_ENTERED = Number.NaN;

/** What a hand entered is no assumption any more. */
export const ENTERED: Provenance = { quality: 'entered', note: 'entered in the cost book', asOf: null };

/** A price that a hand changed is entered; where it came from stays as it was told. */
export function touched(provenance: Provenance): Provenance {
  return provenance.quality === 'assumed' ? ENTERED : provenance;
}

export const OWNED_AT_FIRST: Ownership = {
  kind: 'owned',
  capexUsd: NOT_ENTERED,
  residualUsd: 0,
  termMonths: 48,
  annualRate: 0.1,
  method: 'annuity',
};

export const RENTED_AT_FIRST: Rental = {
  ...RENTAL_DEFAULTS,
  kind: 'rented',
  usdPerGpuHour: NOT_ENTERED,
  includesEnergy: true,
};

export const COLOCATION_AT_FIRST: Facility = {
  ...FACILITY_DEFAULTS,
  usdPerKilowattMonth: NOT_ENTERED,
  provisionedKilowatts: NOT_ENTERED,
};

export function withRevision(draft: Draft, index: number, change: (one: CostBookRevision) => CostBookRevision): Draft {
  return draft.map((revision, place) => (place === index ? change(revision) : revision));
}

type Placed = { readonly draft: Draft; readonly index: number };

/** A revision that begins with the rates in force before it; the list stays in order of time. Null: one begins then. */
export function withNewRevision(draft: Draft, from: EpochMs): Placed | null {
  const before = draft.findLast((revision) => revision.from <= from) ?? draft[0];
  return before === undefined ? null : withCopy(draft, before, from);
}

/** A copy of a revision that begins at another instant. Null: one begins then already. */
export function withCopy(draft: Draft, revision: CostBookRevision, from: EpochMs): Placed | null {
  if (draft.some((one) => one.from === from)) return null;
  return placed([...draft, { ...revision, from }], from);
}

/** A revision that begins at another instant than it did. Null: one begins then already. */
export function withBegin(draft: Draft, index: number, from: EpochMs): Placed | null {
  if (draft.some((one, place) => one.from === from && place !== index)) return null;
  return placed(
    withRevision(draft, index, (one) => ({ ...one, from })),
    from,
  );
}

function placed(draft: Draft, from: EpochMs): Placed {
  const next = draft.toSorted((one, other) => one.from - other.from);
  return { draft: next, index: next.findIndex((revision) => revision.from === from) };
}

export function withoutRevision(draft: Draft, index: number): Draft {
  return draft.length <= 1 ? draft : draft.filter((_, place) => place !== index);
}

/** The revision in force at an instant; before the first, the first. */
export function indexInForce(draft: Draft, at: EpochMs): number {
  return Math.max(
    0,
    draft.findLastIndex((revision) => revision.from <= at),
  );
}

/** Changes one price; a price that a hand changed is entered, not assumed. */
export function withPrice(revision: CostBookRevision, index: number, patch: Partial<HardwarePrice>): CostBookRevision {
  return {
    ...revision,
    hardware: changed(revision.hardware, index, (row) => ({ ...row, provenance: touched(row.provenance), ...patch })),
  };
}

/** Puts a price at the end; a row of a preset takes the place of the assumed price of the same product and place. */
export function withNewPrice(revision: CostBookRevision, row: HardwarePrice): ChangedRevision {
  const same = revision.hardware.findIndex(
    (one) => one.sku === row.sku && JSON.stringify(one.where) === JSON.stringify(row.where),
  );
  if (same >= 0 && row.provenance.quality === 'assumed')
    return { revision: { ...revision, hardware: changed(revision.hardware, same, () => row) }, index: same };
  return { revision: { ...revision, hardware: [...revision.hardware, row] }, index: revision.hardware.length };
}

type ChangedRevision = { readonly revision: CostBookRevision; readonly index: number };

/** A price with nothing entered: what it holds for is named, its amounts wait. */
export function blankPrice(sku: string, terms: Ownership | Rental = RENTED_AT_FIRST): HardwarePrice {
  return { ...HARDWARE_DEFAULTS, sku, terms, provenance: ENTERED };
}

export function withEnergy(revision: CostBookRevision, site: string | null, change: EnergyChange): CostBookRevision {
  const apply = (energy: EnergyPrice): EnergyPrice => ({
    ...energy,
    provenance: touched(energy.provenance),
    ...change(energy),
  });
  if (site === null) return { ...revision, energy: apply(revision.energy) };
  return {
    ...revision,
    siteEnergy: revision.siteEnergy.map((one) => (one.site === site ? { ...one, energy: apply(one.energy) } : one)),
  };
}

export type EnergyChange = (energy: EnergyPrice) => Partial<EnergyPrice>;

/** Electricity of a site, beginning as the fleet's is. A site that has its own keeps it. */
export function withSite(revision: CostBookRevision, site: string): CostBookRevision {
  if (site === '' || revision.siteEnergy.some((one) => one.site === site)) return revision;
  return { ...revision, siteEnergy: [...revision.siteEnergy, { site, energy: revision.energy }] };
}

export function withoutSite(revision: CostBookRevision, site: string): CostBookRevision {
  return { ...revision, siteEnergy: revision.siteEnergy.filter((one) => one.site !== site) };
}

export const PERIOD_AT_FIRST: TariffPeriod = {
  name: 'Peak',
  months: [],
  weekdays: [1, 2, 3, 4, 5],
  hours: [14, 15, 16, 17, 18, 19],
  usdPerKilowattHour: NOT_ENTERED,
};

/** Lists of a revision that are edited row by row. */
export type RowLists = {
  readonly hardware: HardwarePrice;
  readonly modelWeights: ModelWeights;
  readonly tokenPrices: TokenPrice;
  readonly serviceLevels: ServiceLevel;
  readonly currencies: ExchangeRate;
};

export type RowList = keyof RowLists;

export function withRow<List extends RowList>(
  revision: CostBookRevision,
  list: List,
  index: number,
  patch: Partial<RowLists[List]>,
): CostBookRevision {
  const rows: readonly RowLists[List][] = rowsOf(revision, list);
  return { ...revision, [list]: changed(rows, index, (row) => ({ ...row, ...patch })) };
}

export function withNewRow<List extends RowList>(
  revision: CostBookRevision,
  list: List,
  row: RowLists[List],
): CostBookRevision {
  return { ...revision, [list]: [...rowsOf(revision, list), row] };
}

export function withoutRow(revision: CostBookRevision, list: RowList, index: number): CostBookRevision {
  return { ...revision, [list]: rowsOf(revision, list).filter((_, place) => place !== index) };
}

function rowsOf<List extends RowList>(revision: CostBookRevision, list: List): readonly RowLists[List][] {
  return revision[list] as readonly RowLists[RowList][] as readonly RowLists[List][];
}

export function changed<Item>(items: readonly Item[], index: number, change: (item: Item) => Item): readonly Item[] {
  return items.map((item, place) => (place === index ? change(item) : item));
}

/** The item moved by one place, up (-1) or down (1); where there is no such place, the list as it is. */
export function moved<Item>(items: readonly Item[], index: number, by: -1 | 1): readonly Item[] {
  const other = index + by;
  const [one, two] = [items[index], items[other]];
  if (one === undefined || two === undefined) return items;
  return items.map((item, place) => (place === index ? two : place === other ? one : item));
}

/** What every model without a promise of its own is held to, and whether the operator said so. */
export function generalServiceLevel(revision: CostBookRevision): {
  readonly level: ServiceLevel;
  readonly isAssumed: boolean;
} {
  const own = revision.serviceLevels.find((level) => level.model === '*');
  return { level: own ?? SERVICE_LEVEL_DEFAULTS, isAssumed: own === undefined };
}

/** Changes what a model is promised; the first change of one that has no promise of its own makes it one. */
export function withServiceLevel(
  revision: CostBookRevision,
  model: string,
  patch: Partial<ServiceLevel>,
): CostBookRevision {
  const index = revision.serviceLevels.findIndex((level) => level.model === model);
  if (index >= 0) return withRow(revision, 'serviceLevels', index, patch);
  return withNewRow(revision, 'serviceLevels', { ...generalServiceLevel(revision).level, model, ...patch });
}

/** What a row comes to for one GPU and hour, USD, without energy. Null where it cannot be worked out yet. */
export function rateOf(revision: CostBookRevision, row: HardwarePrice): number | null {
  const rates = hourlyRatesOf({ ...revision, hardware: [{ ...row, sku: '*', where: {} }] }, 'any');
  const rate = rates === null ? Number.NaN : totalRateOf(rates);
  return Number.isFinite(rate) ? rate : null;
}

/** Midnight UTC of a day such as `2026-08-14`; no instant where it is none, which keeps the book from being saved. */
export function instantOfDay(day: string): EpochMs {
  const at = /^\d{4}-\d{2}-\d{2}$/u.test(day) ? Date.parse(`${day}T00:00Z`) : Number.NaN;
  return epochMs(at < 0 ? Number.NaN : at);
}
