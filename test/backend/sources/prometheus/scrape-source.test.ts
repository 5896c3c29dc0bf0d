import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { settingsText } from '#shared/model/engine-settings.ts';
import { systemClock } from '#backend/clock.ts';
import { createHttpClient, type HttpClient } from '#backend/sources/http/http-client.ts';
import { createDiscoverySource, createScrapeSource } from '#backend/sources/prometheus/scrape-source.ts';
import type { Source } from '#backend/sources/source.ts';
import type { Scrape } from '#shared/model/sample.ts';
import { epochMs } from '#shared/time/instant.ts';
import { startFaultServer, type FaultServer } from '../../../fakes/fault-server.ts';
import { startFleet, totalOf } from '../../sampling/readings.ts';

let server: FaultServer;
let http: HttpClient;
beforeAll(async () => {
  server = await startFaultServer();
  // Making the bomb blocks this process, and with it the fake server, for longer than a scrape may take.
  await (await fetch(server.url('N08/bomb'))).body?.cancel();
});
afterAll(() => server.close());
beforeEach(() => {
  http = createHttpClient(systemClock);
  return () => http.close();
});

/** A short interval: what hangs is cut at a share of it, and the cases that hang then take seconds. */
const common = () => ({ name: 'test', http, now: () => systemClock.now(), pollSeconds: 4 });
const target = (caseName: string, labels: Record<string, string> = {}) => ({ url: server.url(caseName), labels });

async function poll(source: Source): Promise<Scrape[]> {
  const scrapes: Scrape[] = [];
  await source.poll((scrape) => scrapes.push(scrape), new AbortController().signal);
  return scrapes;
}
const healthOf = (source: Source) => source.health(systemClock.now()).targets;

/** An exporter and an engine after so many polls: energy in mJ, tokens. */
const page = (polls: number, { power = '500', tokens = String(1000 + polls * 10) } = {}) =>
  [
    `DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION{gpu="0",UUID="GPU-a",Hostname="n1"} ${1_000_000_000 + polls * 300_000}`,
    `DCGM_FI_DEV_POWER_USAGE{gpu="0",UUID="GPU-a",Hostname="n1"} ${power}`,
    `process_start_time_seconds 1795000000`,
    `vllm:prompt_tokens_total{model_name="llama"} ${5000 + polls * 100}`,
    `vllm:generation_tokens_total{model_name="llama"} ${tokens}`,
    '',
  ].join('\n');

describe('an exporter of power', () => {
  test('that reads other machines names the one in its query, and counts as known', async () => {
    server.setBody('ipmi', 'ipmi_dcmi_power_consumption_watts 7420\n');
    const targets = [{ url: `${server.url('ipmi')}?module=default&target=10.0.0.7`, labels: {} }];
    const source = createScrapeSource({ ...common(), targets });
    const [scrape] = await poll(source);
    expect(scrape!.meters).toMatchObject([{ node: '10.0.0.7', boundary: 'node', watts: 7420 }]);
    expect(healthOf(source)[0]).toMatchObject({ name: '10.0.0.7', signal: 'power', state: 'fresh', reason: null });
  });

  test('that the operator maps is read by the mapping', async () => {
    server.setBody('pdu', 'pdu_kw{rack_name="r1"} 61.5\n');
    const mapped = { metric: 'pdu_kw', labels: {}, placeLabel: 'rack_name', quantity: 'power', scale: 1000 } as const;
    const meters = [{ ...mapped, boundary: 'rack', place: 'rack' }] as const;
    const source = createScrapeSource({ ...common(), meters, targets: [target('pdu')] });
    const [scrape] = await poll(source);
    expect(scrape!.meters).toMatchObject([{ rack: 'r1', node: null, boundary: 'rack', watts: 61_500 }]);
  });
});

