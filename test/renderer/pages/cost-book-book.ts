import {
  ENERGY_DEFAULTS,
  HARDWARE_DEFAULTS,
  RENTAL_DEFAULTS,
  REVISION_DEFAULTS,
} from '#shared/model/cost-book-defaults.ts';
import type { CostBookRevision, HardwarePrice, Ownership } from '#shared/model/cost-book.ts';
import { epochMs } from '#shared/time/instant.ts';

/** A book small enough to read: one rented product, assumed, and electricity that nobody entered either. */
export const ASSUMED = { quality: 'assumed', note: 'a list of prices', asOf: null } as const;

export const RENTED: HardwarePrice = {
  ...HARDWARE_DEFAULTS,
  sku: 'B200',
  terms: { ...RENTAL_DEFAULTS, kind: 'rented', usdPerGpuHour: 2, includesEnergy: true },
  networkUsdPerGpuHour: 0.1,
  operationsUsdPerGpuHour: 0.2,
  provenance: ASSUMED,
};

export const OWNERSHIP: Ownership = {
  kind: 'owned',
  capexUsd: 40_000,
  residualUsd: 4000,
  termMonths: 48,
  annualRate: 0.1,
  method: 'straight-line',
};

export const REVISION: CostBookRevision = {
  ...REVISION_DEFAULTS,
  from: epochMs(0),
  hardware: [RENTED],
  energy: {
    ...ENERGY_DEFAULTS,
    usdPerKilowattHour: 0.08,
    pue: 1.25,
    nodeOverhead: 1.3,
    moduleOverhead: 1.1,
    provenance: ASSUMED,
  },
  weights: { input: 1, cached: 0.1, output: 5 },
};
