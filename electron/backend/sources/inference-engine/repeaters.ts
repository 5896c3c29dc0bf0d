import type { SampleProblem } from '#shared/model/sample.ts';
import type { TargetSeries } from './engine-series.ts';

/** A gateway, router or proxy: it sits before engines and repeats their requests and tokens. Nothing of it is counted. */
type Repeater = {
  readonly name: string;
  /** What its own metric names begin with. */
  readonly traces: readonly string[];
  /** One or two of its metrics that are always there: what to ask a Prometheus server for. */
  readonly marks: readonly string[];
};

/**
 * Sources: engine reference, sections 5 to 7 and "Double counting and reset hazards"; metric names as registered by the
 * production-stack router (`server` gauges under vLLM's prefix), the Gateway API inference extension, llm-d and LiteLLM.
 */
const REPEATERS: readonly Repeater[] = [
  {
    name: 'the SGLang model gateway',
    // It also shows its workers' series with an underscore for the colon.
    traces: ['smg_', 'sgl_router_', 'sglang_'],
    marks: ['smg_worker_pool_size', 'smg_http_requests_total', 'sgl_router_requests_total'],
  },
  { name: 'the vLLM router', traces: ['vllm_router_', 'vllm_router:'], marks: ['vllm_router_requests_total'] },
  {
    name: 'the production-stack router',
    traces: ['vllm:current_qps', 'vllm:num_decoding_requests', 'vllm:avg_decoding_length'],
    marks: ['vllm:current_qps'],
  },
  {
    name: 'an endpoint picker of the Gateway API inference extension',
    traces: ['inference_extension_', 'inference_pool_', 'inference_objective_', 'inference_model_', 'llm_d_'],
    marks: ['inference_pool_ready_pods', 'inference_extension_info'],
  },
  { name: "Dynamo's endpoint picker", traces: ['dynamo_epp_'], marks: [] },
  {
    name: 'the TensorRT-LLM proxy of prefill and decode servers',
    traces: ['ctx_total_requests', 'gen_total_requests', 'ctx_completed_requests', 'gen_completed_requests'],
    marks: ['ctx_total_requests_total'],
  },
  {
    name: 'LiteLLM',
    traces: ['litellm_'],
    marks: ['litellm_input_tokens_metric_total', 'litellm_proxy_total_requests_metric_total'],
  },
];

/** Says of each gateway whose names a target holds that it is known and not counted. */
export function repeatProblems(target: TargetSeries): SampleProblem[] {
  const names = [...target.names];
  const found = REPEATERS.filter(({ traces }) => names.some((name) => traces.some((trace) => name.startsWith(trace))));
  return found.map(({ name }) => ({
    kind: 'repeats',
    message: `This is ${name}: it repeats the tokens of the engines behind it, so they are counted there. Add the engines themselves.`,
  }));
}

/** Metrics that show a gateway to whoever asks for names. */
export const REPEATER_MARKS: readonly string[] = REPEATERS.flatMap(({ marks }) => marks);
