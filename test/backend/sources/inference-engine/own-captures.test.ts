import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';

import { systemClock } from '#backend/clock.ts';
import { createHttpClient } from '#backend/sources/http/http-client.ts';
import type { Probe } from '#backend/sources/probe/probe-answer.ts';
import { probe } from '#backend/sources/probe/probe.ts';
import { createScrapeSource } from '#backend/sources/prometheus/scrape-source.ts';
import type { EngineSample } from '#shared/model/sample.ts';
import { plusSeconds, type EpochMs } from '#shared/time/instant.ts';
import { kindsOf, POLL_SECONDS, scrape, startFleet, totalOf } from '../../sampling/readings.ts';
import { readText } from '../read-text.ts';

/** Real engines that were run for this, and what their API answered. How: the README in each folder. */
const captures = join(import.meta.dirname, '../../../fixtures/engines');

type Usage = {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly prompt_tokens_details?: { readonly cached_tokens: number };
};

/** What the API answered for one request; no usage where it was refused. */
type Answer = {
  readonly samples: number;
  readonly usage: Usage | null;
  readonly finishReasons: readonly string[];
};

/** The client left the last one in the middle: the engine had written at least what was heard. */
type Answers = { readonly requests: readonly Answer[]; readonly aborted: { readonly usageWhenLastHeard: Usage } };

function textOf(folder: string, file: string): string {
  return readFileSync(join(captures, folder, file), 'utf8');
}

function engineIn(folder: string, name: string): EngineSample {
  const { engines, problems } = readText(textOf(folder, `metrics-${name}.txt`), { address: 'engine-1:8000' });
  expect(problems).toEqual([]);
  expect(engines).toHaveLength(1);
  return engines[0] as EngineSample;
}

/** How often the engine counts the prompt of a request, and how often the completion tokens that usage tells. */
type Times = (answer: Answer) => { readonly prompt: number; readonly completion: number };

/** Tokens as usage tells them: input with that of the aborted request, output without. */
function toldBy(folder: string, name: string, timesOf: Times) {
  const { requests, aborted } = JSON.parse(textOf(folder, `usage-${name}.json`)) as Answers;
  const sumOf = (read: (usage: Usage, times: ReturnType<Times>) => number): number =>
    requests.reduce((total, answer) => total + (answer.usage === null ? 0 : read(answer.usage, timesOf(answer))), 0);
  const reasons = requests.flatMap((answer) => answer.finishReasons);
  const left = aborted.usageWhenLastHeard;
  return {
    inputTokens: sumOf((usage, { prompt }) => usage.prompt_tokens * prompt) + left.prompt_tokens,
    cachedTokens: sumOf((usage, { prompt }) => cachedIn(usage) * prompt) + cachedIn(left),
    finishedOutputTokens: sumOf((usage, { completion }) => usage.completion_tokens * completion),
    abortedOutputTokensMin: left.completion_tokens,
    requestsStopped: reasons.filter((reason) => reason === 'stop').length,
    requestsLength: reasons.filter((reason) => reason === 'length').length,
  };
}

function cachedIn(usage: Usage): number {
  return usage.prompt_tokens_details?.cached_tokens ?? 0;
}

const stopping: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(stopping.splice(0).map((stop) => stop()));
});

