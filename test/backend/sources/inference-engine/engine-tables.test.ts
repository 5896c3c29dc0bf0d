import { describe, expect, test } from 'vitest';

import { tokenMetricsOf } from '#backend/sources/inference-engine/engine-table.ts';
import { ENGINE_TABLES } from '#backend/sources/inference-engine/engine-tables.ts';
import { createSampleReader, metricNamesRead } from '#backend/sources/sample-reader.ts';
import { epochMs } from '#shared/time/instant.ts';
import { readText } from '../read-text.ts';

/** Lines `name{labels} value` of one text. */
const page = (...lines: readonly string[]) => `${lines.join('\n')}\n`;
const enginesIn = (...lines: readonly string[]) => readText(page(...lines), { address: 'h9:9000' }).engines;
const countersIn = (...lines: readonly string[]) => enginesIn(...lines)[0]?.counters;
const histogram = (family: string, labels: string, count: number, sum: number) => [
  `${family}_bucket{${labels}le="250"} ${count - 1}`,
  `${family}_bucket{${labels}le="+Inf"} ${count}`,
  `${family}_sum{${labels}} ${sum}`,
  `${family}_count{${labels}} ${count}`,
];

describe('SGLang', () => {
  const tokens = (labels: string, input: number, output: number) => [
    `sglang:prompt_tokens_total{model_name="q"${labels}} ${input}`,
    `sglang:generation_tokens_total{model_name="q"${labels}} ${output}`,
  ];

  test('adds streaming and not, and cached tokens over their sources', () => {
    const counters = countersIn(
      ...tokens(',is_streaming="true"', 70, 7),
      ...tokens(',is_streaming="false"', 30, 3),
      'sglang:cached_tokens_total{model_name="q",cache_source="device"} 11',
      'sglang:cached_tokens_total{model_name="q",cache_source="host"} 6',
    );
    expect(counters).toMatchObject({ inputTokens: 100, outputTokens: 10, cachedTokens: 17 });
  });

  test('takes the total of all priorities, not the priorities again', () => {
    const counters = countersIn(
      ...tokens(',priority=""', 50, 5),
      ...tokens(',priority="1"', 20, 2),
      ...tokens(',priority="9"', 30, 3),
    );
    expect(counters).toMatchObject({ inputTokens: 50, outputTokens: 5 });
  });

  test('reads one tensor-parallel rank of each data-parallel one', () => {
    const ranks = [0, 1].flatMap((dp) =>
      [0, 1].flatMap((tp) => [
        ...tokens(`,tp_rank="${tp}",dp_rank="${dp}"`, 40, 4),
        `sglang:num_running_reqs{model_name="q",tp_rank="${tp}",dp_rank="${dp}"} 3`,
        `sglang:token_usage{model_name="q",tp_rank="${tp}",dp_rank="${dp}"} 0.${dp + 1}`,
      ]),
    );
    const [engine] = enginesIn(...ranks);
    expect(engine).toMatchObject({ requestsRunning: 6, counters: { inputTokens: 80, outputTokens: 8 } });
    expect(engine!.kvCacheUsage).toBeCloseTo(0.15, 12);
  });

  test.each([
    ['prefill', 'prefill'],
    ['decode', 'decode'],
    ['unified', null],
  ])('as a %s engine is read whole, with its role: sampling knows who counts what', (type, role) => {
    const label = `,engine_type="${type}"`;
    const cached = `sglang:cached_tokens_total{model_name="q"${label},cache_source="total"} 20`;
    expect(enginesIn(...tokens(label, 90, 9), cached)[0]).toMatchObject({
      role,
      counters: { inputTokens: 90, cachedTokens: 20, outputTokens: 9 },
    });
  });

  test('counts retracted requests as preemptions, also where they are typed as a gauge, and its verified drafts', () => {
    const old = countersIn(
      ...tokens('', 9, 9),
      '# TYPE sglang:total_retracted_reqs gauge',
      'sglang:total_retracted_reqs{model_name="q",tp_rank="0"} 3',
    );
    expect(old).toMatchObject({ preemptions: 3, speculativeDrafts: null });
    const now = countersIn(
      ...tokens('', 9, 9),
      'sglang:num_retracted_requests_total{model_name="q"} 4',
      'sglang:spec_verify_calls_total{model_name="q",tp_rank="0"} 70',
    );
    expect(now).toMatchObject({ preemptions: 4, speculativeDrafts: 70, draftTokens: null, acceptedTokens: null });
  });

  test('that has served nothing yet is there with no tokens, which is said', () => {
    const { engines, problems } = readText(page('sglang:num_running_reqs{model_name="q"} 0'));
    expect(engines[0]).toMatchObject({ requestsRunning: 0, counters: { inputTokens: null, outputTokens: null } });
    expect(problems).toEqual([{ kind: 'unread', message: expect.stringContaining('sglang:prompt_tokens_total') }]);
  });

  test('as its gateway repeats it is not read', () => {
    expect(enginesIn('sglang_prompt_tokens_total{model_name="q",worker_addr="w"} 5')).toEqual([]);
  });
});

