import type { CostBook, HardwarePrice, ServiceLevel, TokenPrice } from '#shared/model/cost-book.ts';
import {
  ENERGY_DEFAULTS,
  FACILITY_DEFAULTS,
  HARDWARE_DEFAULTS,
  REVISION_DEFAULTS,
  SERVICE_LEVEL_DEFAULTS,
} from '#shared/model/cost-book-defaults.ts';
import { epochMs } from '#shared/time/instant.ts';
import { operationsPerGpuHour } from './per-gpu-hour.ts';

/**
 * Prices of the sample fleet: an invented operator who owns the hardware, so that every cost category shows. Amounts lie in
 * the plausible ranges of the economics reference, section 4.1; they are marked as sample data wherever they appear.
 */
const NOTE = 'price of the sample fleet';
const OPERATIONS_PER_YEAR = 0.03;
const TERM_MONTHS = 48;

function owned(sku: string, capexUsd: number, provisionedKilowatts: number): HardwarePrice {
  return {
    ...HARDWARE_DEFAULTS,
    sku,
    terms: {
      kind: 'owned',
      capexUsd,
      residualUsd: capexUsd / 10,
      termMonths: TERM_MONTHS,
      annualRate: 0.1,
      method: 'annuity',
    },
    facility: { ...FACILITY_DEFAULTS, usdPerKilowattMonth: 150, provisionedKilowatts },
    networkUsdPerGpuHour: 0.12,
    operationsUsdPerGpuHour: operationsPerGpuHour({ capexUsd, shareOfCapexPerYear: OPERATIONS_PER_YEAR }),
    provenance: { quality: 'entered', note: NOTE, asOf: null },
  };
}

/** An assumption: what this invented operator sells a million tokens for, USD by class. No list price of anybody. */
function soldAt(model: string, [uncachedInput, cachedInput, output]: readonly [number, number, number]): TokenPrice {
  const provenance = { quality: 'assumed', note: 'assumed token price of the sample fleet', asOf: null } as const;
  return { model, uncachedInput, cachedInput, output, provenance };
}

/** Loose enough for the slowest model at night, tight enough that busy hours miss some. Headroom is the usual one. */
const SAMPLE_SERVICE_LEVEL: ServiceLevel = { ...SERVICE_LEVEL_DEFAULTS, ttftSeconds: 2, interTokenSeconds: 0.05 };

export const SAMPLE_COST_BOOK: CostBook = {
  revisions: [
    {
      ...REVISION_DEFAULTS,
      from: epochMs(0),
      hardware: [owned('B200', 46_000, 1.71), owned('GB200', 54_200, 1.87), owned('H100', 31_000, 1.37)],
      energy: {
        ...ENERGY_DEFAULTS,
        usdPerKilowattHour: 0.08,
        pue: 1.25,
        nodeOverhead: 1.3,
        provenance: { quality: 'entered', note: NOTE, asOf: null },
      },
      weights: { input: 1, cached: 0.1, output: 5 },
      tokenPrices: [
        soldAt('kimi-k2', [0.3, 0.06, 1.2]),
        soldAt('qwen3-235b', [0.16, 0.04, 0.6]),
        soldAt('gpt-oss-120b', [0.08, 0.02, 0.32]),
        soldAt('llama-3.3-70b', [0.2, 0.06, 0.7]),
        soldAt('deepseek-r1', [0.24, 0.04, 1]),
        soldAt('qwen3-coder-480b', [0.4, 0.08, 1.6]),
      ],
      serviceLevels: [SAMPLE_SERVICE_LEVEL],
    },
  ],
};
