import { hostname } from 'node:os';
import type { Clock } from '#backend/clock.ts';
import { fail, succeed, type Result } from '#shared/lib/result.ts';
import { epochMs } from '#shared/time/instant.ts';
import { looksLikeMetrics } from './http/content-check.ts';
import { createHttpClient, noAccess, type HttpClient, type ReadAccess } from './http/http-client.ts';
import { createLocalGpuReader } from './local-gpus/local-gpus-source.ts';
import { rawSamples } from './prometheus-server/server-api.ts';

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
const METRICS_PATHS = ['/metrics', '/v1/metrics', '/prometheus/metrics'];

/** Pages of a server's own screens, which people copy from their browser's address field. */
const SERVER_PAGES = /\/(graph|query|targets|alerts|rules|status|config|classic\/.*|vmui.*|api\/v1(\/.*)?)$/;

/** With what, and by what, addresses are asked. */
type Asking = { readonly http: HttpClient; readonly access: ReadAccess; readonly clock: Clock };

/**
 * Finds out what answers at an address: a Prometheus-compatible server, a metrics page, a list of targets. Several
 * addresses, divided by commas, blanks or lines, are metrics pages; the word `local` is the GPUs of this machine. On
 * failure: what was tried and what came back.
 */
export async function recogniseAddress(
  text: string,
  { clock, access = noAccess }: { readonly clock: Clock; readonly access?: ReadAccess },
): Promise<Result<RecognisedSource, string>> {
  const addresses = text.split(/[\s,]+/).filter((part) => part !== '');
  if (addresses.length === 1 && addresses[0]?.toLowerCase() === LOCAL) return await recogniseLocalGpus();
  const urls = [...new Set(addresses)].map((address) => ({ address, url: urlOf(address) }));
  const bad = urls.find(({ url }) => url === null);
  if (urls.length === 0) return fail('Enter the address of an exporter or of a Prometheus server.');
  if (bad !== undefined) return fail(notAnAddress(bad.address));
  const http = createHttpClient(clock);
  try {
    const known = urls.flatMap(({ url }) => url ?? []);
    const [only] = known;
    return known.length === 1 && only !== undefined
      ? await recogniseOne(only, { http, access, clock })
      : await recogniseMany(known, { http, access, clock });
  } finally {
    http.close();
  }
}

function notAnAddress(text: string): string {
  const isPath = /^(\.{0,2}[/\\]|~|[a-z]:[/\\])/i.test(text) || /\.(xml|prom|om|json)$/i.test(text);
  const shown = `"${text.slice(0, 80)}" is not an address`;
  if (isPath)
    return `${shown}: a saved file is chosen in the window, or named in config.json as a source of kind file.`;
  return `${shown}: try http://host:port/metrics.`;
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
  const hasScheme = /^https?:\/\//i.test(address);
  // Without a scheme, only what begins like a host is one: a path or a file is not.
  if (!hasScheme && !/^(\[[0-9a-f:.]+\]|[\p{L}\p{N}][\p{L}\p{N}._-]*)(:\d+)?(\/|\?|$)/iu.test(address)) return null;
  const withScheme = hasScheme ? address : `http://${address}`;
  return URL.canParse(withScheme) ? new URL(withScheme) : null;
}

async function recogniseOne(url: URL, asking: Asking): Promise<Result<RecognisedSource, string>> {
  const access = await asking.access();
  if (!access.ok) return access;
  const base = serverBaseOf(url);
  const ask = { names: ['up'], until: epochMs(asking.clock.now()), seconds: 60 };
  const server = await rawSamples(asking.http, { ...access.value, url: base }, ask, AbortSignal.timeout(10_000));
  if (server.ok) {
    const name = `Prometheus ${url.host}`;
    return succeed({ kind: 'prometheus', name, url: base, use: 'live', backfillHours: BACKFILL_HOURS });
  }
  const page = await metricsUrlOf(url, asking);
  if (page.ok) return succeed(scrapeOf([page.value], url.host));
  const list = await asking.http.get({ ...access.value, url: url.href }, { accept: 'application/json' });
  if (list.ok && isTargetList(list.value.body)) {
    return succeed({ kind: 'discovery', name: `Targets of ${url.host}`, url: url.href });
  }
  return page;
}

/** The address beneath which a server has its API, without the page of its screens. */
function serverBaseOf(url: URL): string {
  const path = url.pathname.replace(/\/+$/, '').replace(SERVER_PAGES, '');
  return url.origin + path;
}

/** One that answers is enough: the others are kept as they were entered, and their trouble shows beside them. */
async function recogniseMany(urls: readonly URL[], asking: Asking): Promise<Result<RecognisedSource, string>> {
  const found = await Promise.all(urls.map((url) => metricsUrlOf(url, asking)));
  const [first] = found;
  if (first !== undefined && !first.ok && found.every((result) => !result.ok)) return first;
  const targets = found.map((result, index) => (result.ok ? result.value : likelyUrl(urls[index] ?? result.failure)));
  return succeed(scrapeOf(targets, urls[0]?.host ?? ''));
}

function scrapeOf(urls: readonly string[], host: string): RecognisedSource {
  const targets = urls.map((url) => ({ url, labels: {} }));
  return { kind: 'scrape', name: targets.length > 1 ? `${host} and ${targets.length - 1} more` : host, targets };
}

function likelyUrl(url: URL | string): string {
  if (typeof url === 'string') return url;
  return url.pathname === '/' ? `${url.origin}${METRICS_PATHS[0] ?? ''}` : url.href;
}

async function metricsUrlOf(url: URL, { http, access }: Asking): Promise<Result<string, string>> {
  const asking = await access();
  if (!asking.ok) return asking;
  const candidates = url.pathname === '/' ? METRICS_PATHS.map((path) => url.origin + path) : [url.href];
  const reasons: string[] = [];
  for (const candidate of candidates) {
    const answer = await http.get({ ...asking.value, url: candidate });
    const format = answer.ok ? looksLikeMetrics(answer.value) : answer;
    if (format.ok) return succeed(candidate);
    reasons.push(format.failure.message);
  }
  return fail(`${candidates[0]}: ${reasons[0] ?? 'nothing answered'}`);
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
