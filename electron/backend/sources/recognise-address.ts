import { hostname } from 'node:os';
import type { Clock } from '#backend/clock.ts';
import { fail, succeed, type Result } from '#shared/lib/result.ts';
import { epochMs } from '#shared/time/instant.ts';
import { looksLikeMetrics } from './http/content-check.ts';
import { createHttpClient, type HttpClient } from './http/http-client.ts';
import { createLocalGpuReader } from './local-gpus/local-gpus-source.ts';
import { rawSamples } from './prometheus/server-api.ts';

/** What an address turned out to be: the configuration of a source. */
export type RecognisedSource =
  | {
      readonly kind: 'scrape';
      readonly name: string;
      readonly targets: { url: string; labels: Record<string, string> }[];
    }
  | { readonly kind: 'discovery'; readonly name: string; readonly url: string }
  | {
      readonly kind: 'prometheus';
      readonly name: string;
      readonly url: string;
      readonly use: 'live';
      readonly backfillHours: number;
    }
  | { readonly kind: 'local-gpus'; readonly name: string; readonly via: 'auto' };

const BACKFILL_HOURS = 168;

/** What is entered in place of an address to read the GPUs of this machine. */
const LOCAL = 'local';

/** Sleeping GPUs take seconds each to answer for the first time. */
const LOCAL_LIMIT_MS = 60_000;

/** Where metrics usually are when only a host and port are given. */
const METRICS_PATHS = ['', '/metrics', '/v1/metrics'];

/**
 * Finds out what answers at an address: a Prometheus-compatible server, a metrics page, a list of targets. Several
 * addresses, divided by commas or blanks, are metrics pages; the word `local` is the GPUs of this machine. On failure:
 * what was tried and what came back.
 */
export async function recogniseAddress(text: string, clock: Clock): Promise<Result<RecognisedSource, string>> {
  const addresses = text.split(/[\s,]+/).filter((part) => part !== '');
  if (addresses.length === 1 && addresses[0]?.toLowerCase() === LOCAL) return await recogniseLocalGpus();
  const urls = addresses.map(urlOf);
  const bad = urls.findIndex((url) => url === null);
  if (urls.length === 0) return fail('Enter the address of an exporter or of a Prometheus server.');
  if (bad !== -1)
    return fail(`"${(addresses[bad] ?? '').slice(0, 80)}" is not an address: try http://host:port/metrics.`);
  const http = createHttpClient(clock);
  try {
    const known = urls.flatMap((url) => url ?? []);
    const [only] = known;
    return known.length === 1 && only !== undefined
      ? await recogniseOne(only, http, clock)
      : await recogniseMany(known, http);
  } finally {
    http.close();
  }
}

/** Reads the driver once: a machine without GPUs is told so now, not by a source that is down. */
async function recogniseLocalGpus(): Promise<Result<RecognisedSource, string>> {
  const node = hostname();
  const reader = createLocalGpuReader('auto', node);
  try {
    const read = await reader.read(AbortSignal.timeout(LOCAL_LIMIT_MS));
    return read.ok ? succeed({ kind: 'local-gpus', name: `GPUs of ${node}`, via: 'auto' }) : fail(read.failure.message);
  } finally {
    reader.close();
  }
}

function urlOf(address: string): URL | null {
  const withScheme = /^https?:\/\//.test(address) ? address : `http://${address}`;
  return URL.canParse(withScheme) ? new URL(withScheme) : null;
}

async function recogniseOne(url: URL, http: HttpClient, clock: Clock): Promise<Result<RecognisedSource, string>> {
  const base = url.href.replace(/\/+$/, '');
  const ask = { names: ['up'], until: epochMs(clock.now()), seconds: 60 };
  const server = await rawSamples(http, { url: base }, ask, AbortSignal.timeout(10_000));
  if (server.ok) {
    const name = `Prometheus ${url.host}`;
    return succeed({ kind: 'prometheus', name, url: base, use: 'live', backfillHours: BACKFILL_HOURS });
  }
  const page = await recogniseMany([url], http);
  if (page.ok) return page;
  const list = await http.get({ url: url.href }, { accept: 'application/json' });
  if (list.ok && isTargetList(list.value.body)) {
    return succeed({ kind: 'discovery', name: `Targets of ${url.host}`, url: url.href });
  }
  return page;
}

async function recogniseMany(urls: readonly URL[], http: HttpClient): Promise<Result<RecognisedSource, string>> {
  const found = await Promise.all(urls.map((url) => metricsUrlOf(url, http)));
  const failed = found.find((result) => !result.ok);
  if (failed !== undefined && !failed.ok) return failed;
  const targets = found.flatMap((result) => (result.ok ? [{ url: result.value, labels: {} }] : []));
  const first = urls[0]?.host ?? '';
  return succeed({
    kind: 'scrape',
    name: targets.length > 1 ? `${first} and ${targets.length - 1} more` : first,
    targets,
  });
}

async function metricsUrlOf(url: URL, http: HttpClient): Promise<Result<string, string>> {
  const candidates = url.pathname === '/' ? METRICS_PATHS.slice(1).map((path) => url.origin + path) : [url.href];
  let reason = 'nothing answered';
  for (const candidate of candidates) {
    const answer = await http.get({ url: candidate });
    const format = answer.ok ? looksLikeMetrics(answer.value) : answer;
    if (format.ok) return succeed(candidate);
    reason = format.failure.message;
  }
  return fail(`${candidates[0]}: ${reason}`);
}

function isTargetList(body: Uint8Array): boolean {
  try {
    const json: unknown = JSON.parse(Buffer.from(body).toString('utf8'));
    return (
      Array.isArray(json) && json.every((group) => typeof group === 'object' && group !== null && 'targets' in group)
    );
  } catch {
    return false;
  }
}
