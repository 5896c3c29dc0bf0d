import { describe, expect, it } from 'vitest';
import {
  benchmarkThroughput,
  costAtThroughput,
  provisionedJoulesPerToken,
  throughputPerMegawatt,
  utilisationAdjustedCost,
} from '#shared/cost/benchmark-cost.ts';
import { goodputCostPerMillionTokens } from '#shared/cost/goodput-cost.ts';
import { tokens, usd, usdPerGpuHour, usdPerMillionTokens } from '#shared/units/quantities.ts';

describe('a benchmark point', () => {
  it('has tokens per MW and joules per token that are each other upside down', () => {
    // 1000 tok/s at 2 kW: 500,000 tok/s/MW, 2 J/tok
    expect(throughputPerMegawatt(1000, 2)).toBe(500_000);
    expect(provisionedJoulesPerToken(1000, 2)).toBe(2);
  });

  it('has no cost, no power and no energy without throughput', () => {
    for (const none of [null, 0]) {
      expect(costAtThroughput(usdPerGpuHour(2), none)).toBeNull();
      expect(provisionedJoulesPerToken(none, 2)).toBeNull();
    }
    expect(throughputPerMegawatt(null, 2)).toBeNull();
    expect(throughputPerMegawatt(1000, 0)).toBeNull();
  });

  it('has no throughput of a role without GPUs', () => {
    const shape = { kind: 'disaggregated', prefillGpus: 0, decodeGpus: 4 } as const;
    expect(benchmarkThroughput({ input: 100, output: 80 }, 10, shape)).toEqual({ total: 4.5, input: null, output: 2 });
  });
});

describe('the cost of a machine that is not full', () => {
  const atBenchmark = usdPerMillionTokens(0.5);

  it('is that of the benchmark over utilisation', () => {
    // paid 10 GPU x 100 s at 20 tok/s = 20,000 tokens; 5,000 delivered: u = 0.25
    const work = { deliveredTokens: 5000, paidGpuSeconds: 1000, benchmarkTokensPerSecond: 20 };
    expect(utilisationAdjustedCost(atBenchmark, work)).toBe(2);
  });

  it('is absent where nothing was delivered or could be', () => {
    const work = { deliveredTokens: 0, paidGpuSeconds: 1000, benchmarkTokensPerSecond: 20 };
    expect(utilisationAdjustedCost(atBenchmark, work)).toBeNull();
    expect(utilisationAdjustedCost(atBenchmark, { ...work, deliveredTokens: 5, paidGpuSeconds: 0 })).toBeNull();
  });
});

it('costs more per token within the latency targets than per token, and has no cost when none was', () => {
  // 100 USD / (50 M x 0.8) = 2.50
  expect(goodputCostPerMillionTokens(usd(100), tokens(50e6), 0.8)).toBe(2.5);
  expect(goodputCostPerMillionTokens(usd(100), tokens(50e6), 0)).toBeNull();
});
