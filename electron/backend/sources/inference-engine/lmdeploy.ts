import { ORDINARY, type EngineTable } from './engine-table.ts';

const FINISHED = 'lmdeploy:request_success_total';

/**
 * LMDeploy (to 0.16). Names and meanings follow vLLM's; cached tokens move at the end of a request. Its API server tells
 * no version.
 * Source: engine reference, sections 2 and 10 (LMDeploy 1263d5cd).
 */
export const LMDEPLOY: EngineTable = {
  ...ORDINARY,
  kind: 'lmdeploy',
  releases: { from: '0.9', to: '0.16' },
  modelLabels: ['model_name'],
  traces: ['lmdeploy:'],
  counters: {
    inputTokens: ['lmdeploy:prompt_tokens_total'],
    cachedTokens: ['lmdeploy:cached_tokens_total'],
    outputTokens: ['lmdeploy:generation_tokens_total'],
    requestsStopped: [{ name: FINISHED, where: { finished_reason: ['stop'] } }],
    requestsLength: [{ name: FINISHED, where: { finished_reason: ['length'] } }],
    requestsAborted: [{ name: FINISHED, where: { finished_reason: ['abort'] } }],
    requestsFailed: [{ name: FINISHED, where: { finished_reason: ['error'] } }],
    speculativeDrafts: ['lmdeploy:spec_decode_num_drafts_total'],
    draftTokens: ['lmdeploy:spec_decode_num_draft_tokens_total'],
    acceptedTokens: ['lmdeploy:spec_decode_num_accepted_tokens_total'],
  },
  crossChecks: {
    inputTokens: 'lmdeploy:request_prompt_tokens_sum',
    outputTokens: 'lmdeploy:request_generation_tokens_sum',
  },
  gauges: {
    requestsRunning: ['lmdeploy:num_requests_running'],
    requestsWaiting: ['lmdeploy:num_requests_waiting'],
    kvCacheUsage: ['lmdeploy:gpu_cache_usage_perc'],
  },
  latencies: {
    ttft: ['lmdeploy:time_to_first_token_seconds'],
    interToken: ['lmdeploy:time_per_output_token_seconds', 'lmdeploy:iter_token_latency'],
    endToEnd: ['lmdeploy:e2e_request_latency_seconds'],
  },
  document: null,
};