describe('an engine at a loopback address', () => {
  const asked: number[] = [];
  const processes = {
    at: async (port: number) => {
      asked.push(port);
      return { pids: [41, 42], settings: settingsText({ dtype: 'fp8' }) };
    },
  };
  const engineWith = async (labels: Record<string, string>, local: boolean) => {
    server.setBody('engine', page(0));
    const source = createScrapeSource({
      ...common(),
      targets: [target('engine', labels)],
      ...(local && { local: { node: 'this-machine', processes } }),
    });
    return (await poll(source))[0]?.engines[0];
  };

  test('is on this machine where its GPUs are read too, with its processes', async () => {
    expect(await engineWith({}, true)).toMatchObject({
      node: 'this-machine',
      pids: [41, 42],
      settings: settingsText({ dtype: 'fp8' }),
    });
    expect(asked.at(-1)).toBe(Number(new URL(server.url('engine')).port));
    expect(await engineWith({}, false)).toMatchObject({ node: null, pids: [] });
  });

  test('is where its target is labelled to be', async () => {
    expect(await engineWith({ node: 'behind-a-tunnel' }, true)).toMatchObject({ node: 'behind-a-tunnel' });
  });
});

describe('a bad target', () => {
  test.each([
    ['N01 that refuses connections', 'N01', /refused/i],
    ['M01 that sends garbage', 'garbage', /line 1/],
    ['N10 that is a login page', 'N10/html', /HTML|login/i],
    ['N10 that is a login page under a wrong type', 'N10/mislabelled', /HTML|login/i],
    ['N10 that sends JSON', 'N10/json', /JSON|content type|metrics/i],
    ['N08 that sends a bomb', 'N08/bomb', /compress|bomb|decompress/i],
    ['N09 that is cut in gzip', 'N09/truncated', /./],
    ['N06 that closes early', 'N06/17', /closed|incomplete|ended/i],
    ['N03 that never answers', 'N03', /answer|byte|time/i],
    ['N04 that hangs in the body', 'N04', /body|time|bytes/i],
    ['N12 that wants credentials', 'N12/401', /401|credential|key/i],
    ['N13 that is overloaded', 'N13/503', /503|overload|busy/i],
    ['N11 that sends us elsewhere', 'N11/302-elsewhere', /redirect/i],
    ['that is not HTTP', 'not-http', /./],
  ])('%s says why, gives no scrape, and leaves its neighbour alone (I11)', async (_, caseName, reason) => {
    const source = createScrapeSource({ ...common(), targets: [target(caseName), target('good')] });
    const scrapes = await poll(source);
    expect(scrapes.map((scrape) => scrape.target)).toEqual([server.url('good')]);
    const [bad, good] = healthOf(source);
    expect(bad).toMatchObject({ state: 'down', reason: expect.stringMatching(reason), lastHeard: null });
    expect(good).toMatchObject({ state: 'fresh', reason: null });
    expect(source.health(systemClock.now()).reason).toMatch(/^1 of 2 targets: /);
  });

  test('M19 that is empty is up, and says that it has nothing', async () => {
    const source = createScrapeSource({ ...common(), targets: [target('empty')] });
    expect(await poll(source)).toMatchObject([{ gpus: [], engines: [] }]);
    expect(healthOf(source)[0]).toMatchObject({ state: 'fresh', reason: expect.stringMatching(/no metrics at all/) });
  });

  test.each([
    ['M02 NaN', 'nan', /POWER_USAGE of GPU-.* is NaN/],
    ['M02 a negative counter', 'negative-counter', /outputTokens .*-12345/],
  ])('%s is held out and told', async (_, caseName, reason) => {
    const source = createScrapeSource({ ...common(), targets: [target(caseName)] });
    await poll(source);
    expect(healthOf(source)[0]).toMatchObject({
      state: 'fresh',
      heldOut: 1,
      heldOutReason: expect.stringMatching(reason),
    });
  });

  test('M14 a series at several times counts once, by its newest value', async () => {
    const now = systemClock.now();
    const line = (value: number, age: number) => `vllm:generation_tokens_total{model_name="m"} ${value} ${now - age}\n`;
    server.setBody('several-times', line(10, 20_000) + line(30, 0) + line(20, 10_000));
    const [scrape] = await poll(createScrapeSource({ ...common(), targets: [target('several-times')] }));
    expect(scrape?.engines.map(({ counters }) => counters.outputTokens)).toEqual([30]);
  });

  test('M14 values stamped long ago or in the future are held out, near ones count', async () => {
    const stamped = (ageMs: number) => page(0).replace(/^(vllm:generation.*)$/m, `$1 ${Date.now() - ageMs}`);
    const outputTokens = async (name: string, ageMs: number) => {
      server.setBody(name, stamped(ageMs));
      const source = createScrapeSource({ ...common(), targets: [target(name)] });
      const [scrape] = await poll(source);
      return [scrape!.engines[0]!.counters.outputTokens, healthOf(source)[0]!.heldOutReason];
    };
    expect(await outputTokens('stamp-near', 20_000)).toEqual([1000, null]);
    expect(await outputTokens('stamp-old', 600_000)).toEqual([null, expect.stringMatching(/stamped \d+ s before/)]);
    expect(await outputTokens('stamp-ahead', -600_000)).toEqual([null, expect.stringMatching(/stamped \d+ s after/)]);
  });
});

