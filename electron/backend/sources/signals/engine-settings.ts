import type { EngineKind } from '#shared/model/inference-engine.ts';
import type { SignalStep } from '#shared/model/signal.ts';

/** A series with labels is there only after its first use. */
const AFTER_USE = 'It may appear with the first request.';

/**
 * What makes each kind of engine tell more, where it tells part of what it could. Source: engine reference, sections 4 to
 * 11, and faults M08 (a labelled family has no series before its first use).
 */
export const METRICS_SETTINGS: Readonly<Record<EngineKind, SignalStep>> = {
  vllm: { text: `${AFTER_USE} Else start vLLM without --disable-log-stats, or update it.`, copy: null },
  sglang: { text: `${AFTER_USE} Else start SGLang with its metrics on.`, copy: '--enable-metrics' },
  'tensorrt-llm': {
    text: 'Releases before 2026-03 export no tokens: update, and scrape /prometheus/metrics. Counters move when a request ends.',
    copy: null,
  },
  dynamo: { text: `${AFTER_USE} Cached tokens need a release of 2025-12 or newer.`, copy: null },
  triton: {
    text: 'Ask Triton for its histograms, and the vLLM backend for its custom metrics (REPORT_CUSTOM_METRICS in the model configuration).',
    copy: '--metrics-config histogram_latencies=true',
  },
  tgi: { text: AFTER_USE, copy: null },
  'llama.cpp': {
    text: 'Start the server with its metrics on; cached tokens need a build of 2026-08-13 or newer.',
    copy: '--metrics',
  },
  lmdeploy: { text: `${AFTER_USE} Else update LMDeploy.`, copy: null },
  nim: { text: AFTER_USE, copy: null },
};
