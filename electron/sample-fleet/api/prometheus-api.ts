import { once } from 'node:events';
import type { ServerResponse } from 'node:http';

import type { EpochMs } from '#shared/time/instant.ts';

import type { ScrapeTarget, TargetStanding } from '../exporters/scrape-targets.ts';
import { gridMs, selectHistory, type History, type HistorySeries } from './history.ts';
import { seriesAtMarks } from './marks.ts';
import { parseSelector, type Selector } from './selector.ts';

export type ApiRequest = {
  readonly path: string;
  readonly parameters: URLSearchParams;
  readonly now: EpochMs;
  /** Where the exporters are, `http://host:port`. */
  readonly origin: string;
};

/** Answers one call of the API subset, `path` being what follows `/api/v1/`. */
export async function answerApi(history: History, request: ApiRequest, response: ServerResponse): Promise<void> {
  switch (request.path) {
    case 'query':
      await answerQuery(history, request, response);
      return;
    case 'query_range':
      await answerMarks(history, request, response);
      return;
    case 'status/buildinfo':
      sendData(response, {
        version: '3.5.0',
        revision: 'tokenwatt-sample-fleet',
        branch: '',
        buildUser: '',
        buildDate: '',
        goVersion: '',
      });
      return;
    case 'targets':
      sendData(response, { activeTargets: activeTargets(history, request), droppedTargets: [] });
      return;
    case 'label/__name__/values':
      sendData(response, metricNames(history.targets));
      return;
    default:
      sendError(response, 404, 'not_found', `no such endpoint in this subset: ${request.path}`);
  }
}

async function answerQuery(history: History, { parameters, now }: ApiRequest, response: ServerResponse): Promise<void> {
  const query = parameters.get('query') ?? '';
  const selector = parseSelector(query);
  if (!selector.ok) {
    sendError(response, 400, 'bad_data', `invalid parameter "query": ${selector.failure}`);
    return;
  }
  const time = parameters.get('time');
  const instant = time === null ? now : parseTimeMs(time);
  if (!Number.isFinite(instant)) {
    sendError(response, 400, 'bad_data', `invalid parameter "time": cannot parse "${time}" to a valid timestamp`);
    return;
  }
  const upTo = Math.min(instant, now);
  if (selector.value.rangeSeconds === undefined) {
    // The newest scrape only: a series that it did not have is stale, as Prometheus marks it.
    const newest = Math.floor(upTo / gridMs) * gridMs;
    const isFresh = newest > instant - lookBackMs;
    const window = isFresh ? { after: newest - 1, upTo: newest } : { after: newest, upTo: newest };
    await streamSeries(response, selectHistory(history, selector.value, window), vectorText(instant));
    return;
  }
  await streamRange(history, { selector: selector.value, instant, upTo }, response);
}

async function answerMarks(history: History, { parameters, now }: ApiRequest, response: ServerResponse): Promise<void> {
  const given = (name: string): number => parseTimeMs(parameters.get(name) ?? '');
  const range = { start: given('start'), end: given('end'), step: given('step'), now };
  const series = seriesAtMarks(history, parameters.get('query') ?? '', range);
  if (series.ok) await streamSeries(response, series.value, matrixText);
  else sendError(response, 400, 'bad_data', series.failure);
}

const lookBackMs = 300_000;

type RangeQuery = { readonly selector: Selector; readonly instant: number; readonly upTo: number };

async function streamRange(history: History, query: RangeQuery, response: ServerResponse): Promise<void> {
  const after = query.instant - (query.selector.rangeSeconds ?? 0) * 1000;
  const series = selectHistory(history, query.selector, { after, upTo: query.upTo });
  await streamSeries(response, series, matrixText);
}

/** Unix seconds, whole or with a fraction, or RFC 3339; NaN when neither. */
function parseTimeMs(text: string): number {
  if (/^-?\d+(\.\d*)?$/.test(text)) return Math.round(Number(text) * 1000);
  return /^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) : NaN;
}

type SeriesText = { readonly resultType: string; readonly textOf: (series: HistorySeries) => string };

const matrixText: SeriesText = {
  resultType: 'matrix',
  textOf: ({ labels, samples }) => {
    let values = '';
    for (const [at, value] of samples) values += `${values === '' ? '' : ','}[${at / 1000},"${value}"]`;
    return `{"metric":${JSON.stringify(labels)},"values":[${values}]}`;
  },
};

function vectorText(instant: number): SeriesText {
  return {
    resultType: 'vector',
    textOf: ({ labels, samples }) => {
      const value = samples.at(-1)?.[1] ?? NaN;
      return `{"metric":${JSON.stringify(labels)},"value":[${instant / 1000},"${value}"]}`;
    },
  };
}

const chunkCharacters = 64 * 1024;

/** Writes series after series, waiting whenever the reader is slower; stops when the reader has gone. */
async function streamSeries(
  response: ServerResponse,
  series: Iterable<HistorySeries>,
  { resultType, textOf }: SeriesText,
): Promise<void> {
  response.writeHead(200, jsonHead);
  let text = `{"status":"success","data":{"resultType":"${resultType}","result":[`;
  let separator = '';
  for (const each of series) {
    text += separator + textOf(each);
    separator = ',';
    if (text.length < chunkCharacters) continue;
    const isFull = !response.write(text);
    text = '';
    if (isFull) await drained(response);
    if (response.destroyed) return;
  }
  response.end(`${text}]}}`);
}

async function drained(response: ServerResponse): Promise<void> {
  if (response.destroyed) return;
  const done = new AbortController();
  const either = ['drain', 'close'].map((event) => once(response, event, { signal: done.signal }).catch(() => []));
  await Promise.race(either);
  done.abort();
}

function activeTargets(history: History, { now, origin }: ApiRequest): readonly unknown[] {
  return history.targets
    .map((target) => ({ target, standing: target.standingAt(now) }))
    .filter(({ standing }) => standing !== 'absent')
    .map(({ target, standing }) => ({
      discoveredLabels: { ...target.labels, __address__: new URL(origin).host, __metrics_path__: target.path },
      labels: target.labels,
      scrapePool: target.labels['job'],
      scrapeUrl: `${origin}${target.path}`,
      globalUrl: `${origin}${target.path}`,
      lastError: lastErrorOf(standing),
      lastScrape: new Date(Math.floor(now / gridMs) * gridMs).toISOString(),
      lastScrapeDuration: 0.004,
      health: standing === 'up' ? 'up' : 'down',
      scrapeInterval: '30s',
      scrapeTimeout: '10s',
    }));
}

function lastErrorOf(standing: TargetStanding): string {
  if (standing === 'up') return '';
  return standing === 'loading' ? 'server returned HTTP status 503 Service Unavailable' : 'connection refused';
}

function metricNames(targets: readonly ScrapeTarget[]): readonly string[] {
  const names = targets.flatMap((target) => target.series.map((series) => series.name));
  return [...new Set(['up', ...names])].toSorted();
}

const jsonHead = { 'content-type': 'application/json' };

function sendData(response: ServerResponse, data: unknown): void {
  response.writeHead(200, jsonHead).end(JSON.stringify({ status: 'success', data }));
}

export function sendError(response: ServerResponse, status: number, errorType: string, error: string): void {
  response.writeHead(status, jsonHead).end(JSON.stringify({ status: 'error', errorType, error }));
}