describe('I11 totals', () => {
  /** Facts of six polls of a good target beside another one that behaves as told at each poll. */
  async function factsBeside(neighbour: (poll: number) => string | null) {
    const source = createScrapeSource({
      ...common(),
      targets: [
        target('steady', { instance: 'steady' }),
        ...(neighbour(0) === null ? [] : [target('neighbour', { instance: 'neighbour' })]),
      ],
    });
    const fleet = startFleet();
    for (let at = 0; at < 6; at += 1) {
      server.setBody('steady', page(at));
      const text = neighbour(at);
      if (text !== null) server.setBody('neighbour', text.replaceAll('GPU-a', 'GPU-b').replaceAll('llama', 'qwen'));
      // The moments of a poll are made exact, so that two runs can be compared.
      const scrapes = (await poll(source)).map((scrape) => ({
        ...scrape,
        at: epochMs(1_795_500_000_000 + at * 10_000),
        monotonicMs: at * 10_000,
      }));
      fleet.take(...scrapes.toSorted((one, other) => (one.target < other.target ? -1 : 1)));
    }
    const of = (model: string) => fleet.all('engineFacts').filter((fact) => fact.engineSpan.includes(model));
    const ofGpu = (gpu: string) => fleet.all('gpuFacts').filter((fact) => fact.seat.startsWith(gpu));
    return {
      steady: [of('llama'), ofGpu('GPU-a')],
      tokens: totalOf(of('qwen'), 'outputTokens'),
      joules: totalOf(ofGpu('GPU-b'), 'energyJoules'),
    };
  }

  test.each([
    ['a good one', (at: number) => page(at)],
    ['NaN power', (at: number) => page(at, at === 2 ? { power: 'NaN' } : {})],
    ['a negative counter', (at: number) => page(at, at === 2 ? { tokens: '-5' } : {})],
    ['a counter of NaN', (at: number) => page(at, at === 2 ? { tokens: 'NaN' } : {})],
    ['a jump', (at: number) => page(at, at === 2 ? { tokens: '1e15' } : {})],
    ['one body of garbage', (at: number) => (at === 2 ? 'no { metrics' : page(at))],
    ['one login page', (at: number) => (at === 2 ? '<!DOCTYPE html><html></html>' : page(at))],
    ['one cut body', (at: number) => (at === 2 ? page(at).slice(0, -3) : page(at))],
  ])('beside a target with %s: the other one is untouched, its own totals are whole', async (_, neighbour) => {
    const alone = await factsBeside(() => null);
    const beside = await factsBeside(neighbour);
    expect(beside.steady).toEqual(alone.steady);
    expect([beside.tokens, beside.joules]).toEqual([50, 1500]);
  });
});

