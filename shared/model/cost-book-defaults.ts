import type { CostBookRevision, EnergyPrice, Facility, HardwarePrice, Rental, ServiceLevel } from './cost-book.ts';
import { MODULE_OVERHEAD_ASSUMED } from './cost-book.ts';

/** What a price is taken to say where it says nothing: no adder, no place of its own, no charge, US dollars. */
export const HARDWARE_DEFAULTS = {
  where: {},
  currency: 'USD',
  facility: null,
  networkUsdPerGpuHour: 0,
  storageUsdPerGpuHour: 0,
  operationsUsdPerGpuHour: 0,
  licenceUsdPerGpuYear: 0,
} as const satisfies Partial<HardwarePrice>;

export const RENTAL_DEFAULTS = { commitment: null } as const satisfies Partial<Rental>;

export const FACILITY_DEFAULTS = { includesEnergy: false } as const satisfies Partial<Facility>;

export const ENERGY_DEFAULTS = {
  currency: 'USD',
  zone: 'UTC',
  periods: [],
  demandUsdPerKilowattMonth: 0,
  moduleOverhead: MODULE_OVERHEAD_ASSUMED,
} as const satisfies Partial<EnergyPrice>;

export const REVISION_DEFAULTS = {
  siteEnergy: [],
  currencies: [],
  modelWeights: [],
  tokenPrices: [],
  serviceLevels: [],
} as const satisfies Partial<CostBookRevision>;

/**
 * What a model without a service level of its own is held to: a fifth of headroom, a look-ahead that covers a reload, N+1,
 * three hours of hold on demand capacity. Judgement. Source: economics reference, section 6.2, defaults.
 */
export const SERVICE_LEVEL_DEFAULTS = {
  model: '*',
  ttftSeconds: null,
  interTokenSeconds: null,
  headroom: 0.2,
  lookAheadSeconds: 600,
  replicasMin: 2,
  holdHours: 3,
  transitionHours: null,
  capacityPerReplica: null,
} as const satisfies ServiceLevel;
