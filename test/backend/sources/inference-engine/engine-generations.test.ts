import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { createExpositionReader } from '#backend/sources/prometheus/exposition-reader.ts';
import { createSampleReader } from '#backend/sources/sample-reader.ts';
import type { EngineCounters, EngineSample } from '#shared/model/sample.ts';

const folder = join(import.meta.dirname, '../../../fixtures/engines/by-hand');

type Told = Partial<Omit<EngineSample, 'counters' | 'latencies'>> & {
  readonly counters?: Partial<EngineCounters>;
  /** `[sum in seconds, count]` of time to first token, inter-token and end-to-end latency. */
  readonly latencies?: readonly (readonly [number, number] | null)[];
};

const VLLM = { kind: 'vllm', model: 'lab/tiny-llama' } as const;
const V0: Told = {
  ...VLLM,
  version: null,
  startedAt: 1_761_120_000_250 as EngineSample['startedAt'],
  requestsRunning: 2,
  requestsWaiting: 5,
  kvCacheUsage: 0.125,
  latencies: [
    [12.5, 40],
    [295.1, 9836],
    [255, 40],
  ],
};
const v0Counters = { inputTokens: 41_210, cachedTokens: null, outputTokens: 9876, requestsStopped: 33, preemptions: 3 };
const V1: Told = { ...V0, requestsRunning: 3, requestsWaiting: 1, kvCacheUsage: 0.25 };
const v1Counters = {
  inputTokens: 41_210,
  cachedTokens: 4000,
  outputTokens: 9876,
  requestsStopped: 30,
  requestsLength: 7,
  requestsAborted: 2,
  requestsFailed: null,
  preemptions: 2,
};
const bySource = { ...v1Counters, cachedTokens: 6000, requestsStopped: 31, requestsFailed: 1 };
const drafted = { speculativeDrafts: 2000, draftTokens: 6000, acceptedTokens: 4100 };

const SGLANG: Told = {
  kind: 'sglang',
  model: 'lab/tiny-qwen',
  version: null,
  startedAt: null,
  requestsRunning: 4,
  requestsWaiting: 2,
  kvCacheUsage: 0.5,
  latencies: [
    [31.5, 50],
    [119, 5950],
    [150.5, 50],
  ],
};
const sglangCounters = {
  inputTokens: 30_000,
  cachedTokens: 8000,
  outputTokens: 6000,
  requestsStopped: 50,
  preemptions: 6,
  speculativeDrafts: null,
};

const DYNAMO: Told = {
  kind: 'dynamo',
  model: 'lab/tiny-qwen',
  requestsRunning: 3,
  requestsWaiting: 1,
  latencies: [
    [4.5, 20],
    [60.5, 3980],
    [88, 20],
  ],
};
const LLAMA_CPP: Told = {
  kind: 'llama.cpp',
  model: 'unnamed model at h1:8000',
  requestsRunning: 1,
  requestsWaiting: 2,
};

