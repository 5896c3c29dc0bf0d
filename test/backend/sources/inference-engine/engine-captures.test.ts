import { describe, expect, test } from 'vitest';

import type { EngineSample } from '#shared/model/sample.ts';
import { capture, hasCaptures, readText } from '../read-text.ts';

type Known = {
  readonly kind: EngineSample['kind'];
  readonly model: string;
  /** Input, cached, output. */
  readonly tokens: readonly (number | null)[];
  readonly requests: readonly (number | null)[];
  /** `[sum in seconds, count]` of time to first token, inter-token and end-to-end latency. */
  readonly latencies: readonly (readonly [number, number] | null)[];
};

/** What each text says, read by eye. Those that have a test of their own elsewhere are left out. */
const KNOWN: Readonly<Record<string, Known>> = {
  'sglang-0.5.2-inferred-llama31-8b-idle.txt': {
    kind: 'sglang',
    model: 'RedHatAI/Meta-Llama-3.1-8B-Instruct-FP8',
    tokens: [7, null, 8],
    requests: [0, 0],
    latencies: [[0.5402500629425049, 1], null, [0.5402379035949707, 1]],
  },
  'sglang-docs-llama31-8b-loaded.txt': {
    kind: 'sglang',
    model: 'meta-llama/Llama-3.1-8B-Instruct',
    tokens: [8_128_902, null, 7_557_572],
    requests: [162, 2826],
    latencies: [
      [2_351_897.9474117756, 11_008],
      [866_964.5791549598, 7_400_757],
      [3_116_093.850019932, 11_228],
    ],
  },
  'dynamo-frontend-2026-01.txt': {
    kind: 'dynamo',
    model: 'qwen/qwen3-0.6b',
    tokens: [33, null, 300],
    requests: [0, 0],
    latencies: [
      [1.5625701570000001, 1],
      [0.6126917290000005, 299],
      [2.177646729, 1],
    ],
  },
  'nim-1.x-llama31-8b.txt': {
    kind: 'nim',
    model: 'meta/llama-3.1-8b-instruct',
    tokens: [109, null, 174],
    requests: [1, 0],
    latencies: [
      [0.6119842529296875, 5],
      [1.856855869293213, 169],
      [2.4688401222229004, 5],
    ],
  },
  'llamacpp-ik-fork-2025-08-fragment.txt': {
    kind: 'llama.cpp',
    model: 'unnamed model at gpu-7:8000',
    tokens: [6886, null, 3469],
    requests: [null, null],
    latencies: [null, null, null],
  },
  'triton-trtllm-backend-nv_trt_llm-fragment.txt': {
    kind: 'triton',
    model: 'tensorrt_llm',
    tokens: [null, null, null],
    requests: [1, 1],
    latencies: [null, null, null],
  },
  'vllm-data-parallel-2026-05-fragment.txt': {
    kind: 'vllm',
    model: 'deepseek-v4-flash-w8a8-mtp',
    tokens: [null, null, null],
    requests: [0, null],
    latencies: [null, null, null],
  },
};

describe.skipIf(!hasCaptures)('real texts of engines (../shared/data/exposition)', () => {
  test.each(Object.entries(KNOWN))('%s', (name, expected) => {
    const text = capture(`exposition/${name}`);
    const { engines } = readText(text, { address: 'gpu-7:8000' });
    expect(engines.map(summaryOf)).toEqual([expected]);
  });

  test.each([
    ['trtllm-serve-1.2-era-unprefixed-fragment.txt', /tensorrt-llm is there .* exports no tokens/],
    ['triton-vllm-2024-08-reason-labels-fragment.txt', /triton is there .* nv_llm_input_token_len_sum/],
  ])('%s holds no engine, and why is said', (name, message) => {
    const { engines, problems } = readText(capture(`exposition/${name}`));
    expect(engines).toEqual([]);
    expect(problems).toEqual([{ kind: 'unread', message: expect.stringMatching(message) }]);
  });
});

function summaryOf({ kind, model, counters, requestsRunning, requestsWaiting, latencies }: EngineSample): Known {
  return {
    kind,
    model,
    tokens: [counters.inputTokens, counters.cachedTokens, counters.outputTokens],
    requests: [requestsRunning, requestsWaiting],
    latencies: [latencies.ttft, latencies.interToken, latencies.endToEnd].map(
      (histogram) => histogram && [histogram.sumSeconds, histogram.count],
    ),
  };
}
