import { describe, expect, test } from 'vitest';
import { answerOf, type Probe } from '#backend/sources/probe/probe-answer.ts';
import { readApi } from '#backend/sources/probe/read-api.ts';

const read = (json: unknown): Probe =>
  answerOf('x', readApi(Buffer.from(typeof json === 'string' ? json : JSON.stringify(json))));
const success = (resultType: string, result: unknown, more: object = {}) => ({
  status: 'success',
  ...more,
  data: { resultType, result },
});
const AT = 1_795_000_000;
const series = (name: string, labels: Record<string, string>, value: string, at = AT) => ({
  metric: { __name__: name, job: 'llm', ...labels },
  value: [at, value],
});
const gpu = (uuid: string, value: string, labels: Record<string, string> = {}) =>
  series('DCGM_FI_DEV_POWER_USAGE', { UUID: uuid, modelName: 'NVIDIA B200', instance: 'n1:9400', ...labels }, value);

describe('an instant vector', () => {
  test('is read by what its metrics are of', () => {
    const found = read(success('vector', [gpu('GPU-1', '700.5'), gpu('GPU-2', '650')]));
    expect(found).toMatchObject({
      valid: true,
      format: 'prometheus-api',
      samples: 2,
      kind: 'dcgm-exporter',
      gpus: [{ uuid: 'GPU-1', name: 'NVIDIA B200', powerWatts: 700.5 }, { uuid: 'GPU-2' }],
      power: { boardWatts: 1350.5, boundary: 'GPU board' },
      engine: null,
      problems: [],
    });
  });

  test('holds a GPU that two exporters see once', () => {
    const found = read(success('vector', [gpu('GPU-1', '700'), gpu('GPU-1', '701', { instance: 'other:9400' })]));
    expect(found).toMatchObject({ samples: 2, gpus: [{ powerWatts: 700 }], power: { boardWatts: 700 } });
  });

  test('holds a GPU repeated by its pods and slices once', () => {
    const found = read(
      success('vector', [gpu('GPU-1', '52.6', { GPU_I_ID: '1', pod: 'a' }), gpu('GPU-1', '52.7', { GPU_I_ID: '2' })]),
    );
    expect(found.power.boardWatts).toBe(52.6);
    expect(found.gpus[0]?.migDevices?.map(({ gpuInstance }) => gpuInstance)).toEqual(['1', '2']);
  });

  test('counts a token of a frontend and its prefill and decode engines once', () => {
    const side = (engine_type: string, input: string, output: string) => {
      const labels = { model_name: 'Qwen/Qwen3', engine_type, instance: `${engine_type}:30000` };
      return [
        series('sglang:prompt_tokens_total', labels, input),
        series('sglang:generation_tokens_total', labels, output),
      ];
    };
    const labels = { model: 'qwen/qwen3', instance: 'frontend:8000' };
    const frontend = [
      series('dynamo_frontend_input_sequence_tokens_sum', labels, '1000'),
      series('dynamo_frontend_output_tokens_total', labels, '50'),
    ];
    const found = read(
      success('vector', [...frontend, ...side('prefill', '1000', '5'), ...side('decode', '1000', '50')]),
    );
    expect(found).toMatchObject({
      samples: 6,
      engine: { name: 'sglang', models: ['Qwen/Qwen3'] },
      tokens: { input: 1000, output: 50 },
    });
  });

  test('adds the replicas of a model', () => {
    const replica = (instance: string, value: string) =>
      series('vllm:generation_tokens_total', { model_name: 'm', instance }, value);
    const found = read(success('vector', [replica('a:8000', '10'), replica('b:8000', '20')]));
    expect(found).toMatchObject({ kind: 'engine', tokens: { input: null, output: 30 } });
  });

  test('of nothing is valid and empty', () => {
    expect(read(success('vector', []))).toMatchObject({
      valid: true,
      samples: 0,
      kind: 'unknown',
      gpus: [],
      tokens: null,
    });
  });

  test('of metrics that nobody knows is of another kind', () => {
    expect(read(success('vector', [series('up', {}, '1')]))).toMatchObject({ valid: true, samples: 1, kind: 'other' });
  });

  test('with a value that cannot be is held out with a reason', () => {
    const found = read(success('vector', [gpu('GPU-1', 'NaN'), gpu('GPU-2', '+Inf'), gpu('GPU-3', '500')]));
    expect(found.power.boardWatts).toBe(500);
    expect(found.problems.map(({ kind }) => kind)).toEqual(['not-finite', 'not-finite']);
  });

  test('with an entry that is none is not valid, and the others are read', () => {
    const found = read(success('vector', [gpu('GPU-1', '500'), { metric: { a: 1 }, value: [AT, '1'] }, 'x']));
    expect(found).toMatchObject({ valid: false, samples: 1, power: { boardWatts: 500 } });
    expect(found.problems[0]).toMatchObject({
      kind: 'unreadable-series',
      message: expect.stringContaining('2 series'),
    });
  });

  test('with native histograms counts them as no sample', () => {
    const histogram = { metric: { __name__: 'h' }, histogram: [AT, { count: '3', sum: '1', buckets: [] }] };
    expect(read(success('vector', [gpu('GPU-1', '500'), histogram]))).toMatchObject({ valid: true, samples: 1 });
  });
});

