import { describe, expect, test } from 'vitest';

import { REPEATER_MARKS } from '#backend/sources/inference-engine/repeaters.ts';
import { metricNamesRead } from '#backend/sources/sample-reader.ts';
import { readText } from '../read-text.ts';

/** One line or more of each gateway, as its source registers them. */
const GATEWAYS: Readonly<Record<string, readonly string[]>> = {
  'SGLang model gateway': ['smg_router_tokens_total{model="q",token_type="output"} 700', 'smg_worker_pool_size 2'],
  'SGLang model gateway with its workers': ['sglang_prompt_tokens_total{model_name="q",worker_addr="w1"} 5'],
  'older SGLang router': ['sgl_router_requests_total{route="/generate"} 7'],
  'production-stack router': [
    'vllm:num_requests_running{server="http://10.0.0.7:8000"} 3',
    'vllm:num_requests_waiting{server="http://10.0.0.7:8000"} 0',
    'vllm:current_qps{server="http://10.0.0.7:8000"} 1.5',
    'vllm:healthy_pods_total{server="http://10.0.0.7:8000"} 1',
  ],
  'Gateway API inference extension': [
    'inference_objective_input_tokens_sum{model_name="q"} 900',
    'inference_pool_ready_pods{name="q"} 2',
  ],
  'llm-d': ['llm_d_epp_request_total{model_name="q"} 9'],
  "Dynamo's endpoint picker": ['dynamo_epp_requests_total 3'],
  'TensorRT-LLM proxy': ['ctx_total_requests_total 9', 'gen_total_requests_total 9', 'total_requests_total 9'],
  LiteLLM: ['litellm_input_tokens_metric_total{model="q"} 900', 'litellm_output_tokens_metric_total{model="q"} 90'],
};

describe('a gateway before engines', () => {
  test.each(Object.entries(GATEWAYS))('%s is known, counts nothing, and says so', (_, lines) => {
    const { engines, problems } = readText(`${lines.join('\n')}\n`);
    expect(engines).toEqual([]);
    expect(problems).toEqual([{ kind: 'repeats', message: expect.stringContaining('counted there') }]);
  });

  test('that shares a page with an engine takes nothing from it', () => {
    const { engines, problems } = readText('litellm_x 1\nvllm:generation_tokens_total{model_name="q"} 8\n');
    expect([engines.map(({ counters }) => counters.outputTokens), problems]).toEqual([[8], []]);
  });

  test('whose names an imitator of vLLM shows beside real tokens is none', () => {
    const text = 'vllm:healthy_pods_total 1\nvllm:generation_tokens_total{model_name="q"} 8\n';
    expect(readText(text).engines).toHaveLength(1);
  });

  test('is asked of a Prometheus server', () => {
    expect(metricNamesRead()).toEqual(expect.arrayContaining([...REPEATER_MARKS]));
  });
});
