import { ORDINARY, type EngineTable } from './engine-table.ts';

const CONTEXT_ONLY = { engine_type: ['prefill'] };
const DECODE_ONLY = { engine_type: ['decode'] };

/**
 * SGLang (0.4 to 0.5.18), alone or as a Dynamo worker. Tokens move at the end of a request. Input includes cached; both
 * engines of a prefill-decode pair add the prompt, so each gives only its own side. With priority scheduling the series
 * with an empty priority is the total; with metrics of all schedulers each tensor-parallel rank says the same.
 * `num_requests` does not tell how requests ended. Names with an underscore (`sglang_`) are a gateway's, which repeats its
 * workers, and are not read.
 * Source: engine reference, sections 2 and 5 (SGLang 71de97b2, tags 0.3.6 to 0.5.17).
 */
export const SGLANG: EngineTable = {
  ...ORDINARY,
  kind: 'sglang',
  modelLabels: ['model_name'],
  traces: ['sglang:'],
  wholes: { priority: '', tp_rank: '0', pp_rank: '0' },
  counters: {
    inputTokens: [{ name: 'sglang:prompt_tokens_total', unless: DECODE_ONLY }],
    cachedTokens: [{ name: 'sglang:cached_tokens_total', unless: DECODE_ONLY }],
    outputTokens: [{ name: 'sglang:generation_tokens_total', unless: CONTEXT_ONLY }],
    requestsStopped: [{ name: 'sglang:num_requests_total', unless: CONTEXT_ONLY }],
    requestsAborted: [{ name: 'sglang:num_aborted_requests_total', unless: CONTEXT_ONLY }],
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
  document: { paths: ['server_info', 'get_server_info'], version: ['version'], models: [] },
  fingerprints: [
    { metric: 'sglang:startup_time_seconds', atLeast: '0.5.17' },
    { metric: 'sglang:kv_used_tokens', atLeast: '0.5.11' },
  ],
};
