import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';

import { systemClock } from '#backend/clock.ts';
import { createHttpClient } from '#backend/sources/http/http-client.ts';
import { createServerSource } from '#backend/sources/prometheus-server/server-source.ts';
import type { Scrape } from '#shared/model/sample.ts';
import { epochMs } from '#shared/time/instant.ts';
import { readText } from '../read-text.ts';

const running: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((stop) => stop()));
});

type Metric = Readonly<Record<string, string>>;

/** A server whose every series has one sample; what it was asked, and a source that reads it. */
async function serverOf(engines: readonly Metric[], pods: readonly Metric[]) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      const form = new URLSearchParams(body);
      const query = form.get('query') ?? '';
      asked.push(query);
      const time = Number(form.get('time'));
      const isOfPods = query.includes('kube_pod');
      const result = isOfPods
        ? pods.map((metric) => ({ metric, value: [time, '1'] }))
        : engines.map((metric) => ({ metric, values: [[Math.floor(time) - 2, '7']] }));
      const data = { resultType: isOfPods ? 'vector' : 'matrix', result };
      response.end(JSON.stringify({ status: 'success', data }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const http = createHttpClient(systemClock);
  running.push(() => {
    http.close();
    return new Promise((resolve) => server.close(resolve));
  });
  let now = Date.now();
  const source = createServerSource({
    name: 'server',
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    use: 'live',
    http,
    matchers: [{ label: 'cluster', value: 'east', isRegex: false }],
    now: () => epochMs(now),
    pollSeconds: 10,
  });
  const poll = async (): Promise<Scrape[]> => {
    const scrapes: Scrape[] = [];
    await source.poll((scrape) => scrapes.push(scrape), new AbortController().signal);
    now += 10_000;
    return scrapes;
  };
  return { poll, asked };
}

const vllm = (pod: string): Metric => ({
  __name__: 'vllm:generation_tokens_total',
  job: 'vllm',
  instance: `${pod}:8000`,
  pod,
  namespace: 'prod',
  model_name: 'q',
});

describe('what the pods of engines run', () => {
  test('is asked of the same server, for these pods alone and not at every poll', async () => {
    const info = { pod: 'v-0', namespace: 'prod', container: 'vllm', image: 'vllm/vllm-openai:v0.11.0', image_id: 'x' };
    const { poll, asked } = await serverOf([vllm('v-0'), vllm('v-1')], [info, { ...info, pod: 'v-1' }]);
    const first = await poll();
    expect(first[0]?.pods).toMatchObject([
      {
        pod: 'v-0',
        namespace: 'prod',
        images: [{ container: 'vllm', image: 'vllm/vllm-openai:v0.11.0', imageId: 'x' }],
        versionLabel: null,
      },
      { pod: 'v-1' },
    ]);
    await poll();
    const ofPods = asked.filter((query) => query.includes('kube_pod'));
    expect(ofPods).toHaveLength(1);
    expect(ofPods[0]).toContain('cluster="east"');
    expect(ofPods[0]).toContain('pod=~"v-0|v-1"');
    expect(ofPods[0]).toContain('exported_pod=~"v-0|v-1"');
  });

  test('is asked again soon of a pod that nothing was told of, and ever more rarely', async () => {
    const known: Metric[] = [];
    const { poll, asked } = await serverOf([vllm('v-0')], known);
    const isTold = async (): Promise<boolean> => ((await poll())[0]?.pods?.length ?? 0) > 0;
    // Polls are 10 s apart: asked at once, after 2 s (at 10 s), after 4 (20), 8 (30), 16 (50), 32 (90).
    for (let round = 0; round < 9; round += 1) expect(await isTold()).toBe(false);
    expect(asked.filter((query) => query.includes('kube_pod'))).toHaveLength(5);
    known.push({ pod: 'v-0', namespace: 'prod', container: 'vllm', image: 'vllm/vllm-openai:v0.11.0', image_id: 'x' });
    expect(await isTold()).toBe(true);
  });

  test('is not asked where no engine has a pod', async () => {
    const { pod, namespace, ...bare } = vllm('v-0') as Record<string, string>;
    const { poll, asked } = await serverOf([{ ...bare, instance: `${pod} ${namespace}` }], []);
    await poll();
    expect(asked).toHaveLength(1);
  });

  test('is read from kube-state-metrics itself, with the labels that a server moved aside', () => {
    const text = `kube_pod_container_info{namespace="prod",pod="v-0",container="vllm",image="vllm/vllm-openai:v0.11.0",image_id="docker://sha256:ab"} 1
kube_pod_container_info{namespace="prod",pod="v-0",container="istio-proxy",image="istio/proxyv2:1.20.1",image_id=""} 1
kube_pod_labels{exported_namespace="prod",exported_pod="v-0",namespace="monitoring",pod="ksm-0",label_app_kubernetes_io_version="0.11.0"} 1
`;
    expect(readText(text).pods).toEqual([
      {
        pod: 'v-0',
        namespace: 'prod',
        images: [
          { container: 'vllm', image: 'vllm/vllm-openai:v0.11.0', imageId: 'docker://sha256:ab' },
          { container: 'istio-proxy', image: 'istio/proxyv2:1.20.1', imageId: '' },
        ],
        versionLabel: '0.11.0',
      },
    ]);
  });
});
