import { ORDINARY, type EngineTable } from './engine-table.ts';

/** The prefix in releases since 2025, and the one that its own setting replaces it with where told to. */
const named = (rest: string): readonly string[] => [`dynamo_frontend_${rest}`, `nv_llm_http_service_${rest}`];

const REQUESTS = named('requests_total');

/** What became of a request is its status; newer releases add why, and a cancelled one is an error there. */
const CANCELLED = { error_type: ['cancelled'] };

/**
 * NVIDIA Dynamo's frontend (2025-11 to 1.5). It repeats the tokens of its workers: sampling leaves it out where a worker
 * of its model is heard. Input and cached tokens are the sums of histograms, output is a counter that moves live.
 * A worker's series are its engine's own (`vllm:`, `sglang:`, `trtllm_`) and are read by the engine's table;
 * `dynamo_component_*` beside them repeat its requests and hold no tokens, and the router's histograms repeat them again.
 * Source: engine reference, sections 2 and 7 (Dynamo 2a6da14c).
 */
export const DYNAMO_FRONTEND: EngineTable = {
  ...ORDINARY,
  kind: 'dynamo',
  releases: { from: '0.4', to: '1.5' },
  modelLabels: ['model'],
  traces: ['dynamo_frontend_', 'dynamo_component_'],
  onlyAlone: true,
  counters: {
    inputTokens: named('input_sequence_tokens_sum'),
    cachedTokens: named('cached_tokens_sum'),
    outputTokens: [...named('output_tokens_total'), ...named('output_sequence_tokens_sum')],
    requestsStopped: REQUESTS.map((name) => ({ name, where: { status: ['success'] } })),
    requestsAborted: REQUESTS.map((name) => ({ name, where: CANCELLED })),
    requestsFailed: REQUESTS.map((name) => ({ name, where: { status: ['error'] }, unless: CANCELLED })),
  },
  gauges: {
    requestsRunning: [...named('active_requests'), ...named('inflight_requests')],
    requestsWaiting: named('queued_requests'),
    kvCacheUsage: [],
  },
  latencies: {
    ttft: named('time_to_first_token_seconds'),
    interToken: named('inter_token_latency_seconds'),
    endToEnd: named('request_duration_seconds'),
  },
  document: { paths: ['openapi.json'], version: ['info', 'version'], models: [] },
};
