import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { capitalPerGpuHour } from '#shared/cost/capital-cost.ts';
import { hourlyRatesOf } from '#shared/cost/hourly-rates.ts';
import { priceUsage, costOf } from '#shared/cost/price-usage.ts';
import { tokensIn } from '#shared/cost/token-count.ts';
import type { CostBookRevision, Ownership } from '#shared/model/cost-book.ts';
import { epochMs } from '#shared/time/instant.ts';
import { perMillionTokens, priceOfGpuTime } from '#shared/units/arithmetic.ts';
import { seconds, tokens, usd, usdPerGpuHour } from '#shared/units/quantities.ts';

/**
 * Worked cases of the cost model, each with its arithmetic. Source of inputs and results: economics reference, section 4.4
 * (two independent implementations agree to 1e-9); the file of oracles is read too where it lies beside the repository.
 */

const ENTERED = { quality: 'entered', note: 'worked case' } as const;

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
  from: epochMs(0),
  hardware: [
    {
      sku: 'GB200',
      terms: OWNED,
      // 150 USD per kW and month x 1.87 kW / 730 h = 280.5 / 730 = 0.38424657534 USD/GPU-h
      facility: { usdPerKilowattMonth: 150, provisionedKilowatts: 1.87 },
      networkUsdPerGpuHour: 0,
      // 3 % of 54,166.67 a year = 1,625 / 8,760 h = 0.18550228311 USD/GPU-h
      operationsUsdPerGpuHour: 1625 / 8760,
      provenance: ENTERED,
    },
  ],
  // 1.35 kW IT x PUE 1.25 x 0.08 USD/kWh = 0.135 USD/GPU-h; the reading is IT power, so the node adds nothing.
  energy: { usdPerKilowattHour: 0.08, pue: 1.25, nodeOverhead: 1, provenance: ENTERED },
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
  const usage = [{ sku: 'NVIDIA GB200', state: 'serving', gpuSeconds: GPU_SECONDS, energyJoules: JOULES } as const];
  return priceUsage(usage, REVISION).cost;
}

describe('a day of 72 rented GPUs with 20 G uncached, 12 G cached and 8 G output tokens', () => {
  const counts = { input: 32e9, cached: 12e9, output: 8e9 };
  // 72 x 24 h x 2.60 = 4,492.80 USD
  const bill = priceOfGpuTime(seconds(72 * 24 * 3600), usdPerGpuHour(2.6));

  it('splits the bill between classes by weight, and the parts are the bill', () => {
    // 20 + 1.2 + 40 = 61.2 G; 4,492.80 x 20 / 61.2 = 1,468.235294, x 1.2 / 61.2 = 88.094118, x 40 / 61.2 = 2,936.470588
    const billed = tokensIn('billed', counts, REVISION.weights);
    expect(billed).toBe(61.2e9);
    const perWeight = bill / billed;
    const split = [20e9 * perWeight, 12e9 * 0.1 * perWeight, 8e9 * 5 * perWeight];
    expect(split[0]).toBeCloseTo(1468.235294117647, 9);
    expect(split[1]).toBeCloseTo(88.09411764705882, 9);
    expect(split[2]).toBeCloseTo(2936.470588235294, 9);
    expect(split[0]! + split[1]! + split[2]!).toBeCloseTo(bill, 9);
  });

  it('costs 0.5616 USD per million output tokens over all GPUs, and 0.11232 over all tokens', () => {
    expect(perMillionTokens(bill, tokensIn('output', counts, REVISION.weights))).toBeCloseTo(0.5616, 12);
    expect(perMillionTokens(bill, tokensIn('total', counts, REVISION.weights))).toBeCloseTo(0.11232, 12);
  });
});

it.each([
  // 1.41 x 1e6 / (3600 x 347.9)
  ['H200', 1.41, 347.9, 1.1258024336],
  // 1.95 x 1e6 / (3600 x 1038.7)
  ['B200', 1.95, 1038.7, 0.5214851899],
])('reproduces a published cost of %s from its rate and throughput', (_, rate, tokensPerSecond, expected) => {
  const cost = priceOfGpuTime(seconds(3600), usdPerGpuHour(rate));
  expect(perMillionTokens(cost, tokens(tokensPerSecond * 3600))).toBeCloseTo(expected, 9);
});

it('has no unit cost without tokens: absent, neither zero nor infinite', () => {
  expect(perMillionTokens(usd(1), tokens(0))).toBeNull();
});

const ORACLES = new URL('../../../shared/data/benchmarks/worked_oracles.json', import.meta.url);

describe.skipIf(!existsSync(ORACLES))('the file of worked oracles', () => {
  it('agrees with what is entered here', () => {
    const { cases } = JSON.parse(readFileSync(ORACLES, 'utf8')) as {
      cases: { id: string; input: Record<string, number>; expected: Record<string, number> }[];
    };
    const { input, expected } = cases.find((one) => one.id === 'fully_loaded_cost')!;
    const terms = {
      ...OWNED,
      capexUsd: input['capex_total_usd']! / input['gpus']!,
      residualUsd: (input['capex_total_usd']! * input['residual_fraction']!) / input['gpus']!,
    };
    expect(capitalPerGpuHour(terms)).toBeCloseTo(expected['capital_per_gpu_h']!, 9);
    expect(costOf(billOf())).toBeCloseTo(expected['cost_usd']!, 6);
    const billed = tokensIn('billed', COUNTS, REVISION.weights);
    expect(perMillionTokens(costOf(billOf()), billed)).toBeCloseTo(expected['cpm_equivalent']!, 11);
  });
});
