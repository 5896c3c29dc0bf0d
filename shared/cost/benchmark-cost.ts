import { SECONDS_PER_HOUR } from '#shared/units/arithmetic.ts';
import { usdPerMillionTokens, type UsdPerGpuHour, type UsdPerMillionTokens } from '#shared/units/quantities.ts';

/*
 * Costs as InferenceX charts state them: of a machine that is always full, from tokens per second and GPU.
 * Source: economics reference, section 1.1.
 */

/** Which GPUs do prefill and decode. An aggregated pool does both on all of its GPUs. */
export type PoolShape =
  | { readonly kind: 'aggregated'; readonly gpus: number }
  | { readonly kind: 'disaggregated'; readonly prefillGpus: number; readonly decodeGpus: number };

/** Tokens per second and GPU, each over the GPUs that the chart divides it by; null where it has none. */
export type BenchmarkThroughput = {
  readonly total: number | null;
  readonly input: number | null;
  readonly output: number | null;
};

/**
 *   total x  = (input + output tokens) / window [s] / all GPUs
 *   input x  = input tokens  / window [s] / all GPUs; if disaggregated, / prefill GPUs only
 *   output x = output tokens / window [s] / all GPUs; if disaggregated, / decode GPUs only
 *
 * So input cost x input tokens + output cost x output tokens is the bill once if disaggregated, and twice if not: the two
 * must never be added for an aggregated pool. Live figures divide by all GPUs.
 */
export function benchmarkThroughput(
  counts: { readonly input: number; readonly output: number },
  windowSeconds: number,
  shape: PoolShape,
): BenchmarkThroughput {
  const gpus = gpusOf(shape);
  const over = (count: number, gpuCount: number): number | null =>
    gpuCount > 0 && windowSeconds > 0 ? count / windowSeconds / gpuCount : null;
  return {
    total: over(counts.input + counts.output, gpus),
    input: over(counts.input, shape.kind === 'aggregated' ? gpus : shape.prefillGpus),
    output: over(counts.output, shape.kind === 'aggregated' ? gpus : shape.decodeGpus),
  };
}

/** All GPUs of a pool. */
export function gpusOf(shape: PoolShape): number {
  return shape.kind === 'aggregated' ? shape.gpus : shape.prefillGpus + shape.decodeGpus;
}

/** cost [USD/Mtok] = R [USD/GPU-h] x 1e6 / (3600 x tok/s per GPU); null without throughput. */
export function costAtThroughput(rate: UsdPerGpuHour, tokensPerSecond: number | null): UsdPerMillionTokens | null {
  if (tokensPerSecond === null || tokensPerSecond <= 0) return null;
  return usdPerMillionTokens((rate * 1e6) / (SECONDS_PER_HOUR * tokensPerSecond));
}

/** throughput per MW [tok/s/MW] = tok/s per GPU x 1000 / provisioned kW per GPU; null without either. */
export function throughputPerMegawatt(tokensPerSecond: number | null, kilowattsPerGpu: number): number | null {
  return tokensPerSecond === null || kilowattsPerGpu <= 0 ? null : (tokensPerSecond * 1000) / kilowattsPerGpu;
}

/** provisioned energy [J/tok] = provisioned kW per GPU x 1000 / tok/s per GPU; null without throughput. */
export function provisionedJoulesPerToken(tokensPerSecond: number | null, kilowattsPerGpu: number): number | null {
  return tokensPerSecond === null || tokensPerSecond <= 0 ? null : (kilowattsPerGpu * 1000) / tokensPerSecond;
}

/**
 * Cost of the same work on a machine that is not full: CPM at the benchmark point / u.
 *
 *   u = delivered tokens / tokens the paid GPUs would deliver at the benchmark point, same mix and latency targets
 *
 * Null where nothing was delivered. Source: economics reference, section 4.2.
 */
export function utilisationAdjustedCost(
  atBenchmark: UsdPerMillionTokens,
  work: {
    readonly deliveredTokens: number;
    readonly paidGpuSeconds: number;
    readonly benchmarkTokensPerSecond: number;
  },
): UsdPerMillionTokens | null {
  const deliverable = work.paidGpuSeconds * work.benchmarkTokensPerSecond;
  if (work.deliveredTokens <= 0 || deliverable <= 0) return null;
  return usdPerMillionTokens(atBenchmark / (work.deliveredTokens / deliverable));
}