describe('vLLM', () => {
  const tokens = (labels: string, input: number, output: number) => [
    `vllm:prompt_tokens_total{model_name="q"${labels}} ${input}`,
    `vllm:generation_tokens_total{model_name="q"${labels}} ${output}`,
  ];

  test('tells apart the prompts that came over from elsewhere', () => {
    const bySource = { local_compute: 30, local_cache_hit: 20, external_kv_transfer: 150 };
    const [engine] = enginesIn(
      ...tokens('', 200, 40),
      'vllm:prompt_tokens_cached_total{model_name="q"} 170',
      ...Object.entries(bySource).map(
        ([source, count]) => `vllm:prompt_tokens_by_source_total{model_name="q",source="${source}"} ${count}`,
      ),
    );
    expect(engine).toMatchObject({
      transferredTokens: 150,
      counters: { inputTokens: 200, cachedTokens: 170, outputTokens: 40 },
    });
    expect(enginesIn(...tokens('', 200, 40))[0]).toMatchObject({ transferredTokens: null });
  });

  test('behind Dynamo is one engine, whatever its component counts beside it', () => {
    const [engine, ...others] = enginesIn(
      ...tokens(',dynamo_component="backend"', 60, 6),
      'dynamo_component_requests_total{dynamo_endpoint="generate",model="q"} 4',
      'dynamo_frontend_input_sequence_tokens_sum{model="q"} 60',
      'dynamo_frontend_output_tokens_total{model="q"} 6',
    );
    expect(others).toEqual([]);
    expect(engine).toMatchObject({ kind: 'vllm', counters: { inputTokens: 60, outputTokens: 6 } });
  });

  test.each([
    ['prefill', 'prefill'],
    ['decode', 'decode'],
    ['backend', null],
  ])("has the role of Dynamo's component %s", (component, role) => {
    expect(enginesIn(...tokens(`,dynamo_component="${component}"`, 60, 2))[0]).toMatchObject({
      role,
      counters: { inputTokens: 60, outputTokens: 2 },
    });
  });

  test('in a histogram that is called total has no counter of that name', () => {
    const { engines, problems } = readText(
      page(
        '# TYPE vllm:iteration_tokens_total histogram',
        ...histogram('vllm:iteration_tokens_total', 'model_name="q",', 4, 900),
        ...tokens('', 8, 3),
      ),
    );
    expect([engines.length, problems]).toEqual([1, []]);
    expect(engines[0]!.counters).toMatchObject({ inputTokens: 8, outputTokens: 3 });
  });

  test('counts nothing from a gauge with the name of a counter', () => {
    const text = page('# TYPE vllm:generation_tokens_total gauge', ...tokens('', 8, 3).toReversed());
    expect(readText(text).engines[0]!.counters).toMatchObject({ inputTokens: 8, outputTokens: null });
  });
});

