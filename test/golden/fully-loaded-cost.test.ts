import {
  ENERGY_DEFAULTS,
  FACILITY_DEFAULTS,
  HARDWARE_DEFAULTS,
  REVISION_DEFAULTS,
} from '#shared/model/cost-book-defaults.ts';
import { describe, expect, it } from 'vitest';
import { capitalPerGpuHour } from '#shared/cost/capital-cost.ts';
import { hourlyRatesOf } from '#shared/cost/hourly-rates.ts';
import { priceUsage, costOf } from '#shared/cost/price-usage.ts';
import { tokensIn } from '#shared/cost/token-count.ts';
import type { CostBookRevision, Ownership } from '#shared/model/cost-book.ts';
import { epochMs } from '#shared/time/instant.ts';
import { perMillionTokens } from '#shared/units/arithmetic.ts';
import { tokens, usd } from '#shared/units/quantities.ts';

/**
 * Worked cases of the cost model, each with its arithmetic. Source of inputs and results: economics reference, section 4.4
 * (two independent implementations agree to 1e-9).
 */

const ENTERED = { quality: 'entered', note: 'worked case', asOf: null } as const;

/** 72 GPUs for 3.9 M USD: 54,166.67 USD each, a tenth of it left after 48 months, 10 % a year. */
const OWNED: Ownership = {
  kind: 'owned',
  capexUsd: 3_900_000 / 72,
  residualUsd: 390_000 / 72,
  termMonths: 48,
  annualRate: 0.1,
  method: 'annuity',
};

const REVISION: CostBookRevision = {
  ...REVISION_DEFAULTS,
  from: epochMs(0),
  hardware: [
    {
      ...HARDWARE_DEFAULTS,
      sku: 'GB200',
      terms: OWNED,
      // 150 USD per kW and month x 1.87 kW / 730 h = 280.5 / 730 = 0.38424657534 USD/GPU-h
      facility: { ...FACILITY_DEFAULTS, usdPerKilowattMonth: 150, provisionedKilowatts: 1.87 },
      networkUsdPerGpuHour: 0,
      // 3 % of 54,166.67 a year = 1,625 / 8,760 h = 0.18550228311 USD/GPU-h
      operationsUsdPerGpuHour: 1625 / 8760,
      provenance: ENTERED,
    },
  ],
  // 1.35 kW IT x PUE 1.25 x 0.08 USD/kWh = 0.135 USD/GPU-h; the reading is IT power, so the node adds nothing.
  energy: {
    ...ENERGY_DEFAULTS,
    usdPerKilowattHour: 0.08,
    pue: 1.25,
    nodeOverhead: 1,
    moduleOverhead: 1,
    provenance: ENTERED,
  },
  weights: { input: 1, cached: 0.1, output: 5 },
};

const HOURS = 730;
const GPU_SECONDS = 72 * HOURS * 3600;
const JOULES = 1350 * GPU_SECONDS;
/** 210 G uncached + 490 G cached input, 140 G output. */
const COUNTS = { input: 700e9, cached: 490e9, output: 140e9 };

describe('a rack of 72 for an average month', () => {
  it('costs 1.7555682621 USD/GPU-h in capital by annuity', () => {
    // r = 0.1 / 12, (1+r)^48 = 1.489354; (54,166.67 - 5,416.67 / 1.489354) x r / (1 - 1 / 1.489354) = 1,281.56483 a month
    // 1,281.56483 / 730 h = 1.7555682621
    expect(capitalPerGpuHour(OWNED)).toBeCloseTo(1.7555682620997506, 9);
  });

  it('costs 1.3912671233 USD/GPU-h in capital by straight line', () => {
    // (54,166.67 - 5,416.67) / 48 = 1,015.625 a month; / 730 h = 1.39126712329
    expect(capitalPerGpuHour({ ...OWNED, method: 'straight-line' })).toBeCloseTo(1.3912671232876712, 12);
  });

  it('adds up to 2.4603171205 USD/GPU-h and a bill of 129,314.27 USD', () => {
    const rates = hourlyRatesOf(REVISION, 'NVIDIA GB200')!;
    expect(rates.facility).toBeCloseTo(0.38424657534246576, 12);
    expect(rates.operations).toBeCloseTo(0.18550228310502284, 12);
    const bill = billOf();
    // 0.135 x 72 x 730 = 7,095.60 USD of energy
    expect(costOf(bill, ['serving'], ['energy'])).toBeCloseTo(7095.6, 6);
    // 2.4603171205 x 72 x 730 = 129,314.2678559629
    expect(costOf(bill)).toBeCloseTo(129_314.2678559629, 6);
    expect(costOf(bill) / (72 * HOURS)).toBeCloseTo(2.4603171205472396, 10);
  });

  it.each([
    // 129,314.27 / 840,000 Mtok
    ['total', 0.1539455569713844],
    // 129,314.27 / 140,000 Mtok
    ['output', 0.9236733418283064],
    // 210 x 1 + 490 x 0.1 + 140 x 5 = 959 G; 129,314.27 / 959,000 Mtok
    ['billed', 0.13484282362457028],
  ] as const)('costs per million %s tokens what was worked out', (basis, expected) => {
    const count = tokensIn(basis, COUNTS, REVISION.weights);
    expect(perMillionTokens(costOf(billOf()), count)).toBeCloseTo(expected, 11);
  });

  it('costs 0.0073989572 USD of energy per million billed tokens', () => {
    // 7,095.60 / 959,000 Mtok
    const count = tokensIn('billed', COUNTS, REVISION.weights);
    const energy = costOf(billOf(), ['serving'], ['energy']);
    expect(perMillionTokens(energy, count)).toBeCloseTo(0.007398957247132429, 12);
  });
});

function billOf() {
  const usage = [
    {
      ...HARDWARE_DEFAULTS,
      sku: 'NVIDIA GB200',
      state: 'serving',
      gpuSeconds: GPU_SECONDS,
      energyJoules: JOULES,
      boundary: 'board',
    } as const,
  ];
  return priceUsage(usage, REVISION).cost;
}

it('has no unit cost without tokens: absent, neither zero nor infinite', () => {
  expect(perMillionTokens(usd(1), tokens(0))).toBeNull();
});
