import {
  ENERGY_DEFAULTS,
  FACILITY_DEFAULTS,
  HARDWARE_DEFAULTS,
  REVISION_DEFAULTS,
} from '#shared/model/cost-book-defaults.ts';
import { z } from 'zod';
import { capitalPerGpuHour } from '#shared/cost/capital-cost.ts';
import { goodputCostPerMillionTokens } from '#shared/cost/goodput-cost.ts';
import { hourlyRatesOf, totalRateOf } from '#shared/cost/hourly-rates.ts';
import { energyPerGpuHour, licencePerGpuHour, operationsPerGpuHour } from '#shared/cost/per-gpu-hour.ts';
import { costOf, priceUsage } from '#shared/cost/price-usage.ts';
import { tokensIn } from '#shared/cost/token-count.ts';
import { assert } from '#shared/lib/assert.ts';
import type { CostBookRevision, Ownership } from '#shared/model/cost-book.ts';
import type { TokenBasis } from '#shared/model/token-basis.ts';
import { epochMs } from '#shared/time/instant.ts';
import { energyOf, perMillionTokens, SECONDS_PER_HOUR } from '#shared/units/arithmetic.ts';
import { seconds, watts } from '#shared/units/quantities.ts';
import { AMOUNT, kindOf, POSITIVE, WEIGHTS } from './kind.ts';

const INPUT = z.object({
  gpus: POSITIVE,
  capex_total_usd: AMOUNT,
  residual_fraction: AMOUNT,
  term_months: POSITIVE,
  wacc: AMOUNT,
  colo_usd_per_kw_month: AMOUNT,
  provisioned_kw_per_gpu: AMOUNT,
  ops_fraction_of_capex_per_year: AMOUNT,
  licence_usd_per_gpu_year: AMOUNT.default(0),
  it_kw_per_gpu: AMOUNT,
  pue: AMOUNT,
  tariff_usd_per_kwh: AMOUNT,
  window_hours: AMOUNT,
  tokens_input_uncached: AMOUNT,
  tokens_input_cached: AMOUNT,
  tokens_output: AMOUNT,
  weights: WEIGHTS,
  slo_fraction_of_eq_tokens: AMOUNT,
});

type Input = z.infer<typeof INPUT>;

/** The bill of owned GPUs, per GPU-hour and per million tokens of each basis. Economics reference, section 4.4. */
export const fullyLoadedCost = kindOf('fully_loaded_cost', INPUT, (input) => {
  const revision = revisionOf(input);
  const rates = hourlyRatesOf(revision, 'worked case');
  assert(rates !== null, 'the book has a price for everything');
  const energy = energyPerGpuHour({
    itKilowatts: input.it_kw_per_gpu,
    pue: input.pue,
    usdPerKilowattHour: input.tariff_usd_per_kwh,
  });
  const cost = billOf(input, revision);
  const all = costOf(cost);
  const counts = countsOf(input);
  const countOf = (basis: TokenBasis) => tokensIn(basis, counts, input.weights);
  return {
    capital_per_gpu_h: rates.capital,
    straight_line_capital_per_gpu_h: capitalPerGpuHour({ ...ownershipOf(input), method: 'straight-line' }),
    colo_per_gpu_h: rates.facility,
    ops_per_gpu_h: operationsOf(input),
    licence_per_gpu_h: licencePerGpuHour(input.licence_usd_per_gpu_year),
    energy_per_gpu_h: energy,
    rate_per_gpu_h: totalRateOf(rates) + energy,
    cost_usd: all,
    cpm_total: perMillionTokens(all, countOf('total')),
    cpm_output_only: perMillionTokens(all, countOf('output')),
    cpm_equivalent: perMillionTokens(all, countOf('billed')),
    cpm_goodput: goodputCostPerMillionTokens(all, countOf('billed'), input.slo_fraction_of_eq_tokens),
    cpm_energy_equivalent: perMillionTokens(costOf(cost, ['serving'], ['energy']), countOf('billed')),
  };
});

/** A cost book with the case's prices. Its power is IT power already: the node adds nothing. */
function revisionOf(input: Input): CostBookRevision {
  const provenance = { quality: 'entered', note: 'worked case', asOf: null } as const;
  return {
    ...REVISION_DEFAULTS,
    from: epochMs(0),
    hardware: [
      {
        ...HARDWARE_DEFAULTS,
        ...HARDWARE_DEFAULTS,
        sku: '*',
        terms: ownershipOf(input),
        facility: {
          ...FACILITY_DEFAULTS,
          usdPerKilowattMonth: input.colo_usd_per_kw_month,
          provisionedKilowatts: input.provisioned_kw_per_gpu,
        },
        networkUsdPerGpuHour: 0,
        operationsUsdPerGpuHour: operationsOf(input) + licencePerGpuHour(input.licence_usd_per_gpu_year),
        provenance,
      },
    ],
    energy: {
      ...ENERGY_DEFAULTS,
      usdPerKilowattHour: input.tariff_usd_per_kwh,
      pue: input.pue,
      nodeOverhead: 1,
      moduleOverhead: 1,
      provenance,
    },
    weights: input.weights,
  };
}

function ownershipOf(input: Input): Ownership {
  const capexUsd = input.capex_total_usd / input.gpus;
  return {
    kind: 'owned',
    capexUsd,
    residualUsd: capexUsd * input.residual_fraction,
    termMonths: input.term_months,
    annualRate: input.wacc,
    method: 'annuity',
  };
}

function operationsOf(input: Input) {
  const { capexUsd } = ownershipOf(input);
  return operationsPerGpuHour({ capexUsd, shareOfCapexPerYear: input.ops_fraction_of_capex_per_year });
}

function billOf(input: Input, revision: CostBookRevision) {
  const gpuSeconds = seconds(input.gpus * input.window_hours * SECONDS_PER_HOUR);
  const energyJoules = energyOf(watts(input.it_kw_per_gpu * 1000), gpuSeconds);
  return priceUsage([{ sku: 'worked case', state: 'serving', gpuSeconds, energyJoules, boundary: 'board' }], revision)
    .cost;
}

function countsOf(input: Input) {
  return {
    input: input.tokens_input_uncached + input.tokens_input_cached,
    cached: input.tokens_input_cached,
    output: input.tokens_output,
  };
}