describe('a discovered fleet', () => {
  test('leaves out entries that are no address, says so, and scrapes the others', async () => {
    const host = new URL(server.url('good')).host;
    const groups = [
      { targets: [host], labels: { __metrics_path__: '/good', node: 'n1' } },
      { targets: ['no host', 'a b:80'], labels: {} },
    ];
    server.setBody('sd', JSON.stringify(groups), 'application/json');
    const source = createDiscoverySource({ ...common(), url: server.url('sd') });
    const scrapes = await poll(source);
    expect(scrapes.map((scrape) => scrape.gpus[0]?.node)).toEqual(['n1']);
    expect(source.health(systemClock.now())).toMatchObject({ reason: expect.stringMatching(/^2 of 3 listed targets/) });
  });

  test.each([
    ['N01 refuses', 'N01', /refused/i],
    ['answers with a login page', 'N10/html', /not JSON/],
    ['answers with another document', 'N10/json', /not a Prometheus service-discovery document/],
  ])('whose list %s is down, with the reason', async (_, caseName, reason) => {
    const source = createDiscoverySource({ ...common(), url: server.url(caseName) });
    expect(await poll(source)).toEqual([]);
    expect(source.health(systemClock.now())).toMatchObject({ state: 'down', reason: expect.stringMatching(reason) });
  });

  test('keeps its targets when the list goes silent, and forgets those that are no longer listed', async () => {
    let now = systemClock.now();
    const host = new URL(server.url('good')).host;
    const list = (...paths: string[]) =>
      server.setBody(
        'list',
        JSON.stringify(paths.map((path) => ({ targets: [host], labels: { __metrics_path__: path } }))),
        'application/json',
      );
    const source = createDiscoverySource({ ...common(), now: () => now, url: server.url('list') });
    const later = async () => {
      now = epochMs(now + 61_000);
      await poll(source);
      return (await poll(source)).length;
    };
    list('/good', '/nan');
    expect((await poll(source)).length).toBe(2);
    server.setBody('list', 'silence', 'application/json');
    expect(await later()).toBe(2);
    list('/good');
    expect(await later()).toBe(1);
  });
});

describe('the version beside the metrics', () => {
  /** A server that tells a version, and counts how often it was asked. */
  async function startEngine(start: () => string) {
    const state = { version: '0.11.0', asked: 0, isUp: true };
    const engine = createServer((request, response) => {
      if (!state.isUp) {
        response.destroy();
      } else if (request.url === '/version') {
        state.asked += 1;
        response.setHeader('content-type', 'application/json').end(JSON.stringify({ version: state.version }));
      } else {
        response
          .setHeader('content-type', 'text/plain; version=0.0.4')
          .end(`${start()}vllm:prompt_tokens_total{model_name="m"} 1\n`);
      }
    });
    await new Promise<void>((resolve) => engine.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(engine.address() as AddressInfo).port}/metrics`;
    const source = createScrapeSource({ ...common(), targets: [{ url, labels: {} }] });
    const versionNow = async () => (await poll(source))[0]?.engines[0]?.version ?? null;
    return { state, versionNow, close: () => new Promise((resolve) => engine.close(resolve)) };
  }

  test('is asked once per process', async () => {
    let start = 1_795_000_000;
    const { state, versionNow, close } = await startEngine(() => `process_start_time_seconds ${start}\n`);
    expect([await versionNow(), await versionNow(), state.asked]).toEqual(['0.11.0', '0.11.0', 1]);
    state.version = '0.12.0';
    expect(await versionNow()).toBe('0.11.0');
    start += 60;
    expect([await versionNow(), state.asked]).toEqual(['0.12.0', 2]);
    http.close();
    await close();
  });

  test('is asked again after a silence where no start time tells of a restart', async () => {
    const { state, versionNow, close } = await startEngine(() => '');
    expect(await versionNow()).toBe('0.11.0');
    state.version = '0.12.0';
    state.isUp = false;
    expect(await versionNow()).toBeNull();
    state.isUp = true;
    expect(await versionNow()).toBe('0.12.0');
    http.close();
    await close();
  });
});
