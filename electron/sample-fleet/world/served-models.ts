/** A model as this fleet serves it: the mix of its requests, and how fast it runs on its kind of GPU. */
export type ServedModel = {
  /** Served name, the `model_name` label. */
  readonly name: string;
  /** Where the weights come from, `root` in /v1/models. */
  readonly root: string;
  readonly maxModelLength: number;
  /** Mean tokens per request. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Mean share of input tokens found in the prefix cache, 0..1. */
  readonly cacheHit: number;
  /** Output tokens per second and GPU when fully busy. */
  readonly outputPerGpu: number;
  /** Mean seconds between tokens, in quiet hours and in busy ones. */
  readonly gapSeconds: { readonly light: number; readonly heavy: number };
  /** Mean seconds to the first token, in quiet hours and in busy ones. */
  readonly firstTokenSeconds: { readonly light: number; readonly heavy: number };
  /** Busy share at the height of a weekday, and at its lowest hour. */
  readonly busyPeak: number;
  readonly busyNight: number;
  /** Busy share above which the board sits at its power cap and clocks down; absent where it never does. */
  readonly throttlesAbove?: number;
};

export const servedModels = {
  kimi: {
    name: 'kimi-k2',
    root: 'moonshotai/Kimi-K2-Instruct-0905',
    maxModelLength: 262144,
    inputTokens: 9200,
    outputTokens: 820,
    cacheHit: 0.58,
    outputPerGpu: 840,
    gapSeconds: { light: 0.016, heavy: 0.031 },
    firstTokenSeconds: { light: 0.42, heavy: 1.6 },
    busyPeak: 0.97,
    busyNight: 0.34,
    throttlesAbove: 0.82,
  },
  qwen: {
    name: 'qwen3-235b',
    root: 'Qwen/Qwen3-235B-A22B-Instruct-2507-FP8',
    maxModelLength: 131072,
    inputTokens: 3400,
    outputTokens: 610,
    cacheHit: 0.44,
    outputPerGpu: 1500,
    gapSeconds: { light: 0.012, heavy: 0.024 },
    firstTokenSeconds: { light: 0.21, heavy: 0.8 },
    busyPeak: 0.82,
    busyNight: 0.2,
  },
  gptOss: {
    name: 'gpt-oss-120b',
    root: 'openai/gpt-oss-120b',
    maxModelLength: 131072,
    inputTokens: 2100,
    outputTokens: 430,
    cacheHit: 0.37,
    outputPerGpu: 3400,
    gapSeconds: { light: 0.0062, heavy: 0.0135 },
    firstTokenSeconds: { light: 0.07, heavy: 0.31 },
    busyPeak: 0.84,
    busyNight: 0.16,
  },
  llama: {
    name: 'llama-3.3-70b',
    root: 'meta-llama/Llama-3.3-70B-Instruct',
    maxModelLength: 131072,
    inputTokens: 1500,
    outputTokens: 310,
    cacheHit: 0.31,
    outputPerGpu: 760,
    gapSeconds: { light: 0.019, heavy: 0.038 },
    firstTokenSeconds: { light: 0.13, heavy: 0.62 },
    busyPeak: 0.76,
    busyNight: 0.12,
  },
  deepseek: {
    name: 'deepseek-r1',
    root: 'deepseek-ai/DeepSeek-R1-0528',
    maxModelLength: 163840,
    inputTokens: 5200,
    outputTokens: 960,
    cacheHit: 0.52,
    outputPerGpu: 1450,
    gapSeconds: { light: 0.014, heavy: 0.027 },
    firstTokenSeconds: { light: 0.31, heavy: 1.1 },
    busyPeak: 0.86,
    busyNight: 0.26,
  },
  coder: {
    name: 'qwen3-coder-480b',
    root: 'Qwen/Qwen3-Coder-480B-A35B-Instruct-FP8',
    maxModelLength: 262144,
    inputTokens: 7600,
    outputTokens: 540,
    cacheHit: 0.6,
    outputPerGpu: 980,
    gapSeconds: { light: 0.013, heavy: 0.026 },
    firstTokenSeconds: { light: 0.34, heavy: 1.3 },
    busyPeak: 0.7,
    busyNight: 0.06,
  },
} as const satisfies Record<string, ServedModel>;

/** Mean seconds from arrival to the last token of a request that runs at the given pace. */
export function requestSeconds(model: ServedModel, pace: 'light' | 'heavy'): number {
  return model.firstTokenSeconds[pace] + model.outputTokens * model.gapSeconds[pace];
}
