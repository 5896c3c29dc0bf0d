import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { systemClock } from '#backend/clock.ts';
import { createHttpClient, type HttpClient, type ReadAccess } from '#backend/sources/http/http-client.ts';
import { createDiscoverySource, createScrapeSource } from '#backend/sources/prometheus/scrape-source.ts';
import { createServerSource } from '#backend/sources/prometheus-server/server-source.ts';
import type { Source } from '#backend/sources/source.ts';
import { fail, succeed } from '#shared/lib/result.ts';
import { goodMetrics, startFaultServer, type FaultServer } from '../../../fakes/fault-server.ts';

let server: FaultServer;
let http: HttpClient;
beforeEach(async () => {
  server = await startFaultServer();
  http = createHttpClient(systemClock);
});
afterEach(async () => {
  http.close();
  await server.close();
});

const common = () => ({ name: 'test', http, now: () => systemClock.now(), pollSeconds: 4 });
const access =
  (token: string): ReadAccess =>
  () =>
    Promise.resolve(succeed({ authorization: `Bearer ${token}`, headers: { 'X-Scope-OrgID': 'gpu-team' } }));
const poll = (source: Source) => source.poll(() => {}, new AbortController().signal);

describe('a source with an access', () => {
  test('sends it with scrapes, and a target of its own sends its own', async () => {
    server.setBody('one', goodMetrics);
    server.setBody('two', goodMetrics);
    const targets = [
      { url: server.url('one'), labels: {} },
      { url: server.url('two'), labels: {}, access: access('its-own') },
    ];
    await poll(createScrapeSource({ ...common(), targets, access: access('shared') }));
    expect(server.lastHeaders('one')).toMatchObject({ authorization: 'Bearer shared', 'x-scope-orgid': 'gpu-team' });
    expect(server.lastHeaders('two')).toMatchObject({ authorization: 'Bearer its-own' });
  });

  test('sends it for a discovery document, but never to the targets that the document lists', async () => {
    const { host } = new URL(server.url('metrics'));
    server.setBody('metrics', goodMetrics);
    server.setBody('sd', JSON.stringify([{ targets: [host] }]), 'application/json');
    const one = createDiscoverySource({ ...common(), url: server.url('sd'), access: access('for-the-list') });
    await poll(one);
    expect(server.lastHeaders('sd')).toMatchObject({ authorization: 'Bearer for-the-list' });
    expect(server.requests('metrics')).toBe(1);
    expect(server.lastHeaders('metrics').authorization).toBeUndefined();
    const other = createDiscoverySource({ ...common(), url: server.url('sd'), targetAccess: access('for-targets') });
    await poll(other);
    expect(server.lastHeaders('sd').authorization).toBeUndefined();
    expect(server.lastHeaders('metrics')).toMatchObject({ authorization: 'Bearer for-targets' });
  });

  test('sends it with queries of a server, below its path prefix, narrowed to one cluster', async () => {
    const answer = { status: 'success', data: { resultType: 'matrix', result: [] } };
    server.setBody('mimir/prometheus/api/v1/query', JSON.stringify(answer), 'application/json');
    const matchers = [
      { label: 'cluster', value: 'ash"1', isRegex: false },
      { label: 'env', value: 'prod|canary', isRegex: true },
    ];
    const url = server.url('mimir/prometheus/');
    await poll(createServerSource({ ...common(), url, use: 'live', access: access('mimir'), matchers }));
    expect(server.lastHeaders('mimir/prometheus/api/v1/query')).toMatchObject({
      authorization: 'Bearer mimir',
      'x-scope-orgid': 'gpu-team',
    });
    const query = new URLSearchParams(server.lastBody('mimir/prometheus/api/v1/query')).get('query');
    expect(query).toMatch(/^\{__name__=~"[^"]+",cluster="ash\\"1",env=~"prod\|canary"\}\[181s\]$/);
  });

  test('whose secret is missing asks nobody, and its health says which', async () => {
    server.setBody('one', goodMetrics);
    const missing: ReadAccess = () => Promise.resolve(fail('The secret "x" is not set'));
    const targets = [{ url: server.url('one'), labels: {} }];
    const source = createScrapeSource({ ...common(), targets, access: missing });
    await poll(source);
    expect(server.requests('one')).toBe(0);
    expect(source.health(systemClock.now())).toMatchObject({ state: 'down', reason: expect.stringContaining('"x"') });
  });

  test('sends it for the documents that the same server keeps beside its metrics', async () => {
    server.setBody('metrics', 'vllm:prompt_tokens_total{model_name="m"} 1\n');
    server.setBody('version', '{"version":"0.11.0"}', 'application/json');
    const targets = [{ url: server.url('metrics'), labels: {} }];
    await poll(createScrapeSource({ ...common(), targets, access: access('engine') }));
    expect(server.lastHeaders('version')).toMatchObject({ authorization: 'Bearer engine' });
  });
});