describe('TensorRT-LLM', () => {
  const tokens = (labels = '') => [
    `trtllm_prompt_tokens_total{model_name="q"${labels}} 500`,
    `trtllm_prompt_cached_tokens_total{model_name="q"${labels}} 125`,
    `trtllm_generation_tokens_total{model_name="q"${labels}} 60`,
    `trtllm_num_requests_running{model_name="q"${labels}} 2`,
  ];

  test('gives its tokens, and reasons of finished requests', () => {
    const [engine] = enginesIn(
      ...tokens(',engine_type="pytorch"'),
      'trtllm_request_success_total{model_name="q",finished_reason="stop"} 5',
      'trtllm_request_success_total{model_name="q",finished_reason="length"} 2',
      'trtllm_request_error_total{model_name="q",http_code="400"} 1',
    );
    expect(engine).toMatchObject({
      kind: 'tensorrt-llm',
      requestsRunning: 2,
      counters: { inputTokens: 500, cachedTokens: 125, outputTokens: 60, requestsStopped: 5, requestsFailed: 1 },
    });
  });

  test('says how many GPUs it uses', () => {
    const sizes = 'tensor_parallel_size="4",pipeline_parallel_size="2",gpu_count="8"';
    expect(enginesIn(...tokens(), `trtllm_parallel_config_info{${sizes}} 1`)[0]).toMatchObject({ gpuCount: 8 });
    expect(enginesIn(...tokens())[0]).toMatchObject({ gpuCount: null });
  });

  test('says what it was launched with, by names that other engines share', () => {
    const sizes = 'tensor_parallel_size="4",pipeline_parallel_size="2",gpu_count="8"';
    const model = 'model="m",dtype="bfloat16",quantization="fp8",gpu_type="NVIDIA B200"';
    const lines = [`trtllm_parallel_config_info{${sizes}} 1`, `trtllm_model_config_info{${model}} 1`];
    expect(JSON.parse(enginesIn(...tokens(), ...lines)[0]!.settings!)).toEqual({
      tensor_parallel: '4',
      pipeline_parallel: '2',
      dtype: 'bfloat16',
      quantization: 'fp8',
    });
    expect(enginesIn(...tokens())[0]).toMatchObject({ settings: null });
  });
});

describe("Dynamo's frontend", () => {
  test('counts histograms by their sums, and tells cancelled requests from failed ones', () => {
    const requests = (status: string, error: string, count: number) =>
      `dynamo_frontend_requests_total{model="q",status="${status}",error_type="${error}"} ${count}`;
    const counters = countersIn(
      ...histogram('dynamo_frontend_input_sequence_tokens', 'model="q",', 3, 1234),
      ...histogram('dynamo_frontend_cached_tokens', 'model="q",', 3, 1000),
      ...histogram('dynamo_frontend_output_sequence_tokens', 'model="q",', 3, 80),
      'dynamo_frontend_output_tokens_total{model="q"} 85',
      requests('success', '', 3),
      requests('error', 'cancelled', 2),
      requests('error', 'internal', 1),
    );
    expect(counters).toMatchObject({ inputTokens: 1234, cachedTokens: 1000, outputTokens: 85 });
    expect(counters).toMatchObject({ requestsStopped: 3, requestsAborted: 2, requestsFailed: 1 });
  });

  test('is not made of a worker whose engine keeps its series to itself, which is said', () => {
    const { engines, problems } = readText(page('dynamo_component_requests_total{dynamo_endpoint="generate"} 4'));
    expect([engines, problems.map(({ kind }) => kind)]).toEqual([[], ['unread']]);
  });
});

