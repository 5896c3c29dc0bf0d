import { z } from 'zod';
import { benchmarkThroughput, costAtThroughput, gpusOf, throughputPerMegawatt } from '#shared/cost/benchmark-cost.ts';
import {
  attributedEnergyCost,
  marginalEnergyCost,
  tokensPerJoule,
  tokensPerSecondPerMegawatt,
} from '#shared/cost/energy-per-token.ts';
import { classCostPerMillionTokens, splitByClass } from '#shared/cost/token-split.ts';
import { tokenClassesOf, tokensIn } from '#shared/cost/token-count.ts';
import { perMillionTokens, priceOfGpuTime, SECONDS_PER_HOUR, toJoules } from '#shared/units/arithmetic.ts';
import {
  joules,
  kilowattHours,
  seconds,
  tokens,
  usdPerGpuHour,
  usdPerKilowattHour,
  watts,
} from '#shared/units/quantities.ts';
import { AMOUNT, kindOf, POSITIVE, WEIGHTS } from './kind.ts';

const INPUT = z.object({
  disaggregated: z.boolean(),
  prefill_gpus: AMOUNT.default(0),
  decode_gpus: AMOUNT.default(0),
  /** An aggregated pool may be given as one number. */
  gpus: AMOUNT.optional(),
  window_hours: POSITIVE,
  rate_usd_per_gpu_h: AMOUNT,
  tokens_input_uncached: AMOUNT,
  tokens_input_cached: AMOUNT,
  tokens_output: AMOUNT,
  weights: WEIGHTS,
  it_energy_kwh: AMOUNT,
  pue: AMOUNT,
  provisioned_kw_per_gpu: AMOUNT,
  loaded_idle_kw_per_gpu: AMOUNT,
  tariff_usd_per_kwh: AMOUNT,
});

type Input = z.infer<typeof INPUT>;

/** One bill by class of tokens, as benchmark charts state it, and the energy behind it. Economics reference, 1.1 and 4.2. */
export const tokenSplit = kindOf('token_split', INPUT, (input) => ({
  ...splitFigures(input),
  ...benchmarkFigures(input),
  ...energyFigures(input),
}));

function splitFigures(input: Input) {
  const bill = billOf(input);
  const counts = countsOf(input);
  const weighted = tokenClassesOf('billed', counts, input.weights);
  const split = splitByClass(bill, weighted);
  const unit = classCostPerMillionTokens(bill, weighted, input.weights);
  return {
    cost_usd: bill,
    eq_tokens: tokensIn('billed', counts, input.weights),
    cost_split_input: split?.uncachedInput ?? null,
    cost_split_cached: split?.cachedInput ?? null,
    cost_split_output: split?.output ?? null,
    cpm_split_input: unit?.uncachedInput ?? null,
    cpm_split_cached: unit?.cachedInput ?? null,
    cpm_split_output: unit?.output ?? null,
    cpm_output_all_gpus: perMillionTokens(bill, tokensIn('output', counts, input.weights)),
  };
}

function benchmarkFigures(input: Input) {
  const counts = countsOf(input);
  const throughput = benchmarkThroughput(counts, input.window_hours * SECONDS_PER_HOUR, shapeOf(input));
  const rate = usdPerGpuHour(input.rate_usd_per_gpu_h);
  const bill = billOf(input);
  const ofInput = costAtThroughput(rate, throughput.input);
  const ofOutput = costAtThroughput(rate, throughput.output);
  const recombined = ((ofInput ?? 0) * counts.input + (ofOutput ?? 0) * counts.output) / 1e6;
  return {
    ix_cpm_input: ofInput,
    ix_cpm_output: ofOutput,
    ix_cpm_total: costAtThroughput(rate, throughput.total),
    ix_recombined_over_cost: bill > 0 ? recombined / bill : null,
    ix_tput_per_gpu: throughput.total,
    tok_s_per_mw_provisioned: throughputPerMegawatt(throughput.total, input.provisioned_kw_per_gpu),
  };
}

function energyFigures(input: Input) {
  const count = tokensIn('total', countsOf(input), input.weights);
  const itEnergy = toJoules(kilowattHours(input.it_energy_kwh));
  const facilityEnergy = joules(itEnergy * input.pue);
  const bill = { itEnergy, pue: input.pue, tariff: usdPerKilowattHour(input.tariff_usd_per_kwh) };
  const idle = { loadedIdlePower: watts(input.loaded_idle_kw_per_gpu * 1000), gpuTime: gpuTimeOf(input) };
  return {
    tok_per_joule_it: tokensPerJoule(tokens(count), itEnergy),
    tok_per_joule_facility: tokensPerJoule(tokens(count), facilityEnergy),
    tok_s_per_mw_facility_measured: tokensPerSecondPerMegawatt(tokens(count), facilityEnergy),
    attributed_energy_usd_per_mtok: attributedEnergyCost(bill, count),
    marginal_energy_usd_per_mtok: marginalEnergyCost(bill, idle, count),
  };
}

function shapeOf(input: Input) {
  const { prefill_gpus: prefillGpus, decode_gpus: decodeGpus } = input;
  return input.disaggregated
    ? ({ kind: 'disaggregated', prefillGpus, decodeGpus } as const)
    : ({ kind: 'aggregated', gpus: input.gpus ?? prefillGpus + decodeGpus } as const);
}

function gpuTimeOf(input: Input) {
  return seconds(gpusOf(shapeOf(input)) * input.window_hours * SECONDS_PER_HOUR);
}

function billOf(input: Input) {
  return priceOfGpuTime(gpuTimeOf(input), usdPerGpuHour(input.rate_usd_per_gpu_h));
}

function countsOf(input: Input) {
  return {
    input: input.tokens_input_uncached + input.tokens_input_cached,
    cached: input.tokens_input_cached,
    output: input.tokens_output,
  };
}
