import type { EpochMs } from '#shared/time/instant.ts';
import type { TokenWeights } from './token-basis.ts';

/** Cost categories, in the order every chart stacks them. */
export const COST_CATEGORIES = ['capital', 'facility', 'network', 'operations', 'energy'] as const;

export type CostCategory = (typeof COST_CATEGORIES)[number];

/** Where a price came from. `assumed` wears a badge until the operator replaces it. */
export type Provenance = {
  readonly quality: 'entered' | 'assumed';
  readonly note: string;
};

/** Hardware that is owned: paid once, worn off over its term. */
export type Ownership = {
  readonly kind: 'owned';
  /** Price of one GPU with its share of server, rack and plant, USD. */
  readonly capexUsd: number;
  /** Value at the end of the term, USD. */
  readonly residualUsd: number;
  readonly termMonths: number;
  /** Cost of capital per year, such as 0.10. */
  readonly annualRate: number;
  readonly method: 'annuity' | 'straight-line';
};

/** Hardware that is rented. `includesEnergy`: power is in the price, so measured energy is not charged again. */
export type Rental = { readonly kind: 'rented'; readonly usdPerGpuHour: number; readonly includesEnergy: boolean };

/** The price of GPUs of one product. `sku` is matched within the driver's product name, ignoring case; `*` is any. */
export type HardwarePrice = {
  readonly sku: string;
  readonly terms: Ownership | Rental;
  /** Colocation rent and the power it is paid for, or null. */
  readonly facility: { readonly usdPerKilowattMonth: number; readonly provisionedKilowatts: number } | null;
  readonly networkUsdPerGpuHour: number;
  readonly operationsUsdPerGpuHour: number;
  readonly provenance: Provenance;
};

/**
 * Module overhead until the operator enters one, as of 2026-08: a tenth for fans, NICs and DPUs of a compute tray. It was
 * not measured; NVLink switch trays and power shelves are not in it.
 */
export const MODULE_OVERHEAD_ASSUMED = 1.1;

export type EnergyPrice = {
  readonly usdPerKilowattHour: number;
  /** Facility energy / IT energy, at least 1. */
  readonly pue: number;
  /** IT energy / GPU board energy: what CPUs, fans and switches add where only the GPU board is measured, at least 1. */
  readonly nodeOverhead: number;
  /** IT energy / superchip module energy: what fans, NICs and DPUs add where the modules are measured, at least 1. */
  readonly moduleOverhead: number;
  readonly provenance: Provenance;
};

/** Rates in force from an instant until the next revision begins. */
export type CostBookRevision = {
  readonly from: EpochMs;
  readonly hardware: readonly HardwarePrice[];
  readonly energy: EnergyPrice;
  readonly weights: TokenWeights;
};

/** Effective-dated rates: revisions in ascending order of `from`; the first also covers all time before it. */
export type CostBook = { readonly revisions: readonly CostBookRevision[] };