describe('a matrix', () => {
  const range = (labels: Record<string, string>, values: readonly (readonly [number, string])[]) => ({
    metric: { __name__: 'vllm:generation_tokens_total', model_name: 'm', instance: 'a:8000', ...labels },
    values,
  });

  test('speaks by its newest values', () => {
    const found = read(
      success('matrix', [
        range({}, [
          [AT, '10'],
          [AT + 15, '25'],
        ]),
      ]),
    );
    expect(found).toMatchObject({ valid: true, samples: 2, tokens: { output: 25 } });
  });

  test('holds no series that ended before its target was last scraped', () => {
    const old = range({ pod: 'old' }, [[AT, '900']]);
    const found = read(
      success('matrix', [
        old,
        range({ pod: 'new' }, [
          [AT, '1'],
          [AT + 15, '7'],
        ]),
      ]),
    );
    expect(found).toMatchObject({ samples: 3, tokens: { output: 7 } });
  });
});

describe('other answers of the API', () => {
  test.each([
    ['a scalar', success('scalar', [AT, '1'])],
    ['a string', success('string', [AT, 'x'])],
  ])('%s is one sample', (_, json) => {
    expect(read(json)).toMatchObject({ valid: true, samples: 1, kind: 'other', problems: [] });
  });

  test('an error is not valid, with what the server said, whatever else it sent', () => {
    const found = read({
      ...success('vector', [gpu('GPU-1', '5')]),
      status: 'error',
      errorType: 'timeout',
      error: 'query timed out',
    });
    expect(found).toMatchObject({ valid: false, samples: 0, gpus: [] });
    expect(found.problems[0]).toMatchObject({
      kind: 'server-error',
      message: expect.stringMatching(/timeout.*query timed out/),
    });
  });

  test('warnings and partial answers are told beside the data', () => {
    const found = read({
      ...success('vector', [gpu('GPU-1', '5')]),
      warnings: ['store gateway is down'],
      isPartial: true,
    });
    expect(found).toMatchObject({ valid: true, samples: 1 });
    expect(found.problems.map(({ kind, message }) => [kind, message])).toEqual([
      ['warning', 'store gateway is down'],
      ['warning', expect.stringContaining('partial')],
    ]);
  });

  test('targets are known as such', () => {
    const json = { status: 'success', data: { activeTargets: [], droppedTargets: [] } };
    expect(read(json)).toMatchObject({ valid: true, samples: 0, kind: 'prometheus-targets' });
  });

  test('label values hold no samples', () => {
    expect(read({ status: 'success', data: ['up', 'vllm:num_requests_running'] })).toMatchObject({
      valid: true,
      samples: 0,
    });
  });

  test.each([
    ['text that is no JSON', 'up 1', 'not-json'],
    ['an answer that breaks off', JSON.stringify(success('vector', [gpu('GPU-1', '5')])).slice(0, -9), 'not-json'],
    ['nothing', '', 'not-json'],
    ['a number', '3', 'not-prometheus'],
    ['null', 'null', 'not-prometheus'],
    ['a list of targets', '[{"targets":["a:9400"],"labels":{}}]', 'not-prometheus'],
    ['a result of another type', JSON.stringify(success('table', [])), 'unknown-result'],
  ])('%s is not valid, with the reason', (_, text, kind) => {
    expect(read(text)).toMatchObject({ valid: false, samples: 0, problems: [{ kind, line: null }] });
  });

  test('the version document of an engine gives its version', () => {
    expect(read({ version: '0.11.0' })).toMatchObject({ valid: false, kind: 'engine', engine: { version: '0.11.0' } });
  });

  test('keys of a prototype are plain names', () => {
    const labels = JSON.parse('{"__name__":"up","__proto__":"x","constructor":"y"}') as Record<string, string>;
    expect(read(success('vector', [{ metric: labels, value: [AT, '1'] }]))).toMatchObject({ valid: true, samples: 1 });
  });
});
