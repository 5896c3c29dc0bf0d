import { ORDINARY, type EngineTable } from './engine-table.ts';

const FINISHED = 'trtllm_request_success_total';

/**
 * TensorRT-LLM's own server since 2026-03, alone or as a Dynamo worker. All counters move at the end of a request.
 * `/metrics` is JSON there; the text is at `/prometheus/metrics`.
 * Source: engine reference, sections 2 and 6 (TensorRT-LLM 050f80de, 07fe6311).
 */
export const TENSORRT_LLM: EngineTable = {
  ...ORDINARY,
  kind: 'tensorrt-llm',
  releases: { from: '1.3', to: '1.3' },
  modelLabels: ['model_name'],
  traces: ['trtllm_'],
  gpuCount: { metric: 'trtllm_parallel_config_info', label: 'gpu_count' },
  settings: [
    {
      metric: 'trtllm_parallel_config_info',
      labels: {
        tensor_parallel_size: 'tensor_parallel',
        pipeline_parallel_size: 'pipeline_parallel',
        context_parallel_size: 'context_parallel',
        expert_parallel_size: 'expert_parallel',
      },
    },
    {
      metric: 'trtllm_model_config_info',
      labels: { dtype: 'dtype', quantization: 'quantization', max_model_len: 'max_model_len' },
    },
  ],
  counters: {
    inputTokens: ['trtllm_prompt_tokens_total'],
    cachedTokens: ['trtllm_prompt_cached_tokens_total'],
    outputTokens: ['trtllm_generation_tokens_total'],
    requestsStopped: [{ name: FINISHED, where: { finished_reason: ['stop', ''] } }],
    requestsLength: [{ name: FINISHED, where: { finished_reason: ['length'] } }],
    requestsAborted: [{ name: FINISHED, where: { finished_reason: ['cancelled', 'abort'] } }],
    requestsFailed: ['trtllm_request_error_total'],
    draftTokens: ['trtllm_spec_decode_num_draft_tokens_total'],
    acceptedTokens: ['trtllm_spec_decode_num_accepted_tokens_total'],
  },
  gauges: {
    requestsRunning: ['trtllm_num_requests_running'],
    requestsWaiting: ['trtllm_num_requests_waiting'],
    kvCacheUsage: ['trtllm_kv_cache_utilization'],
  },
  latencies: {
    ttft: ['trtllm_time_to_first_token_seconds'],
    interToken: ['trtllm_time_per_output_token_seconds'],
    endToEnd: ['trtllm_e2e_request_latency_seconds'],
  },
  document: { paths: ['version'], version: ['version'], models: [] },
};

/**
 * TensorRT-LLM's own server before 2026-03: five metrics under bare names, which NIM uses as well, and no token counters.
 * It is known only to be told that. Source: engine reference, section 6 (pull request 12545).
 */
export const TENSORRT_LLM_WITHOUT_TOKENS: EngineTable = {
  ...TENSORRT_LLM,
  releases: { from: '1.0', to: '1.2' },
  traces: ['e2e_request_latency_seconds'],
  onlyAlone: true,
  counters: {},
  gauges: { requestsRunning: [], requestsWaiting: [], kvCacheUsage: [] },
  latencies: { ttft: [], interToken: [], endToEnd: [] },
};
