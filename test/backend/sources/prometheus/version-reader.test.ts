import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';

import { settingsText } from '#shared/model/engine-settings.ts';
import { systemClock } from '#backend/clock.ts';
import { createHttpClient } from '#backend/sources/http/http-client.ts';
import { createScrapeSource } from '#backend/sources/prometheus/scrape-source.ts';
import type { EngineSample } from '#shared/model/sample.ts';

const running: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((stop) => stop()));
});

/** Serves texts and documents by path, and gives the engine that two polls of the metrics path find, and what was asked. */
async function polled(metricsPath: string, pages: Readonly<Record<string, string>>) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    asked.push(path);
    const body = pages[path];
    response.writeHead(body === undefined ? 404 : 200, {
      'content-type': path === metricsPath ? 'text/plain; version=0.0.4' : 'application/json',
    });
    response.end(body ?? '');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const http = createHttpClient(systemClock);
  running.push(() => {
    http.close();
    return new Promise((resolve) => server.close(resolve));
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${metricsPath}`;
  const source = createScrapeSource({
    name: 'test',
    http,
    now: () => systemClock.now(),
    pollSeconds: 4,
    targets: [{ url, labels: { instance: 'h1' } }],
  });
  const engines: EngineSample[] = [];
  for (let poll = 0; poll < 2; poll += 1) {
    await source.poll((scrape) => engines.push(...scrape.engines), new AbortController().signal);
  }
  const reason = source.health(systemClock.now()).targets[0]?.reason;
  return { engines, reason, asked: asked.filter((path) => path !== metricsPath) };
}

const json = (value: unknown) => JSON.stringify(value);

describe('what an engine says of itself beside its metrics', () => {
  test.each([
    ['SGLang', '/metrics', 'sglang:prompt_tokens_total 1\n', '/server_info', { version: '0.5.9', api_key: 'x' }],
    ['older SGLang', '/metrics', 'sglang:prompt_tokens_total 1\n', '/get_server_info', { version: '0.5.9' }],
    ['TensorRT-LLM', '/prometheus/metrics', 'trtllm_prompt_tokens_total 1\n', '/version', { version: '0.5.9' }],
    ['Dynamo', '/metrics', 'dynamo_frontend_output_tokens_total 1\n', '/openapi.json', { info: { version: '0.5.9' } }],
    ['Triton', '/metrics', 'nv_llm_input_token_len_sum 1\n', '/v2', { name: 'triton', version: '0.5.9' }],
    ['NIM', '/v1/metrics', 'prompt_tokens_total 1\nnum_request_max 2\n', '/v1/version', { release: '0.5.9' }],
  ])('%s tells its version', async (_name, metricsPath, text, path, document) => {
    const { engines } = await polled(metricsPath, { [metricsPath]: text, [path]: json(document) });
    expect(engines.map(({ version, versionEvidence }) => [version, versionEvidence])).toEqual([
      ['0.5.9', 'http'],
      ['0.5.9', 'http'],
    ]);
  });

  test.each([
    ['TGI', 'tgi_request_input_length_sum 1\n', '/info', { version: '3.3.5', model_id: 'big/phi' }],
    ['llama.cpp', 'llamacpp:tokens_predicted_total 1\n', '/props', { build_info: 'b6000', model_alias: 'big/phi' }],
  ])('%s tells its model too, and stays the engine that it was', async (_name, text, path, document) => {
    const { engines, asked } = await polled('/metrics', { '/metrics': text, [path]: json(document) });
    expect(engines.map(({ engine, model }) => [engine, model])).toEqual([
      ['h1', 'big/phi'],
      ['h1', 'big/phi'],
    ]);
    expect(asked).toEqual([path]);
  });

  test.each([
    ['one engine', { tp_size: 4 }, 4],
    ['two nodes', { tp_size: 8, pp_size: 2, nnodes: 2 }, 8],
    ['replicas with GPUs of their own', { tp_size: 2, dp_size: 4 }, 8],
    ['attention that is divided over the GPUs of one', { tp_size: 8, dp_size: 8, enable_dp_attention: true }, 8],
    ['no sizes', {}, null],
  ])('SGLang tells its GPUs: %s', async (_name, sizes, gpuCount) => {
    const pages = {
      '/metrics': 'sglang:prompt_tokens_total 1\n',
      '/server_info': json({ version: '0.5.9', ...sizes }),
    };
    expect((await polled('/metrics', pages)).engines[0]).toMatchObject({ gpuCount });
  });

  test('SGLang tells the arguments that are known by name, and no other', async () => {
    const given = { tp_size: 4, quantization: 'fp8', api_key: 'secret', admin_api_key: 'secret', dtype: null };
    const pages = {
      '/metrics': 'sglang:prompt_tokens_total 1\n',
      '/server_info': json({ version: '0.5.9', ...given }),
    };
    const { settings } = (await polled('/metrics', pages)).engines[0]!;
    expect(settings).toBe(settingsText({ tensor_parallel: '4', quantization: 'fp8' }));
  });

  test('llama.cpp tells at every poll whether it sleeps', async () => {
    const props = (is_sleeping: boolean) => json({ build_info: 'b6000', model_alias: 'phi', is_sleeping });
    const pages = { '/metrics': 'llamacpp:tokens_predicted_total 1\n', '/props': props(true) };
    const { engines, asked } = await polled('/metrics', pages);
    expect(engines.map(({ sleeping }) => sleeping)).toEqual([1, 1]);
    expect(asked).toEqual(['/props', '/props']);
  });

  test.each([
    ['0.32.3', null],
    ['v0.32.0.dev5+g1a2b3c', null],
    ['0.11.0', null],
    ['0.33.0', /0\.33\.0 is newer than .* \(0\.5 to 0\.32\)/],
    ['1.0.0', /newer/],
    ['nightly', null],
  ])('vLLM %s is said to be newer than known, or not', async (version, message) => {
    const pages = { '/metrics': 'vllm:generation_tokens_total 1\n', '/version': json({ version }) };
    const { reason, engines } = await polled('/metrics', pages);
    expect(engines[0]).toMatchObject({ version, counters: { outputTokens: 1 } });
    if (message === null) expect(reason).toBeNull();
    else expect(reason).toMatch(message);
  });

  test('is nothing where the document is not the one that is known', async () => {
    const pages = { '/metrics': 'tgi_request_input_length_sum 1\n', '/info': json({ version: 5, model_id: ['a'] }) };
    const { engines, asked } = await polled('/metrics', pages);
    expect(engines[0]).toMatchObject({ version: null, versionEvidence: null, model: 'unnamed model at h1' });
    expect(asked).toEqual(['/info']);
  });
});
