import type { CostBook } from '#shared/model/cost-book.ts';
import { ENERGY_DEFAULTS, REVISION_DEFAULTS } from '#shared/model/cost-book-defaults.ts';
import { epochMs } from '#shared/time/instant.ts';
import { NEWEST_TABLE, PRESET_PRODUCTS, presetPrice } from './presets.ts';

/**
 * Energy: 0.08 USD/kWh and PUE 1.25 are the worked cases' values; industry PUE is 1.06 to 1.58. Node overhead 1.3: an
 * eight-GPU B200 server drew 1.30 kW per GPU at boards of about 1 kW (MLPerf 5.1 power). Source: economics reference,
 * sections 2 and 4.
 */
const ENERGY_NOTE =
  'assumed: 0.08 USD/kWh, PUE 1.25, and for CPUs, fans and network 30 % of board power, or 10 % of superchip power';

/** What is assumed until the operator enters prices, each dated and sourced, each with a badge on screen. */
export const DEFAULT_COST_BOOK: CostBook = {
  revisions: [
    {
      ...REVISION_DEFAULTS,
      from: epochMs(0),
      hardware: PRESET_PRODUCTS.flatMap(({ sku }) => presetPrice(NEWEST_TABLE, sku, 'neocloud') ?? []),
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
