import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { startSampleFleet, type SampleFleet } from '#electron/sample-fleet/server.ts';
import { epochMs, plusSeconds, type EpochMs } from '#shared/time/instant.ts';

import { identityOf, sampleLines } from './exposition-lines.ts';

type Labels = Readonly<Record<string, string>>;
type Matrix = readonly { readonly metric: Labels; readonly values: readonly (readonly [number, string])[] }[];
type Body = { readonly data: { readonly result: Matrix } };
type Group = { readonly targets: readonly string[]; readonly labels: Labels };

const anchor = epochMs(Date.parse('2026-11-24T15:00:00Z'));
let now: EpochMs = anchor;
let fleet: SampleFleet;
const podOf = (model: string, replica: number) =>
  fleet.world.engines.filter((engine) => engine.model.name === model)[replica]!.pod;

beforeAll(async () => {
  fleet = await startSampleFleet({ anchor, now: () => now, historyHours: 72 });
});
afterAll(() => fleet.close());

async function jsonOf(path: string): Promise<unknown> {
  return (await fetch(`${fleet.url}${path}`)).json();
}

async function queried(query: string, time: number): Promise<{ readonly status: number; readonly body: Body }> {
  const parameters = new URLSearchParams({ query, time: String(time / 1000) });
  const response = await fetch(`${fleet.url}/prometheus/api/v1/query?${parameters}`);
  return { status: response.status, body: await response.json() };
}

async function matrix(query: string, time: number): Promise<Matrix> {
  return (await queried(query, time)).body.data.result;
}

describe('service discovery', () => {
  test('lists every node and every living engine behind this address, with the labels to find and name it', async () => {
    now = anchor;
    const groups = (await jsonOf('/sd')) as readonly Group[];
    expect(groups.filter((group) => group.labels['job'] === 'dcgm-exporter')).toHaveLength(27);
    expect(groups.filter((group) => group.labels['job'] === 'vllm')).toHaveLength(39);
    expect(groups.filter((group) => group.labels['job'] === 'ipmi')).toHaveLength(7);
    expect(groups.every((group) => `http://${group.targets.join()}` === fleet.url)).toBe(true);
    expect(groups[0]!.labels).toEqual({
      __metrics_path__: '/nodes/dal-b200-01/metrics',
      job: 'dcgm-exporter',
      instance: 'dal-b200-01:9400',
      node: 'dal-b200-01',
      site: 'dallas',
      rack: 'dal-r11',
      pool: 'reasoning',
    });
  });

  test('every listed target answers a scrape', async () => {
    const groups = (await jsonOf('/sd')) as readonly Group[];
    for (const { labels, targets } of groups) {
      const response = await fetch(`http://${targets[0]}${labels['__metrics_path__']}`);
      expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
      const least = { ipmi: 8, 'kube-state-metrics': 38 }[labels['job']!] ?? 100;
      expect(sampleLines(await response.text()).length).toBeGreaterThan(least);
    }
  });
});

describe('an engine', () => {
  test('tells its version, before and after the update, and its model', async () => {
    const pod = podOf('deepseek-r1', 0);
    now = plusSeconds(anchor, -10 * 24 * 3600);
    expect(await jsonOf(`/engines/${pod}/version`)).toEqual({ version: '0.11.0' });
    now = anchor;
    expect(await jsonOf(`/engines/${pod}/version`)).toEqual({ version: '0.12.1' });
    expect(await jsonOf(`/engines/${pod}/v1/models`)).toMatchObject({
      data: [{ id: 'deepseek-r1', root: 'deepseek-ai/DeepSeek-R1-0528', max_model_len: 163840 }],
    });
  });

  test('that restarts drops the connection, then answers 503, then serves; one that is gone is not found', async () => {
    const path = `${fleet.url}/engines/${podOf('gpt-oss-120b', 1)}/metrics`;
    now = plusSeconds(anchor, -9 * 3600 + 5);
    await expect(fetch(path)).rejects.toThrow('fetch failed');
    now = plusSeconds(anchor, -9 * 3600 + 60);
    expect((await fetch(path)).status).toBe(503);
    now = anchor;
    expect((await fetch(path)).status).toBe(200);
    const gone = fleet.world.engines.find((engine) => engine.story.goneStep !== undefined)!;
    expect((await fetch(`${fleet.url}/engines/${gone.pod}/metrics`)).status).toBe(404);
  });
});