/** The address of a server with these captured pages. */
async function served(folder: string, pages: Readonly<Record<string, string>>): Promise<string> {
  const server = createServer((request, response) => {
    const file = pages[request.url ?? ''];
    response.writeHead(file === undefined ? 404 : 200, {
      'content-type': file?.endsWith('.txt') === true ? 'text/plain; version=0.0.4' : 'application/json',
    });
    response.end(file === undefined ? '' : textOf(folder, file));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stopping.push(() => new Promise((resolve) => server.close(resolve)));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`;
}

/** The engine as one poll of an address finds it. */
async function polled(url: string): Promise<EngineSample | undefined> {
  const http = createHttpClient(systemClock);
  const targets = [{ url, labels: { instance: 'engine-1' } }];
  const source = createScrapeSource({ name: 'test', http, now: () => systemClock.now(), pollSeconds: 10, targets });
  const engines: EngineSample[] = [];
  await source.poll((found) => engines.push(...found.engines), new AbortController().signal);
  http.close();
  return engines[0];
}

/** The engine as a probe of an address tells it. */
async function probed(url: string): Promise<Probe['engine']> {
  return (await probe(url, { clock: systemClock, format: null })).answer.engine;
}

/** vLLM works on the prompt once for each sample; usage tells the output of all. */
const timesOfVllm: Times = ({ samples }) => ({ prompt: samples, completion: 1 });

/** llama.cpp works on the prompt once; usage tells the output of one sample. */
const timesOfLlamaCpp: Times = ({ samples }) => ({ prompt: 1, completion: samples });

describe('vLLM 0.32.0, run for this', () => {
  const folder = 'vllm-0.32.0';

  test('has counted zero before the first request, which is not unknown', () => {
    const { kind, model, version, versionEvidence, counters, sleeping } = engineIn(folder, 'start');
    expect({ kind, model, version, versionEvidence, sleeping }).toEqual({
      kind: 'vllm',
      model: 'tiny-random-llama',
      version: '≥ 0.32',
      versionEvidence: 'metric-names',
      sleeping: 0,
    });
    expect(counters).toMatchObject({ inputTokens: 0, cachedTokens: 0, outputTokens: 0, requestsLength: 0 });
  });

  test.each(['loaded', 'restarted'])('counts the tokens that its API answered: %s', (name) => {
    const told = toldBy(folder, name, timesOfVllm);
    const { counters } = engineIn(folder, name);
    expect(counters).toMatchObject({ inputTokens: told.inputTokens, cachedTokens: told.cachedTokens });
    const abortedOutputTokens = (counters.outputTokens ?? 0) - told.finishedOutputTokens;
    expect(abortedOutputTokens).toBeGreaterThanOrEqual(told.abortedOutputTokensMin);
    expect(abortedOutputTokens).toBeLessThan(20);
  });

  test('counts finished requests by reason, and nowhere one whose client left', () => {
    const { requestsStopped, requestsLength } = toldBy(folder, 'loaded', timesOfVllm);
    const { counters, latencies } = engineIn(folder, 'loaded');
    expect(counters).toMatchObject({ requestsStopped, requestsLength, requestsAborted: 0, requestsFailed: 0 });
    expect([latencies.ttft?.count, latencies.endToEnd?.count]).toEqual([
      requestsStopped + requestsLength + 1,
      requestsStopped + requestsLength,
    ]);
  });

  test('is at work while a request runs', () => {
    const { requestsRunning, requestsWaiting, kvCacheUsage } = engineIn(folder, 'loaded-running');
    expect([requestsRunning, requestsWaiting]).toEqual([1, 0]);
    expect(kvCacheUsage).toBeGreaterThan(0);
  });

  test('tells its version beside its metrics', async () => {
    const url = await served(folder, { '/metrics': 'metrics-loaded.txt', '/version': 'version.json' });
    expect(await polled(url)).toMatchObject({ version: '0.32.0', versionEvidence: 'http' });
    expect(await probed(url)).toEqual({
      name: 'vllm',
      version: '0.32.0',
      versionFrom: 'http',
      models: ['tiny-random-llama'],
    });
  });

  test('M05 M06 a restart after which it counts nearly the same again loses no token and repeats none', () => {
    const fleet = startFleet();
    const readings = ['start', 'loaded', 'restarted'].map((name) => engineIn(folder, name));
    for (const engine of readings) fleet.take(scrapeOf(engine));
    const facts = fleet.all('engineFacts');
    expect([totalOf(facts, 'inputTokens'), totalOf(facts, 'cachedTokens')]).toEqual([756 + 756, 512 + 512]);
    expect(totalOf(facts, 'outputTokens')).toBe(107 + 102);
    expect(totalOf(facts, 'restarts')).toBe(1);
    expect(fleet.batches.flatMap(kindsOf)).toEqual(['engine-restarted']);
  });
});

describe('vLLM 0.32.0 with two API servers, run for this', () => {
  const folder = 'vllm-0.32.0-two-api-servers';

  test('tells no start time, and before the first request no gauge: that is not zero', () => {
    const { startedAt, requestsRunning, requestsWaiting, kvCacheUsage, counters } = engineIn(folder, 'start');
    expect([startedAt, requestsRunning, requestsWaiting, kvCacheUsage]).toEqual([null, null, null, null]);
    expect(counters).toMatchObject({ inputTokens: 0, cachedTokens: 0, outputTokens: 0 });
  });

  test('counts the tokens that its API answered, once for both servers', () => {
    const { inputTokens, cachedTokens, finishedOutputTokens } = toldBy(folder, 'loaded', timesOfVllm);
    const { counters, requestsRunning } = engineIn(folder, 'loaded');
    expect(counters).toMatchObject({ inputTokens, cachedTokens, outputTokens: finishedOutputTokens + 9 });
    expect(requestsRunning).toBe(0);
  });
});

describe('llama.cpp b11434, run for this', () => {
  const folder = 'llama.cpp-b11434';

  test('tells its model and build in /props: nothing in its metrics does', async () => {
    const silent = engineIn(folder, 'start');
    expect(silent).toMatchObject({ kind: 'llama.cpp', model: 'unnamed model at engine-1:8000', version: null });
    expect(silent).toMatchObject({ startedAt: null, counters: { inputTokens: 0, cachedTokens: 0, outputTokens: 0 } });
    const url = await served(folder, { '/metrics': 'metrics-loaded.txt', '/props': 'props.json' });
    expect(await polled(url)).toMatchObject({
      model: 'tiny-random-llama',
      version: 'b11434-unknown',
      versionEvidence: 'http',
      sleeping: 0,
    });
    expect(await probed(url)).toEqual({
      name: 'llama.cpp',
      version: 'b11434-unknown',
      versionFrom: 'http',
      models: ['tiny-random-llama'],
    });
  });

  test.each([
    ['loaded', 400],
    ['restarted', 26],
  ])('counts the tokens that its API answered: %s', (name, abortedOutputTokens) => {
    const told = toldBy(folder, name, timesOfLlamaCpp);
    const { counters } = engineIn(folder, name);
    expect(counters).toMatchObject({ inputTokens: told.inputTokens, cachedTokens: told.cachedTokens });
    expect(counters.outputTokens).toBe(told.finishedOutputTokens + abortedOutputTokens);
    expect(abortedOutputTokens).toBeGreaterThanOrEqual(told.abortedOutputTokensMin);
  });

  test('counts output at the end of a request: one that runs is at work, but has written nothing yet', () => {
    const { requestsRunning, counters } = engineIn(folder, 'loaded-running');
    expect(requestsRunning).toBe(1);
    expect(counters.outputTokens).toBe(toldBy(folder, 'loaded', timesOfLlamaCpp).finishedOutputTokens);
  });

  test('writes six digits: beyond a million its counters are rounded, here by 5 tokens', () => {
    const usage = { promptTokens: 1_003_095 + 437, completionTokens: 1114 };
    const { counters } = engineIn(folder, 'million');
    expect(counters).toMatchObject({ inputTokens: usage.promptTokens + 5, outputTokens: usage.completionTokens });
  });

  test('M05 a restart, proven by the fall of one counter, loses no token of any and repeats none', () => {
    const fleet = startFleet();
    const readings = ['start', 'loaded', 'restarted'].map((name) => engineIn(folder, name));
    readings.forEach((engine, poll) => fleet.take(scrape(poll * POLL_SECONDS, { engines: [engine] })));
    const facts = fleet.all('engineFacts');
    expect([totalOf(facts, 'inputTokens'), totalOf(facts, 'cachedTokens')]).toEqual([608 + 608, 437 + 437]);
    expect([totalOf(facts, 'outputTokens'), totalOf(facts, 'restarts')]).toEqual([493 + 119, 1]);
  });
});

/** A scrape of an engine ten minutes into its life, or eleven once it has worked. */
function scrapeOf(engine: EngineSample) {
  const at: EpochMs = plusSeconds(engine.startedAt as EpochMs, engine.counters.outputTokens === 0 ? 600 : 660);
  return scrape(0, { engines: [engine] }, { at, monotonicMs: at });
}