describe('Triton', () => {
  const lengths = (model: string, input: number, output: number) => [
    ...histogram('nv_llm_input_token_len', `model="${model}",version="1",`, 3, input),
    ...histogram('nv_llm_output_token_len', `model="${model}",version="1",`, 3, output),
  ];

  test('counts a pipeline once, by the model that is the engine', () => {
    const models = enginesIn(...lengths('ensemble', 300, 30), ...lengths('tensorrt_llm', 300, 30));
    expect(models.map(({ model, counters }) => [model, counters.inputTokens])).toEqual([['tensorrt_llm', 300]]);
    expect(enginesIn(...lengths('ensemble', 300, 30))).toHaveLength(1);
  });

  test('measures milliseconds, which are read as seconds', () => {
    const [engine] = enginesIn(
      ...lengths('tensorrt_llm', 300, 30),
      ...histogram('nv_inference_first_response_histogram_ms', 'model="tensorrt_llm",', 4, 900),
    );
    expect(engine!.latencies.ttft).toEqual({ bounds: [0.25, Infinity], counts: [3, 4], sumSeconds: 0.9, count: 4 });
  });

  test('names the GPUs that it sees', () => {
    const gpus = ['GPU-a', 'GPU-b'].map((uuid) => `nv_gpu_utilization{gpu_uuid="${uuid}"} 0.5`);
    const [engine] = enginesIn(...lengths('tensorrt_llm', 300, 30), ...gpus);
    expect(engine).toMatchObject({ gpuUuids: ['GPU-a', 'GPU-b'] });
  });

  test('with the vLLM backend is one Triton, not a vLLM beside it', () => {
    const [engine, ...others] = enginesIn(
      'nv_inference_request_success{model="q",version="1"} 2',
      'vllm:prompt_tokens_total{model="q",version="1"} 70',
      'vllm:generation_tokens_total{model="q",version="1"} 7',
    );
    expect(others).toEqual([]);
    expect(engine).toMatchObject({ kind: 'triton', model: 'q', counters: { inputTokens: 70, outputTokens: 7 } });
  });
});

describe('engines without a label for the model', () => {
  test('TGI is its address, and counts histograms by their sums', () => {
    const [engine] = enginesIn(
      ...histogram('tgi_request_input_length', '', 4, 410),
      ...histogram('tgi_request_generated_tokens', '', 4, 41),
      'tgi_request_failure{err="dropped"} 1',
      'tgi_request_failure{err="validation"} 2',
      'tgi_queue_size 6',
    );
    expect(engine).toMatchObject({
      engine: 'h9:9000',
      kind: 'tgi',
      model: 'unnamed model at h9:9000',
      requestsWaiting: 6,
      counters: { inputTokens: 410, outputTokens: 41, requestsAborted: 1, requestsFailed: 2 },
    });
  });

  test('llama.cpp counts cached prompt tokens beside the others: input is both', () => {
    const counters = countersIn(
      'llamacpp:prompt_tokens_total 90',
      'llamacpp:prompt_tokens_cached_total 30',
      'llamacpp:tokens_predicted_total 12',
    );
    expect(counters).toMatchObject({ inputTokens: 120, cachedTokens: 30, outputTokens: 12 });
  });

  test('take the name that the target is labelled with', () => {
    const { engines } = readText('llamacpp:tokens_predicted_total 1\n', { labels: { model_name: 'phi' } });
    expect(engines[0]!.model).toBe('phi');
  });
});

describe('names that others use', () => {
  const bare = ['prompt_tokens_total{model_name="q"} 21', 'generation_tokens_total{model_name="q"} 4'];

  test('without a prefix are NIM only beside its own gauge', () => {
    expect(enginesIn(...bare)).toEqual([]);
    expect(enginesIn(...bare, 'num_request_max{model_name="q"} 64')[0]).toMatchObject({
      kind: 'nim',
      counters: { inputTokens: 21, outputTokens: 4 },
    });
  });

  test('are not counted again where an engine names the same tokens as its own', () => {
    const found = enginesIn(
      ...bare,
      'num_request_max{model_name="q"} 64',
      'tgi_request_input_length_sum 21',
      'lmdeploy:prompt_tokens_total{model_name="q"} 21',
      'lmdeploy:generation_tokens_total{model_name="q"} 4',
    );
    expect(found.map(({ kind, counters }) => [kind, counters.inputTokens])).toEqual([['lmdeploy', 21]]);
  });
});