describe('the Prometheus API', () => {
  test('gives the samples that scrapes at the same instants gave, with the labels of honor_labels', async () => {
    now = anchor;
    const groups = (await jsonOf('/sd')) as readonly Group[];
    const some = groups.filter((group) =>
      /^(dal-h100-02|ash-nvl72-01-t04|kimi-k2.*-0|deepseek.*-2):/.test(group.labels['instance']!),
    );
    expect(some).toHaveLength(4);
    for (const { labels, targets } of some) {
      const answered = await matrix(`{instance="${labels['instance']}",__name__!="up"}[2m]`, anchor);
      const values = new Map(
        answered.flatMap(({ metric, values }) => {
          const { __name__ = '', ...rest } = metric;
          return values.map(([at, value]) => [`${at} ${identityOf(__name__, rest)}`, Number(value)]);
        }),
      );
      const scraped = new Map<string, number>();
      for (const seconds of [-90, -60, -30, 0]) {
        now = plusSeconds(anchor, seconds);
        const text = await (await fetch(`http://${targets[0]}${labels['__metrics_path__']}`)).text();
        const { __metrics_path__: _, ...own } = labels;
        for (const line of sampleLines(text)) {
          scraped.set(`${now / 1000} ${identityOf(line.name, { ...own, ...line.labels })}`, line.value);
        }
      }
      now = anchor;
      expect(values).toEqual(scraped);
    }
  });

  test('selects by every kind of matcher, by GET and by form post', async () => {
    now = anchor;
    const query = '{__name__=~"DCGM_FI_DEV_(POWER|FB).*",site="ashburn",pool!="spare",node!~".*t0[2-9]|.*t1.",gpu="0"}';
    const { body } = await queried(query, anchor);
    const names = body.data.result.map(
      (series: { metric: Labels }) => `${series.metric['node']} ${series.metric['__name__']}`,
    );
    const chosen = ['POWER_USAGE', 'FB_FREE', 'FB_USED', 'FB_RESERVED', 'POWER_MGMT_LIMIT'];
    expect(names).toEqual(chosen.map((field) => `ash-nvl72-01-t01 DCGM_FI_DEV_${field}`));
    const posted = await fetch(`${fleet.url}/prometheus/api/v1/query`, {
      method: 'POST',
      body: new URLSearchParams({ query, time: String(anchor / 1000) }),
    });
    expect(await posted.json()).toEqual(body);
  });

  test('shows a restart as `up` 0 with no samples, and a lost GPU as an end of its series', async () => {
    now = anchor;
    const pod = podOf('gpt-oss-120b', 1);
    const after = plusSeconds(anchor, -9 * 3600 + 270);
    const [up] = await matrix(`up{pod="${pod}"}[5m]`, after);
    expect(up!.values.map(([, value]) => value).join('')).toBe('0000000011'); // four minutes down
    const [tokens] = await matrix(`vllm:generation_tokens_total{pod="${pod}"}[5m]`, after);
    expect(tokens!.values).toHaveLength(2);
    const lost = plusSeconds(anchor, -7 * 3600);
    const power = await matrix('DCGM_FI_DEV_POWER_USAGE{node="dal-h100-02",gpu="5"}[10m]', plusSeconds(lost, 300));
    expect(Math.max(...power.flatMap(({ values }) => values.map(([at]) => at * 1000)))).toBe(lost + 30_000);
  });

  test('knows nothing before its history nor after now, and excludes the left end of a range', async () => {
    now = plusSeconds(anchor, 45);
    const [up] = await matrix('up{node="dal-b200-01",job="dcgm-exporter"}[1m]', plusSeconds(anchor, 60));
    expect(up!.values.map(([at]) => at * 1000 - anchor)).toEqual([30_000]);
    const start = plusSeconds(anchor, -72 * 3600);
    const [first] = await matrix('up{node="dal-b200-01",job="dcgm-exporter"}[1h]', plusSeconds(start, 60));
    expect(first!.values[0]![0] * 1000).toBe(start);
    now = anchor;
  });

  test('tells what stood at the marks of a range, and when it was scraped', async () => {
    now = plusSeconds(anchor, 45);
    const marks = async (query: string, seconds: number) => {
      const start = anchor / 1000 - 600 + seconds;
      const form = new URLSearchParams({ query, start: String(start), end: String(start + 1200), step: '300' });
      const answer = await fetch(`${fleet.url}/prometheus/api/v1/query_range`, { method: 'POST', body: form });
      const { data } = (await answer.json()) as { data: { result: { metric: object; values: [number, string][] }[] } };
      return data.result;
    };
    const selector = 'up{node="dal-b200-01",job="dcgm-exporter"}';
    const [up] = await marks(selector, 10);
    // The future is not told.
    expect(up!.values.map(([at]) => at - anchor / 1000)).toEqual([-590, -290, 10]);
    const [timed] = await marks(`timestamp(${selector})`, 10);
    expect(timed!.metric).not.toHaveProperty('__name__');
    expect(timed!.values.map(([, at]) => Number(at) - anchor / 1000)).toEqual([-600, -300, 0]);
    expect((await fetch(`${fleet.url}/prometheus/api/v1/query_range?query=up`)).status).toBe(400);
    now = anchor;
  });

  test.each([
    ['sum(up)', 400],
    ['up[1x]', 400],
    ['up{job=~"("}', 400],
    ['{job=~".*"}', 400],
    ['', 400],
  ])('refuses %j as Prometheus words it', async (query, status) => {
    const answer = await queried(query, anchor);
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject({
      status: 'error',
      errorType: 'bad_data',
      error: expect.stringContaining('parse error'),
    });
  });

  test('lists its targets and names, and says that it is one', async () => {
    const targets = (await jsonOf('/prometheus/api/v1/targets')) as {
      data: { activeTargets: readonly { scrapeUrl: string }[] };
    };
    expect(targets.data.activeTargets).toHaveLength(74);
    expect((await fetch(targets.data.activeTargets[0]!.scrapeUrl)).status).toBe(200);
    const names = (await jsonOf('/prometheus/api/v1/label/__name__/values')) as { data: readonly string[] };
    expect(names.data).toEqual(
      expect.arrayContaining(['up', 'DCGM_FI_DEV_POWER_USAGE', 'vllm:generation_tokens_total']),
    );
    expect(await jsonOf('/prometheus/api/v1/status/buildinfo')).toMatchObject({
      status: 'success',
      data: { version: '3.5.0' },
    });
    expect((await fetch(`${fleet.url}/elsewhere`)).status).toBe(404);
  });
});
