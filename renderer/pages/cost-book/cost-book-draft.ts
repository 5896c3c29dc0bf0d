import { hourlyRatesOf } from '#shared/cost/hourly-rates.ts';
import type {
  CostBookRevision,
  EnergyPrice,
  Facility,
  HardwarePrice,
  Ownership,
  Provenance,
  Rental,
} from '#shared/model/cost-book.ts';
import { FACILITY_DEFAULTS, HARDWARE_DEFAULTS, RENTAL_DEFAULTS } from '#shared/model/cost-book-defaults.ts';
import type { EpochMs } from '#shared/time/instant.ts';

/** Changes to a cost book that is not saved yet: pure, each from a revision list to the next. */
export type Draft = readonly CostBookRevision[];

/** What a hand entered is no assumption any more. */
export const ENTERED: Provenance = { quality: 'entered', note: 'entered in the cost book', asOf: null };

export const OWNED_AT_FIRST: Ownership = {
  kind: 'owned',
  capexUsd: 40_000,
  residualUsd: 0,
  termMonths: 48,
  annualRate: 0.1,
  method: 'annuity',
};

export const RENTED_AT_FIRST: Rental = { ...RENTAL_DEFAULTS, kind: 'rented', usdPerGpuHour: 2, includesEnergy: true };

export const COLOCATION_AT_FIRST: Facility = {
  ...FACILITY_DEFAULTS,
  usdPerKilowattMonth: 150,
  provisionedKilowatts: 1.4,
};

export function withRevision(draft: Draft, index: number, change: (one: CostBookRevision) => CostBookRevision): Draft {
  return draft.map((revision, place) => (place === index ? change(revision) : revision));
}

/** A revision that begins with the rates in force before it; the list stays in order of time. */
export function withNewRevision(draft: Draft, from: EpochMs): { readonly draft: Draft; readonly index: number } | null {
  if (draft.some((revision) => revision.from === from)) return null;
  const before = draft.findLast((revision) => revision.from <= from) ?? draft[0];
  if (before === undefined) return null;
  const next = [...draft, { ...before, from }].toSorted((one, other) => one.from - other.from);
  return { draft: next, index: next.findIndex((revision) => revision.from === from) };
}

export function withoutRevision(draft: Draft, index: number): Draft {
  return draft.length <= 1 ? draft : draft.filter((_, place) => place !== index);
}

/** Changes one price; a price that a hand changed is entered, not assumed. */
export function withPrice(revision: CostBookRevision, index: number, patch: Partial<HardwarePrice>): CostBookRevision {
  return {
    ...revision,
    hardware: revision.hardware.map((row, place) =>
      place === index ? { ...row, provenance: ENTERED, ...patch } : row,
    ),
  };
}

export function withNewPrice(revision: CostBookRevision, sku: string): CostBookRevision {
  const row: HardwarePrice = {
    ...HARDWARE_DEFAULTS,
    sku,
    terms: RENTED_AT_FIRST,
    provenance: ENTERED,
  };
  return { ...revision, hardware: [...revision.hardware, row] };
}

export function withoutPrice(revision: CostBookRevision, index: number): CostBookRevision {
  return { ...revision, hardware: revision.hardware.filter((_, place) => place !== index) };
}

export function withEnergy(revision: CostBookRevision, patch: Partial<EnergyPrice>): CostBookRevision {
  return { ...revision, energy: { ...revision.energy, provenance: ENTERED, ...patch } };
}

/** What a row comes to for one GPU and hour, USD, without energy. Null where it cannot be worked out. */
export function rateOf(revision: CostBookRevision, row: HardwarePrice): number | null {
  const rates = hourlyRatesOf({ ...revision, hardware: [row] }, row.sku === '*' ? 'any' : row.sku);
  if (rates === null) return null;
  const rate = rates.capital + rates.facility + rates.network + rates.operations;
  return Number.isFinite(rate) ? rate : null;
}
