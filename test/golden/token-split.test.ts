import { describe, expect, it } from 'vitest';
import { benchmarkThroughput, costAtThroughput, throughputPerMegawatt } from '#shared/cost/benchmark-cost.ts';
import {
  attributedEnergyCost,
  marginalEnergyCost,
  tokensPerJoule,
  tokensPerSecondPerMegawatt,
} from '#shared/cost/energy-per-token.ts';
import { classCostPerMillionTokens, splitByClass } from '#shared/cost/token-split.ts';
import { tokenClassesOf, tokensIn } from '#shared/cost/token-count.ts';
import { perMillionTokens, priceOfGpuTime } from '#shared/units/arithmetic.ts';
import { joules, seconds, tokens, usdPerGpuHour, usdPerKilowattHour, watts } from '#shared/units/quantities.ts';

/** Source of inputs and results: economics reference, section 4.4, second case; arithmetic beside each. */

const WEIGHTS = { input: 1, cached: 0.1, output: 5 };
/** 20 G uncached + 12 G cached input, 8 G output. */
const COUNTS = { input: 32e9, cached: 12e9, output: 8e9 };
const RATE = usdPerGpuHour(2.6);
const DAY = seconds(86_400);
/** 72 GPUs x 24 h x 2.60 = 4,492.80 USD */
const BILL = priceOfGpuTime(seconds(72 * DAY), RATE);

describe('a day of 24 prefill and 48 decode GPUs, rented', () => {
  // 20 x 1 + 12 x 0.1 + 8 x 5 = 20 + 1.2 + 40 = 61.2 G weighted tokens
  const weighted = tokenClassesOf('billed', COUNTS, WEIGHTS);

  it('splits its bill between classes by weight', () => {
    expect(tokensIn('billed', COUNTS, WEIGHTS)).toBe(61.2e9);
    const split = splitByClass(BILL, weighted)!;
    // 4,492.80 x 20 / 61.2, x 1.2 / 61.2, x 40 / 61.2
    expect(split.uncachedInput).toBeCloseTo(1468.235294117647, 9);
    expect(split.cachedInput).toBeCloseTo(88.09411764705882, 9);
    expect(split.output).toBeCloseTo(2936.470588235294, 9);
  });

  it('has a unit cost per class: 4,492.80 / 61,200 Mtok times the weight', () => {
    const unit = classCostPerMillionTokens(BILL, weighted, WEIGHTS)!;
    expect(unit.uncachedInput).toBeCloseTo(0.07341176470588236, 12);
    expect(unit.cachedInput).toBeCloseTo(0.007341176470588236, 13);
    expect(unit.output).toBeCloseTo(0.36705882352941177, 12);
  });

  it('costs 0.5616 USD per million output tokens over all GPUs, and 0.11232 over all tokens', () => {
    // 4,492.80 / 8,000 and 4,492.80 / 40,000
    expect(perMillionTokens(BILL, tokensIn('output', COUNTS, WEIGHTS))).toBeCloseTo(0.5616, 12);
    expect(perMillionTokens(BILL, tokensIn('total', COUNTS, WEIGHTS))).toBeCloseTo(0.11232, 12);
  });

  it('reads in InferenceX charts as 0.0468 input, 0.3744 output and 0.11232 total, which add to the bill once', () => {
    const shape = { kind: 'disaggregated', prefillGpus: 24, decodeGpus: 48 } as const;
    const throughput = benchmarkThroughput(COUNTS, DAY, shape);
    // 40e9 / 86,400 s / 72 = 6,430.04
    expect(throughput.total).toBeCloseTo(6430.041152263375, 8);
    const [input, output, total] = [throughput.input, throughput.output, throughput.total].map((x) =>
      costAtThroughput(RATE, x),
    );
    // prefill bill 24 x 24 x 2.6 = 1,497.60 / 32,000 Mtok; decode bill 48 x 24 x 2.6 = 2,995.20 / 8,000 Mtok
    expect(input).toBeCloseTo(0.0468, 12);
    expect(output).toBeCloseTo(0.3744, 12);
    expect(total).toBeCloseTo(0.11232, 12);
    expect(input! * 32_000 + output! * 8000).toBeCloseTo(BILL, 9);
    // 6,430.04 x 1000 / 1.87
    expect(throughputPerMegawatt(throughput.total, 1.87)).toBeCloseTo(3_438_524.6803547456, 5);
  });

  it('adds to the bill twice in InferenceX charts when the same GPUs do both', () => {
    const throughput = benchmarkThroughput(COUNTS, DAY, { kind: 'aggregated', gpus: 72 });
    // input 4,492.80 / 32,000 = 0.1404; output 4,492.80 / 8,000 = 0.5616: each is the whole bill
    expect(costAtThroughput(RATE, throughput.input)).toBeCloseTo(0.1404, 12);
    expect(costAtThroughput(RATE, throughput.output)).toBeCloseTo(0.5616, 12);
    expect(0.1404 * 32_000 + 0.5616 * 8000).toBeCloseTo(2 * BILL, 9);
  });

  it('draws 2,160 kWh: 5.144 tok/J of IT, 4.287 of the facility', () => {
    const count = tokens(40e9);
    const itEnergy = joules(2160 * 3.6e6);
    const facility = joules(itEnergy * 1.2);
    // 40e9 / 7.776e9 J; 40e9 / 9.3312e9 J
    expect(tokensPerJoule(count, itEnergy)).toBeCloseTo(5.1440329218107, 12);
    expect(tokensPerJoule(count, facility)).toBeCloseTo(4.286694101508917, 12);
    expect(tokensPerSecondPerMegawatt(count, facility)).toBeCloseTo(4_286_694.101508916, 5);
    const bill = { itEnergy, pue: 1.2, tariff: usdPerKilowattHour(0.09) };
    // 2,160 x 1.2 x 0.09 = 233.28 USD / 40,000 Mtok
    expect(attributedEnergyCost(bill, count)).toBeCloseTo(0.005832, 12);
    // idle: 0.55 kW x 72 x 24 h = 950.4 kWh; (2,160 - 950.4) x 1.2 x 0.09 = 130.6368 USD / 40,000 Mtok
    const idle = { loadedIdlePower: watts(550), gpuTime: seconds(72 * DAY) };
    expect(marginalEnergyCost(bill, idle, count)).toBeCloseTo(0.00326592, 13);
  });
});

it.each([
  // 1.41 x 1e6 / (3600 x 347.9)
  ['H200', 1.41, 347.9, 1.1258024336],
  // 1.95 x 1e6 / (3600 x 1038.7)
  ['B200', 1.95, 1038.7, 0.5214851899],
])('reproduces a published cost of %s from its rate and throughput', (_, rate, tokensPerSecond, expected) => {
  expect(costAtThroughput(usdPerGpuHour(rate), tokensPerSecond)).toBeCloseTo(expected, 9);
});
