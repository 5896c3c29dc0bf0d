import { z } from 'zod';
import { DYNAMO_ROLE, ORDINARY, type EngineTable } from './engine-table.ts';

/**
 * SGLang, alone or as a Dynamo worker. Tokens move at the end of a request. Input includes cached; both engines of a
 * prefill-decode pair add the prompt. With priority scheduling the series
 * with an empty priority is the total; with metrics of all schedulers each tensor-parallel rank says the same.
 * `num_requests` does not tell how requests ended. Names with an underscore (`sglang_`) are a gateway's, which repeats its
 * workers, and are not read.
 * Source: engine reference, sections 2 and 5 (SGLang 71de97b2, tags 0.3.6 to 0.5.17).
 */
export const SGLANG: EngineTable = {
  ...ORDINARY,
  kind: 'sglang',
  releases: { from: '0.4', to: '0.5.18' },
  // A build of late 2024 called the label `name`.
  modelLabels: ['model_name', 'name'],
  traces: ['sglang:'],
  roles: [{ label: 'engine_type', values: { prefill: ['prefill'], decode: ['decode'] } }, DYNAMO_ROLE],
  wholes: { priority: '', tp_rank: '0', pp_rank: '0' },
  counters: {
    inputTokens: ['sglang:prompt_tokens_total'],
    cachedTokens: ['sglang:cached_tokens_total'],
    outputTokens: ['sglang:generation_tokens_total'],
    requestsStopped: ['sglang:num_requests_total'],
    requestsAborted: ['sglang:num_aborted_requests_total'],
    preemptions: ['sglang:num_retracted_requests_total', { name: 'sglang:total_retracted_reqs', isGauge: true }],
    // It exports how many of its draft tokens are accepted as a mean only.
    speculativeDrafts: ['sglang:spec_verify_calls_total'],
  },
  gauges: {
    requestsRunning: ['sglang:num_running_reqs'],
    requestsWaiting: ['sglang:num_queue_reqs'],
    kvCacheUsage: ['sglang:token_usage'],
  },
  latencies: {
    ttft: ['sglang:time_to_first_token_seconds'],
    interToken: ['sglang:inter_token_latency_seconds', 'sglang:time_per_output_token_seconds'],
    endToEnd: ['sglang:e2e_request_latency_seconds'],
  },
  // `/server_info` is the newer name of the same document.
  document: {
    paths: ['server_info', 'get_server_info'],
    version: ['version'],
    models: [],
    gpuCount: gpusOfSizes,
    settings: {
      tp_size: 'tensor_parallel',
      pp_size: 'pipeline_parallel',
      dp_size: 'data_parallel',
      ep_size: 'expert_parallel',
      dtype: 'dtype',
      quantization: 'quantization',
      kv_cache_dtype: 'kv_cache_dtype',
      speculative_algorithm: 'speculative_method',
      speculative_num_draft_tokens: 'speculative_tokens',
      attention_backend: 'attention_backend',
      mem_fraction_static: 'mem_fraction_static',
      chunked_prefill_size: 'chunked_prefill_size',
      max_running_requests: 'max_running_requests',
      context_length: 'context_length',
      schedule_policy: 'schedule_policy',
      disable_radix_cache: 'disable_radix_cache',
      disable_cuda_graph: 'disable_cuda_graph',
      enable_dp_attention: 'enable_dp_attention',
      page_size: 'page_size',
    },
  },
  fingerprints: [
    { metric: 'sglang:startup_time_seconds', atLeast: '0.5.17' },
    { metric: 'sglang:kv_used_tokens', atLeast: '0.5.11' },
    { metric: 'sglang:cache_config_info', atLeast: '0.5.9' },
  ],
};

const sizes = z.object({
  tp_size: z.number(),
  pp_size: z.number().default(1),
  dp_size: z.number().default(1),
  nnodes: z.number().default(1),
  enable_dp_attention: z.boolean().default(false),
});

/** Data-parallel replicas have GPUs of their own, unless they only divide the attention of one. */
function gpusOfSizes(document: unknown): number | null {
  const parsed = sizes.safeParse(document);
  if (!parsed.success) return null;
  const { tp_size: tensor, pp_size: pipeline, dp_size: data, nnodes, enable_dp_attention: sharesGpus } = parsed.data;
  const count = (tensor * pipeline * (sharesGpus ? 1 : data)) / nnodes;
  return Number.isInteger(count) && count > 0 ? count : null;
}