/** What every page says; a page that is not listed fails. */
const PAGES: Readonly<Record<string, Told>> = {
  'vllm-0.5.4.txt': { ...V0, counters: { ...v0Counters, draftTokens: null } },
  'vllm-0.7.2.txt': { ...V0, counters: { ...v0Counters, draftTokens: 6000, acceptedTokens: 4100 } },
  'vllm-0.8.4.txt': { ...V1, version: '≥ 0.8.3', counters: v1Counters },
  'vllm-0.10.2.txt': { ...V1, version: '≥ 0.9.2', counters: v1Counters },
  'vllm-0.11.1.txt': { ...V1, version: '≥ 0.11.1', sleeping: 0, counters: v1Counters },
  'vllm-0.13.0.txt': { ...V1, version: '≥ 0.13', sleeping: 0, counters: { ...v1Counters, requestsFailed: 1 } },
  'vllm-0.17.1.txt': { ...V1, version: '≥ 0.16', transferredTokens: 2000, counters: bySource },
  'vllm-0.21.0.txt': { ...V1, version: '≥ 0.20', transferredTokens: 2000, counters: { ...bySource, ...drafted } },
  'vllm-0.21.0-two-ranks.txt': {
    ...VLLM,
    requestsRunning: 6,
    requestsWaiting: 2,
    kvCacheUsage: 0.5,
    counters: { inputTokens: 41_210, outputTokens: 9876, requestsStopped: 62, requestsFailed: 2, preemptions: 3 },
    latencies: [
      [25, 80],
      [590.2, 19_672],
      [510, 80],
    ],
  },
  'vllm-0.23.0-rust-frontend.om': {
    ...VLLM,
    requestsRunning: 3,
    kvCacheUsage: 0.25,
    sleeping: null,
    counters: { ...v1Counters, cachedTokens: 6000 },
    latencies: [[12.5, 40], null, null],
  },
  'sglang-0.4.4.txt': { ...SGLANG, counters: { ...sglangCounters, preemptions: null } },
  'sglang-0.5.2.txt': { ...SGLANG, counters: { ...sglangCounters, requestsAborted: 3 } },
  'sglang-0.5.7.txt': { ...SGLANG, counters: sglangCounters },
  'sglang-0.5.9.txt': { ...SGLANG, version: '≥ 0.5.9', counters: sglangCounters },
  'sglang-0.5.13.txt': {
    ...SGLANG,
    version: '≥ 0.5.11',
    counters: { ...sglangCounters, speculativeDrafts: 1900, draftTokens: null },
  },
  'sglang-0.5.18.txt': { ...SGLANG, version: '≥ 0.5.17', counters: { ...sglangCounters, speculativeDrafts: 1900 } },
  'sglang-0.5.18-all-schedulers.txt': {
    ...SGLANG,
    version: '≥ 0.5.17',
    counters: { inputTokens: 30_000, outputTokens: 6000 },
    latencies: [null, null, null],
  },
  'tensorrt-llm-1.3.0.txt': {
    kind: 'tensorrt-llm',
    model: 'lab/tiny-llama',
    requestsRunning: 5,
    requestsWaiting: 1,
    kvCacheUsage: 0.5,
    gpuCount: 4,
    counters: {
      inputTokens: 50_000,
      cachedTokens: 12_000,
      outputTokens: 7000,
      requestsStopped: 30,
      requestsLength: 12,
      requestsFailed: 2,
      draftTokens: 900,
      acceptedTokens: 600,
    },
    latencies: [
      [20.25, 42],
      [0.9, 42],
      [99, 42],
    ],
  },
  'dynamo-frontend-0.6.txt': {
    ...DYNAMO,
    counters: { inputTokens: 16_000, cachedTokens: null, outputTokens: 4000, requestsStopped: 20, requestsFailed: 3 },
  },
  'dynamo-frontend-0.8.txt': {
    ...DYNAMO,
    counters: { inputTokens: 16_000, cachedTokens: 6000, outputTokens: 4100, requestsStopped: 20, requestsFailed: 3 },
  },
  'dynamo-frontend-1.5.txt': {
    ...DYNAMO,
    counters: { inputTokens: 16_000, cachedTokens: 6000, outputTokens: 4100, requestsAborted: 2, requestsFailed: 1 },
  },
  'dynamo-frontend-own-prefix.txt': {
    ...DYNAMO,
    counters: { inputTokens: 16_000, cachedTokens: null, outputTokens: 4100 },
  },
  'triton-25.08-trtllm.txt': {
    kind: 'triton',
    model: 'tensorrt_llm',
    requestsRunning: 4,
    requestsWaiting: 2,
    kvCacheUsage: 0.4,
    gpuUuids: ['GPU-1a', 'GPU-1b'],
    counters: {
      inputTokens: 12_500,
      cachedTokens: null,
      outputTokens: 2500,
      requestsStopped: 25,
      requestsAborted: 2,
      requestsFailed: 1,
    },
    latencies: [[9, 25], null, null],
  },
  'triton-25.08-vllm.txt': {
    kind: 'triton',
    model: 'tiny_vllm',
    version: null,
    requestsRunning: 4,
    counters: { inputTokens: 12_500, outputTokens: 2500, requestsStopped: 25 },
    latencies: [[9, 25], [49.5, 2475], null],
  },
  'tgi-3.3.txt': {
    kind: 'tgi',
    model: 'unnamed model at h1:8000',
    requestsRunning: 3,
    requestsWaiting: 1,
    counters: {
      inputTokens: 31_000,
      cachedTokens: null,
      outputTokens: 9000,
      requestsStopped: 60,
      requestsAborted: 1,
      requestsFailed: 2,
      acceptedTokens: 2100,
    },
    latencies: [null, [1.8, 60], [210.5, 60]],
  },
  'llama-cpp-b4700.txt': {
    ...LLAMA_CPP,
    kvCacheUsage: 0.5,
    counters: { inputTokens: 9000, cachedTokens: null, outputTokens: 1500 },
  },
  'llama-cpp-b6000.txt': {
    ...LLAMA_CPP,
    kvCacheUsage: null,
    counters: { inputTokens: 9000, cachedTokens: null, outputTokens: 1500, draftTokens: null },
  },
  'llama-cpp-2026-08-20.txt': {
    ...LLAMA_CPP,
    counters: {
      inputTokens: 12_000,
      cachedTokens: 3000,
      outputTokens: 1500,
      speculativeDrafts: 400,
      draftTokens: 1200,
      acceptedTokens: 700,
    },
  },
  'lmdeploy-0.16.txt': {
    kind: 'lmdeploy',
    model: 'lab/tiny-intern',
    requestsRunning: 2,
    requestsWaiting: 0,
    kvCacheUsage: 0.5,
    counters: {
      inputTokens: 22_000,
      cachedTokens: 5000,
      outputTokens: 3300,
      requestsStopped: 40,
      requestsLength: 3,
      requestsAborted: 1,
      draftTokens: 1500,
    },
    latencies: [
      [9.5, 44],
      [65, 3256],
      [140, 44],
    ],
  },
  'nim-1.8.txt': {
    kind: 'nim',
    model: 'lab/tiny-llama',
    requestsRunning: 2,
    requestsWaiting: 1,
    kvCacheUsage: 0.25,
    counters: {
      inputTokens: 17_000,
      cachedTokens: null,
      outputTokens: 2600,
      requestsStopped: 20,
      requestsLength: 6,
      requestsFailed: 1,
    },
    latencies: [
      [8.75, 26],
      [51.5, 2574],
      [77, 26],
    ],
  },
};

