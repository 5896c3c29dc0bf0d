import { ORDINARY, type EngineTable } from './engine-table.ts';

const FAILURES = 'tgi_request_failure';

/**
 * Text Generation Inference (to 3.3). Tokens are the sums of histograms: input is counted when a request is admitted, also
 * if it fails later, output when it succeeds. No series names the model. It measures no time to first token. Other servers
 * imitate these names beside their own, so it is read only where no other engine is.
 * Source: engine reference, sections 2 and 9 (TGI db931fcf).
 */
export const TGI: EngineTable = {
  ...ORDINARY,
  kind: 'tgi',
  releases: { from: '2.0', to: '3.3' },
  modelLabels: ['model_name', 'model'],
  traces: ['tgi_'],
  onlyAlone: true,
  counters: {
    inputTokens: ['tgi_request_input_length_sum'],
    outputTokens: ['tgi_request_generated_tokens_sum'],
    // It does not tell how a request ended that succeeded.
    requestsStopped: ['tgi_request_success'],
    requestsAborted: [{ name: FAILURES, where: { err: ['dropped'] } }],
    requestsFailed: [{ name: FAILURES, unless: { err: ['dropped'] } }],
    // Per step, the tokens beyond the first; a summary, because no bounds are set for it.
    acceptedTokens: ['tgi_request_skipped_tokens_sum'],
  },
  gauges: {
    requestsRunning: ['tgi_batch_current_size'],
    requestsWaiting: ['tgi_queue_size'],
    kvCacheUsage: [],
  },
  latencies: {
    ttft: [],
    interToken: ['tgi_request_mean_time_per_token_duration'],
    endToEnd: ['tgi_request_duration'],
  },
  document: { paths: ['info'], version: ['version'], models: [['model_id']] },
};
