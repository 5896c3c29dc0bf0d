import { ORDINARY, type EngineTable } from './engine-table.ts';

const REQUEST_METRICS = 'nv_trt_llm_request_metrics';
const FAILURES = 'nv_inference_request_failure';

/** Requests as Triton counts them, whatever runs in it. It does not tell how one ended that succeeded. */
export const TRITON_REQUESTS: EngineTable['counters'] = {
  requestsStopped: ['nv_inference_request_success'],
  requestsAborted: [{ name: FAILURES, where: { reason: ['CANCELED'] } }],
  requestsFailed: [{ name: FAILURES, unless: { reason: ['CANCELED'] } }],
};

/**
 * Triton with the TensorRT-LLM backend. Tokens are the sums of histograms, per response. One request passes a pipeline of
 * models, each of which may count it: the steps around the engine are left out. A pipeline with names of its own cannot be
 * told from several models. `active` holds waiting requests too, `scheduled` does not. Its first-response histogram is in
 * milliseconds, and off unless asked for. The version is Triton's: the `version` label is the model repository's.
 * Source: engine reference, sections 2 and 8 (core 73aad7c3, tensorrtllm_backend 0b9d7d5a).
 */
export const TRITON_TRTLLM: EngineTable = {
  ...ORDINARY,
  kind: 'triton',
  releases: { from: '2.40', to: null },
  modelLabels: ['model'],
  traces: ['nv_inference_', 'nv_trt_llm_', 'nv_llm_input', 'nv_llm_output'],
  gpuUuids: { metric: 'nv_gpu_utilization', label: 'gpu_uuid' },
  steps: ['ensemble', 'preprocessing', 'postprocessing', 'tensorrt_llm_bls'],
  counters: {
    inputTokens: ['nv_llm_input_token_len_sum'],
    outputTokens: ['nv_llm_output_token_len_sum'],
    ...TRITON_REQUESTS,
  },
  gauges: {
    requestsRunning: [{ name: REQUEST_METRICS, where: { request_type: ['scheduled'] } }],
    requestsWaiting: [{ name: REQUEST_METRICS, where: { request_type: ['waiting'] } }],
    kvCacheUsage: [{ name: 'nv_trt_llm_kv_cache_block_metrics', where: { kv_cache_block_type: ['fraction'] } }],
  },
  latencies: {
    ttft: [{ family: 'nv_inference_first_response_histogram_ms', unitsPerSecond: 1000 }],
    interToken: [],
    endToEnd: [],
  },
  document: { paths: ['v2'], version: ['version'], models: [] },
};
