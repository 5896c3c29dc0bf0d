import { ORDINARY, type EngineTable } from './engine-table.ts';

const FINISHED = 'vllm:request_success_total';
const BY_SOURCE = 'vllm:prompt_tokens_by_source_total';

/**
 * vLLM, V0 and V1, alone or as a Dynamo worker. `prompt_tokens` counts whole prompts, cached ones included, once per
 * request; `request_success` contains aborts and errors in spite of its name, but not a request whose client left (seen
 * in 0.32); `kv_cache_usage_perc` is a fraction.
 * Prompt tokens told by source came over from a prefill engine or from a cache outside the GPU, which write the same.
 * Source: engine reference, sections 2, 4 and 7 (vLLM 017e9f44, tags 0.5.5 to 0.10.0); after 0.27, the names in
 * vllm/v1/metrics/loggers.py of the packages 0.27.1 to 0.32.0, which only grew.
 */
export const VLLM: EngineTable = {
  ...ORDINARY,
  kind: 'vllm',
  releases: { from: '0.5', to: '0.32' },
  modelLabels: ['model_name'],
  traces: ['vllm:'],
  // Its labels hold the whole cache configuration; sizes that follow from the memory found at start are no settings.
  settings: [
    {
      metric: 'vllm:cache_config_info',
      labels: {
        cache_dtype: 'kv_cache_dtype',
        block_size: 'block_size',
        enable_prefix_caching: 'enable_prefix_caching',
        gpu_memory_utilization: 'gpu_memory_utilization',
        sliding_window: 'sliding_window',
        cpu_offload_gb: 'cpu_offload_gb',
        swap_space: 'swap_space',
        kv_cache_memory_bytes: 'kv_cache_memory_bytes',
        num_gpu_blocks_override: 'num_gpu_blocks_override',
      },
    },
  ],
  counters: {
    inputTokens: ['vllm:prompt_tokens_total'],
    cachedTokens: [
      'vllm:prompt_tokens_cached_total',
      'vllm:prefix_cache_hits_total',
      'vllm:gpu_prefix_cache_hits_total',
    ],
    outputTokens: ['vllm:generation_tokens_total'],
    requestsStopped: [{ name: FINISHED, where: { finished_reason: ['stop', 'repetition'] } }],
    requestsLength: [{ name: FINISHED, where: { finished_reason: ['length'] } }],
    requestsAborted: [{ name: FINISHED, where: { finished_reason: ['abort'] } }],
    requestsFailed: [{ name: FINISHED, where: { finished_reason: ['error'] } }],
    preemptions: ['vllm:num_preemptions_total'],
    speculativeDrafts: ['vllm:spec_decode_num_drafts_total'],
    draftTokens: ['vllm:spec_decode_num_draft_tokens_total'],
    acceptedTokens: ['vllm:spec_decode_num_accepted_tokens_total'],
  },
  transferredTokens: [{ name: BY_SOURCE, where: { source: ['external_kv_transfer'] } }],
  crossChecks: {
    inputTokens: 'vllm:request_prompt_tokens_sum',
    outputTokens: 'vllm:request_generation_tokens_sum',
  },
  gauges: {
    requestsRunning: ['vllm:num_requests_running'],
    requestsWaiting: ['vllm:num_requests_waiting'],
    kvCacheUsage: ['vllm:kv_cache_usage_perc', 'vllm:gpu_cache_usage_perc'],
    awake: [{ name: 'vllm:engine_sleep_state', where: { sleep_state: ['awake'] } }],
  },
  latencies: {
    ttft: ['vllm:time_to_first_token_seconds'],
    interToken: ['vllm:inter_token_latency_seconds', 'vllm:time_per_output_token_seconds'],
    endToEnd: ['vllm:e2e_request_latency_seconds'],
  },
  document: { paths: ['version'], version: ['version'], models: [] },
  fingerprints: [
    { metric: 'vllm:prompt_tokens_cached_by_source_total', atLeast: '0.32' },
    { metric: 'vllm:request_num_preemptions_count', atLeast: '0.30' },
    { metric: 'vllm:num_requests_waiting_by_reason', atLeast: '0.20' },
    { metric: BY_SOURCE, atLeast: '0.16' },
    { metric: 'vllm:request_prefill_kv_computed_tokens_count', atLeast: '0.13' },
    { metric: 'vllm:engine_sleep_state', atLeast: '0.11.1' },
    { metric: 'vllm:request_time_per_output_token_seconds_count', atLeast: '0.11' },
    { metric: 'vllm:kv_cache_usage_perc', atLeast: '0.9.2' },
    // The V1 engine labels its data-parallel rank.
    { metric: 'vllm:num_requests_running', label: 'engine', atLeast: '0.8.3' },
  ],
};