describe('speculative decoding', () => {
  test.each([
    ['vllm:', 'vllm:generation_tokens_total'],
    ['lmdeploy:', 'lmdeploy:generation_tokens_total'],
    ['llamacpp:', 'llamacpp:tokens_predicted_total'],
  ])('M18 of %s keeps drafts, drafted and accepted tokens apart from the output', (prefix, output) => {
    const counters = countersIn(
      `${output} 500`,
      `${prefix}spec_decode_num_drafts_total 100`,
      `${prefix}spec_decode_num_draft_tokens_total 300`,
      `${prefix}spec_decode_num_accepted_tokens_total 210`,
      `${prefix}spec_decode_num_accepted_tokens_per_pos_total{position="0"} 90`,
    );
    expect(counters).toMatchObject({
      outputTokens: 500,
      speculativeDrafts: 100,
      draftTokens: 300,
      acceptedTokens: 210,
    });
  });

  test('of TensorRT-LLM and TGI is read as far as they tell it', () => {
    const tensorrt = countersIn(
      'trtllm_generation_tokens_total{model_name="q"} 60',
      'trtllm_spec_decode_num_draft_tokens_total{model_name="q"} 40',
      'trtllm_spec_decode_num_accepted_tokens_total{model_name="q"} 25',
    );
    expect(tensorrt).toMatchObject({ speculativeDrafts: null, draftTokens: 40, acceptedTokens: 25 });
    const tgi = countersIn(
      'tgi_request_generated_tokens_sum 60',
      '# TYPE tgi_request_skipped_tokens summary',
      'tgi_request_skipped_tokens_sum 12',
      'tgi_request_skipped_tokens_count 48',
    );
    expect(tgi).toMatchObject({ outputTokens: 60, draftTokens: null, acceptedTokens: 12 });
  });
});

describe('the sleep of an engine', () => {
  const states = (rank: number, awake: number) => [
    `vllm:engine_sleep_state{model_name="q",engine="${rank}",sleep_state="awake"} ${awake}`,
    `vllm:engine_sleep_state{model_name="q",engine="${rank}",sleep_state="weights_offloaded"} ${1 - awake}`,
    `vllm:engine_sleep_state{model_name="q",engine="${rank}",sleep_state="discard_all"} 0`,
  ];
  const running = 'vllm:num_requests_running{model_name="q"} 0';

  test('is the share of its ranks that are not awake', () => {
    expect(enginesIn(running, ...states(0, 1))[0]?.sleeping).toBe(0);
    expect(enginesIn(running, ...states(0, 0))[0]?.sleeping).toBe(1);
    expect(enginesIn(running, ...states(0, 0), ...states(1, 1))[0]?.sleeping).toBe(0.5);
  });

  test('is not known where the release does not tell it', () => {
    expect(enginesIn(running)[0]?.sleeping).toBeNull();
  });
});

describe('an engine that contradicts itself', () => {
  const page2 = (counted: number, finished: number, running: number) =>
    page(
      `lmdeploy:prompt_tokens_total{model_name="q"} 5`,
      `lmdeploy:generation_tokens_total{model_name="q"} ${counted}`,
      `lmdeploy:num_requests_running{model_name="q"} ${running}`,
      ...histogram('lmdeploy:request_generation_tokens', 'model_name="q",', 9, finished),
    );

  test.each([
    ['counts each token twice', 2_400_000, 1_200_000, 1, true],
    ['has finished more than it counted', 1_000_000, 1_200_000, 1, true],
    ['has long requests that run on', 2_400_000, 1_200_000, 40, false],
    ['has counted little so far', 2000, 1000, 1, false],
    ['agrees with itself', 1_200_500, 1_200_000, 1, false],
  ])('M16 that %s is told or left in peace', (_, counted, finished, running, isTold) => {
    const { engines, problems } = readText(page2(counted, finished, running));
    expect(engines[0]?.counters.outputTokens).toBe(counted);
    expect(problems.map(({ kind }) => kind)).toEqual(isTold ? ['disagrees'] : []);
  });
});

