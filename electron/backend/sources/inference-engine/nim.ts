import { ORDINARY, type EngineTable } from './engine-table.ts';

const FINISHED = 'request_finish_total';

/**
 * NVIDIA NIM for LLMs 1.x. Its names have no prefix: `num_request_max` beside them tells it from others, and it is read
 * only where no engine with names of its own is. The version is NIM's release, not that of the engine inside.
 * Source: engine reference, sections 2 and 11.
 */
export const NIM: EngineTable = {
  ...ORDINARY,
  kind: 'nim',
  releases: { from: '1.0', to: '1' },
  modelLabels: ['model_name'],
  traces: ['num_request_max'],
  requires: ['num_request_max'],
  onlyAlone: true,
  counters: {
    inputTokens: ['prompt_tokens_total'],
    outputTokens: ['generation_tokens_total'],
    requestsStopped: [{ name: FINISHED, where: { finished_reason: ['stop'] } }],
    requestsLength: [{ name: FINISHED, where: { finished_reason: ['length'] } }],
    requestsAborted: [{ name: FINISHED, where: { finished_reason: ['abort'] } }],
    requestsFailed: ['request_failure_total'],
  },
  gauges: {
    requestsRunning: ['num_requests_running'],
    requestsWaiting: ['num_requests_waiting'],
    kvCacheUsage: ['gpu_cache_usage_perc'],
  },
  latencies: {
    ttft: ['time_to_first_token_seconds'],
    interToken: ['time_per_output_token_seconds'],
    endToEnd: ['e2e_request_latency_seconds'],
  },
  document: { paths: ['v1/version'], version: ['release'], models: [] },
};
