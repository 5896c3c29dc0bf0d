import { ORDINARY, type EngineTable } from './engine-table.ts';

/**
 * llama.cpp's server, and forks of it. Prompt tokens are those computed: the cached ones, counted apart since 2026-08-13,
 * are added. Output counts when a request ends. Counters are written with six digits: beyond a million they move in
 * steps, and never fall. No series has a label: the model is what `/props` says. It has no histograms.
 * Source: engine reference, sections 2 and 10 (llama.cpp 3f545bec); build b11434, as run for the captures.
 */
export const LLAMA_CPP: EngineTable = {
  ...ORDINARY,
  kind: 'llama.cpp',
  releases: { from: '2025-02', to: null },
  modelLabels: ['model_name', 'model'],
  traces: ['llamacpp:'],
  counters: {
    inputTokens: [{ sumOf: ['llamacpp:prompt_tokens_total', 'llamacpp:prompt_tokens_cached_total'] }],
    cachedTokens: ['llamacpp:prompt_tokens_cached_total'],
    outputTokens: ['llamacpp:tokens_predicted_total'],
    speculativeDrafts: ['llamacpp:spec_decode_num_drafts_total'],
    draftTokens: ['llamacpp:spec_decode_num_draft_tokens_total'],
    acceptedTokens: ['llamacpp:spec_decode_num_accepted_tokens_total'],
  },
  gauges: {
    requestsRunning: ['llamacpp:requests_processing'],
    requestsWaiting: ['llamacpp:requests_deferred'],
    kvCacheUsage: ['llamacpp:kv_cache_usage_ratio'],
  },
  latencies: { ttft: [], interToken: [], endToEnd: [] },
  document: {
    paths: ['props'],
    version: ['build_info'],
    models: [['model_alias'], ['model_path']],
    sleeping: ['is_sleeping'],
  },
};