describe('the start of an engine', () => {
  const counter = (labels: string, created: number) => [
    `vllm:generation_tokens_total{model_name="q"${labels}} 7`,
    `vllm:generation_tokens_created{model_name="q"${labels}} ${created}`,
  ];

  test('M06 is that of its counters where nothing tells that of the process', () => {
    const counters = [...counter(',engine="0"', 1_700_000_001.5), ...counter(',engine="1"', 1_700_000_000.25)];
    expect(enginesIn(...counters)[0]?.startedAt).toBe(1_700_000_000_250);
    const both = enginesIn(...counters, 'process_start_time_seconds 1600000000');
    expect(both[0]?.startedAt).toBe(1_600_000_000_000);
    expect(enginesIn('vllm:generation_tokens_total{model_name="q"} 7')[0]?.startedAt).toBeNull();
  });
});

describe('a worker of Dynamo that tells only for how long it has been up', () => {
  const read = createSampleReader({}, 'h:1');
  const series = ['sglang:generation_tokens_total', 'dynamo_component_uptime_seconds'].map((name) => ({
    name,
    labels: new Map<string, string>(),
    kind: 'unknown' as const,
  }));
  const startAt = (seconds: number, uptime: number) =>
    read(series, (index) => [7, uptime][index], epochMs(1_700_000_000_000 + seconds * 1000)).engines[0]?.startedAt;

  test('M06 started then, the same moment at every answer, and another after a restart', () => {
    const first = startAt(0, 3600);
    expect(first).toBe(1_700_000_000_000 - 3_600_000);
    expect([startAt(10, 3609.4), startAt(20, 3620.7)]).toEqual([first, first]);
    expect(startAt(30, 4)).toBe(1_700_000_026_000);
    expect(read(series, () => 7).engines[0]?.startedAt).toBeNull();
  });
});

describe('the tables', () => {
  test.each([
    ['vllm:new_tokens_total{model_name="q"} 1', 'vllm:generation_tokens_total'],
    ['sglang:new_tokens_total{model_name="q"} 1', 'sglang:generation_tokens_total'],
    ['trtllm_new_tokens_total{model_name="q"} 1', 'trtllm_generation_tokens_total'],
    ['lmdeploy:new_tokens_total{model_name="q"} 1', 'lmdeploy:generation_tokens_total'],
    ['tgi_new_tokens 1', 'tgi_request_generated_tokens_sum'],
    ['llamacpp:new_tokens_total 1', 'llamacpp:tokens_predicted_total'],
    ['dynamo_frontend_new_tokens_total{model="q"} 1', 'dynamo_frontend_output_tokens_total'],
    ['nv_inference_new{model="q"} 1', 'nv_llm_output_token_len_sum'],
  ])('say of an unknown release (%s) which counter was looked for', (line, counter) => {
    const { engines, problems } = readText(`${line}\n`);
    expect(engines).toEqual([]);
    expect(problems).toEqual([{ kind: 'unread', message: expect.stringContaining(counter) }]);
  });

  test('are all asked of a Prometheus server, with what they require', () => {
    const asked = new Set(metricNamesRead());
    const needed = ENGINE_TABLES.flatMap((table) => [...tokenMetricsOf(table), ...table.requires]);
    expect(needed.filter((name) => !asked.has(name))).toEqual([]);
  });
});