/** Pages that hold no engine whose tokens are known, and why. */
const UNREAD: Readonly<Record<string, RegExp>> = {
  'tensorrt-llm-1.1.0.txt': /tensorrt-llm is there .* exports no tokens: a newer one does/,
};

function read(file: string) {
  const format = file.endsWith('.om') ? 'openmetrics' : 'prometheus-text';
  const body = createExpositionReader().read(readFileSync(join(folder, file)), format);
  if (!body.ok) throw new Error(`line ${body.failure.line}: ${body.failure.message}`);
  const { series, values, warnings } = body.value;
  return { ...createSampleReader({}, 'h1:8000')(series, (index) => values[index]), warnings };
}

describe('every generation of every engine', () => {
  test.each(Object.entries(PAGES))('%s', (file, { latencies, ...told }) => {
    const { engines, problems, warnings } = read(file);
    expect([engines.length, problems, warnings]).toEqual([1, [], []]);
    expect(engines[0]).toMatchObject(told);
    if (latencies === undefined) return;
    const { ttft, interToken, endToEnd } = engines[0]!.latencies;
    const sums = [ttft, interToken, endToEnd].map((histogram) => histogram && [histogram.sumSeconds, histogram.count]);
    expect(sums).toEqual(latencies);
  });

  test.each(Object.entries(UNREAD))('%s is told to be there, and counts nothing', (file, message) => {
    const { engines, problems } = read(file);
    expect([engines, problems]).toEqual([[], [{ kind: 'unread', message: expect.stringMatching(message) }]]);
  });

  test('is one page, and every page is known', () => {
    const pages = readdirSync(folder).filter((file) => !file.endsWith('.md'));
    expect(pages.toSorted()).toEqual([...Object.keys(PAGES), ...Object.keys(UNREAD)].toSorted());
  });
});
