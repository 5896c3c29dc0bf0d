import type { EngineTable } from './engine-table.ts';
import { TRITON_REQUESTS, TRITON_TRTLLM } from './triton-trtllm.ts';
import { VLLM } from './vllm.ts';

/**
 * Triton with the vLLM backend: vLLM's names under Triton's labels (`model`, `version`), beside Triton's own series, which
 * tell it from vLLM itself. Off unless the model's configuration asks for custom metrics.
 * Source: engine reference, sections 2 and 8 (vllm_backend 8de0c148).
 */
export const TRITON_VLLM: EngineTable = {
  ...VLLM,
  kind: 'triton',
  releases: TRITON_TRTLLM.releases,
  gpuUuids: TRITON_TRTLLM.gpuUuids,
  modelLabels: ['model', 'model_name'],
  traces: [],
  requires: ['nv_inference_request_success'],
  counters: {
    ...VLLM.counters,
    ...TRITON_REQUESTS,
  },
  document: TRITON_TRTLLM.document,
  // The version that is told is Triton's, so vLLM's must not be inferred.
  fingerprints: [],
};
