import { describe, expect, test } from 'vitest';

import { capture, hasCaptures, readText } from '../read-text.ts';

const engineOf = (text: string, labels = {}) => readText(text, { labels, address: 'gpu-7:8000' }).engines;

describe.skipIf(!hasCaptures)('real captures (../shared/data)', () => {
  test('a whole vLLM 0.5.4 endpoint: tokens, requests, KV cache and histograms of the one model that serves', () => {
    const [engine, ...others] = engineOf(capture('exposition/vllm-0.5.4-inferred-llama31-8b-fp8.txt'));
    expect(others).toEqual([]);
    expect(engine).toMatchObject({
      engine: 'gpu-7:8000/neuralmagic/Meta-Llama-3.1-8B-Instruct-FP8',
      kind: 'vllm',
      node: 'gpu-7',
      startedAt: 1_723_656_838_940,
      version: null,
      requestsRunning: 3,
      requestsWaiting: 2,
      kvCacheUsage: 0.0026235242675994863,
      counters: {
        inputTokens: 90,
        outputTokens: 2546,
        requestsLength: 6,
        requestsStopped: null,
        cachedTokens: null,
        preemptions: 0,
      },
    });
    const { ttft, interToken, endToEnd } = engine!.latencies;
    expect([ttft?.count, interToken?.count, endToEnd?.count]).toEqual([9, 2537, 6]);
    expect(ttft?.sumSeconds).toBe(0.5106480121612549);
    expect(ttft?.bounds.at(-1)).toBe(Infinity);
    expect(ttft?.counts.at(-1)).toBe(9);
  });

  test('a fragment of vLLM V1: what is there is read, a histogram without its sum is not', () => {
    const text = capture('exposition/vllm-v1-design-doc-llama31-8b-fragment.txt');
    const lines = text.split('\n').filter((line) => line !== '...');
    const [engine] = engineOf(`${lines.join('\n').trimEnd()}\n`);
    expect(engine).toMatchObject({
      model: 'meta-llama/Llama-3.1-8B-Instruct',
      requestsRunning: 8,
      counters: {
        outputTokens: 27_453,
        inputTokens: null,
        requestsStopped: 1,
        requestsLength: 131,
        requestsAborted: 0,
      },
    });
  });
});

const line = (name: string, labels: string, value: number | string) =>
  `vllm:${name}{model_name="llama"${labels}} ${value}\n`;
const tokens = (input: number, output: number, labels = '') =>
  line('prompt_tokens_total', labels, input) + line('generation_tokens_total', labels, output);

describe('an engine', () => {
  test('adds its data-parallel ranks, and averages fractions', () => {
    const ranks = [0, 1].map((rank) => {
      const label = `,engine="${rank}"`;
      return (
        tokens(100 + rank, 10, label) +
        line('num_requests_running', label, 3) +
        line('kv_cache_usage_perc', label, 0.2 + rank * 0.4)
      );
    });
    const [engine, ...others] = engineOf(ranks.join(''));
    expect(others).toEqual([]);
    expect(engine).toMatchObject({ requestsRunning: 6, counters: { inputTokens: 201, outputTokens: 20 } });
    expect(engine!.kvCacheUsage).toBeCloseTo(0.4, 12);
  });

  test('M02 whose one rank is refused has no total, not a smaller one', () => {
    const { engines, problems } = readText(tokens(100, 10, ',engine="0"') + tokens(100, -10, ',engine="1"'));
    expect(engines[0]!.counters).toMatchObject({ inputTokens: 200, outputTokens: null });
    expect(problems).toEqual([
      expect.objectContaining({ kind: 'negative', message: expect.stringContaining('outputTokens') }),
    ]);
  });

  test('M13 uses one of two names in an overlap', () => {
    const [engine] = engineOf(
      tokens(9, 9) +
        line('kv_cache_usage_perc', '', 0.5) +
        line('gpu_cache_usage_perc', '', 0.5) +
        line('prompt_tokens_cached_total', '', 4) +
        line('prefix_cache_hits_total', '', 6),
    );
    expect(engine).toMatchObject({ kvCacheUsage: 0.5, counters: { cachedTokens: 4 } });
  });

  test('keeps reasons of finished requests apart', () => {
    const reasons = { stop: 5, length: 4, abort: 3, error: 2, repetition: 1 };
    const [engine] = engineOf(
      tokens(9, 9) +
        Object.entries(reasons)
          .map(([reason, count]) => line('request_success_total', `,finished_reason="${reason}"`, count))
          .join(''),
    );
    expect(engine!.counters).toMatchObject({
      requestsStopped: 6,
      requestsLength: 4,
      requestsAborted: 3,
      requestsFailed: 2,
    });
  });

  test('merges histogram bounds as numbers, and adds ranks bucket by bucket', () => {
    const rank = (name: string, bounds: readonly string[]) =>
      bounds
        .map((le, index) => line('time_to_first_token_seconds_bucket', `,le="${le}",engine="${name}"`, index + 1))
        .join('') +
      line('time_to_first_token_seconds_sum', `,engine="${name}"`, 1.5) +
      line('time_to_first_token_seconds_count', `,engine="${name}"`, 3);
    const text =
      tokens(1, 1, ',engine="0"') +
      tokens(1, 1, ',engine="1"') +
      rank('0', ['0.5', '1.0', '+Inf']) +
      rank('1', ['0.5', '1', '+Inf']);
    expect(engineOf(text)[0]!.latencies.ttft).toEqual({
      bounds: [0.5, 1, Infinity],
      counts: [2, 4, 6],
      sumSeconds: 3,
      count: 6,
    });
  });

  test('two models at one address are two engines', () => {
    const names = engineOf(tokens(1, 1) + tokens(1, 1).replaceAll('llama', 'qwen')).map((engine) => engine.model);
    expect(names).toEqual(['llama', 'qwen']);
  });

  test('is its pod and stands on the node of its target; without labels it is its address', () => {
    const labels = { pod: 'vllm-0', namespace: 'prod', node: 'n1', site: 'dallas', instance: '10.0.0.1:8000' };
    expect(engineOf(tokens(1, 1), labels)[0]).toMatchObject({
      engine: 'vllm-0/llama',
      pod: 'vllm-0',
      namespace: 'prod',
      tenant: 'prod',
      node: 'n1',
      site: 'dallas',
    });
    expect(engineOf(tokens(1, 1))[0]).toMatchObject({ engine: 'gpu-7:8000/llama', pod: null, node: 'gpu-7' });
    expect(readText(tokens(1, 1), { address: 'gpu-7:8000/v1' }).engines[0]!.node).toBe('gpu-7');
    expect(readText(tokens(1, 1), { address: '127.0.0.1:8000' }).engines[0]!.node).toBeNull();
  });

  test.each([
    ['num_requests_waiting_by_reason', '≥ 0.20'],
    ['kv_cache_usage_perc', '≥ 0.9.2'],
    ['something_else', null],
  ])('that exports %s is at least release %s', (metric, version) => {
    const [engine] = engineOf(tokens(1, 1) + line(metric, '', 0));
    expect(engine).toMatchObject({ version, versionEvidence: version === null ? null : 'metric-names' });
  });
});
