import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '#backend/clock.ts';
import { createHttpClient, type HttpClient } from '#backend/sources/http/http-client.ts';
import { namesOfJobs, serverJobs } from '#backend/sources/prometheus-server/server-jobs.ts';

type Labels = Readonly<Record<string, string>>;

/** A server that knows `up`, and what an answer of it told. */
let up: readonly (readonly [Labels, string])[];
let told: readonly Labels[];
let queries: string[];
let url: string;
let http: HttpClient;
const server = createServer((request, response) => void answer(request, response));

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const query = new URLSearchParams(Buffer.concat(chunks).toString()).get('query') ?? '';
  queries.push(query);
  const result = up.map(([metric, value]) => ({ metric: { __name__: 'up', ...metric }, value: [0, value] }));
  response.end(JSON.stringify({ status: 'success', data: { resultType: 'vector', result } }));
}

beforeEach(async () => {
  queries = [];
  http = createHttpClient(systemClock);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  http.close();
  await new Promise((resolve) => server.close(resolve));
});

const ask = async (more = {}) => {
  const names = namesOfJobs(told.map((metric) => ({ metric, values: [] })));
  return await serverJobs(http, { url }, { at: systemClock.now(), names, ...more }, AbortSignal.timeout(10_000));
};

describe('the jobs of a server', () => {
  test('are told with their targets, and what is read of each, the useful ones first', async () => {
    up = [
      [{ job: 'alertmanager', instance: 'a:9093' }, '1'],
      [{ job: 'dcgm', instance: 'n1:9400' }, '1'],
      [{ job: 'dcgm', instance: 'n2:9400' }, '0'],
      [{ job: 'vllm', instance: 'n1:8000' }, '1'],
    ];
    told = [
      { job: 'dcgm', __name__: 'DCGM_FI_DEV_POWER_USAGE' },
      { job: 'dcgm', __name__: 'process_start_time_seconds' },
      { job: 'alertmanager', __name__: 'process_start_time_seconds' },
      { job: 'vllm', __name__: 'vllm:prompt_tokens_total' },
      { job: 'bmc', __name__: 'ipmi_dcmi_power_consumption_watts' },
    ];
    expect(await ask()).toEqual({
      ok: true,
      value: [
        { name: 'bmc', targets: null, down: [], tells: ['power'] },
        { name: 'dcgm', targets: 2, down: ['n2:9400'], tells: ['gpu'] },
        { name: 'vllm', targets: 1, down: [], tells: ['engine'] },
        { name: 'alertmanager', targets: 1, down: [], tells: [] },
      ],
    });
  });

  test('of a kubelet that has GPUs and engines tell both, and a mapped meter is power', async () => {
    up = [[{ job: 'pods', instance: 'p' }, '1']];
    told = [
      { job: 'pods', __name__: 'rack_power' },
      { job: 'pods', __name__: 'sglang:prompt_tokens_total' },
      { job: 'pods', __name__: 'DCGM_FI_DEV_GPU_UTIL' },
    ];
    const meter = { metric: 'rack_power', labels: {}, boundary: 'rack', place: null, scale: 1 };
    const answer = await ask({ meters: [meter] });
    expect(answer).toMatchObject({ ok: true, value: [{ tells: ['gpu', 'engine', 'power'] }] });
  });

  test('are those of one cluster where the source is narrowed', async () => {
    up = [];
    told = [];
    expect(await ask({ matchers: [{ label: 'cluster', value: 'eu', isRegex: false }] })).toEqual({
      ok: true,
      value: [],
    });
    expect(queries).toEqual(['{__name__=~"up",cluster="eu"}']);
  });

  test('without a name are told as one', async () => {
    up = [[{ instance: 'p' }, '1']];
    told = [{ __name__: 'vllm:prompt_tokens_total' }];
    expect(await ask()).toEqual({ ok: true, value: [{ name: '', targets: 1, down: [], tells: ['engine'] }] });
  });
});
