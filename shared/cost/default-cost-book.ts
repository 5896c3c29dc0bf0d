import type { CostBook, HardwarePrice } from '#shared/model/cost-book.ts';
import {
  ENERGY_DEFAULTS,
  HARDWARE_DEFAULTS,
  RENTAL_DEFAULTS,
  REVISION_DEFAULTS,
} from '#shared/model/cost-book-defaults.ts';
import { epochMs } from '#shared/time/instant.ts';

/**
 * What is assumed until the operator enters prices, each dated and sourced, each with a badge on screen.
 *
 * Hardware: InferenceX owning cost of a neocloud with a four-year life, USD per GPU-hour, state of 2026-08. Those rates
 * are stated with colocation and electricity inside (under 20 % of the total); to charge energy once, measured energy is
 * not added while they stand. Source: economics reference, section 1.2.
 */
const INFERENCEX_2026_08_USD_PER_GPU_HOUR = {
  H100: 1.55,
  H200: 1.59,
  B200: 2.07,
  B300: 2.52,
  GB200: 2.26,
  GB300: 2.79,
} as const;

const HARDWARE_NOTE = 'InferenceX assumption of 2026-08, neocloud owning for four years, power and colocation included';

/**
 * Energy: 0.08 USD/kWh and PUE 1.25 are the worked cases' values; industry PUE is 1.06 to 1.58. Node overhead 1.3: an
 * eight-GPU B200 server drew 1.30 kW per GPU at boards of about 1 kW (MLPerf 5.1 power). Source: economics reference,
 * sections 2 and 4.
 */
const ENERGY_NOTE =
  'assumed: 0.08 USD/kWh, PUE 1.25, and for CPUs, fans and network 30 % of board power, or 10 % of superchip power';

export const DEFAULT_COST_BOOK: CostBook = {
  revisions: [
    {
      ...REVISION_DEFAULTS,
      from: epochMs(0),
      hardware: Object.entries(INFERENCEX_2026_08_USD_PER_GPU_HOUR).map(([sku, usdPerGpuHour]) =>
        assumedRental(sku, usdPerGpuHour),
      ),
      energy: {
        ...ENERGY_DEFAULTS,
        usdPerKilowattHour: 0.08,
        pue: 1.25,
        nodeOverhead: 1.3,
        provenance: { quality: 'assumed', note: ENERGY_NOTE, asOf: '2026-08-14' },
      },
      // List prices of 2026 give input : cached : output near 1 : 0.1 : 5. Source: economics reference, section 4.2.
      weights: { input: 1, cached: 0.1, output: 5 },
    },
  ],
};

function assumedRental(sku: string, usdPerGpuHour: number): HardwarePrice {
  return {
    ...HARDWARE_DEFAULTS,
    sku,
    terms: { ...RENTAL_DEFAULTS, kind: 'rented', usdPerGpuHour, includesEnergy: true },
    provenance: { quality: 'assumed', note: HARDWARE_NOTE, asOf: '2026-08-14' },
  };
}
