import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { systemClock } from '#backend/clock.ts';
import { backfillFrom } from '#backend/sampling/backfill.ts';
import { COARSE_SECONDS, FINE_HOURS } from '#backend/sampling/past-grain.ts';
import { createEngineSpans } from '#backend/sampling/engine-spans.ts';
import { createMeters } from '#backend/sampling/known-meters.ts';
import { createSampler } from '#backend/sampling/sampler.ts';
import { createSeats } from '#backend/sampling/seats.ts';
import { createHttpClient } from '#backend/sources/http/http-client.ts';
import { createServerSource } from '#backend/sources/prometheus-server/server-source.ts';
import { openDuckdbStore } from '#backend/store/duckdb/duckdb-store.ts';
import type { Store } from '#backend/store/store.ts';
import type { ScrapeTarget } from '#electron/sample-fleet/exporters/scrape-targets.ts';
import type { BackfillProgress } from '#shared/model/source-health.ts';
import { NO_TOPOLOGY } from '#shared/model/topology.ts';
import { epochMs, plusSeconds, type EpochMs } from '#shared/time/instant.ts';
import type { TimeRange } from '#shared/time/time-range.ts';

/** Reads the old part of a server's past, as it is read for a fleet, into a store of its own. */
export async function storeOfPast(url: string, window: TimeRange, path = ':memory:'): Promise<Store> {
  const opened = await openDuckdbStore({ path });
  if (!opened.ok) throw new Error(opened.failure.message);
  const store = opened.value;
  const http = createHttpClient(systemClock);
  const newest = plusSeconds(window.to, FINE_HOURS * 3600);
  const source = createServerSource({
    name: 'past',
    url,
    use: 'history',
    http,
    matchers: [{ label: '__name__', value: [...TOLD].join('|'), isRegex: true }],
    now: () => newest,
    pollSeconds: 10,
  });
  const spans = { seats: createSeats([]), engines: createEngineSpans([]), meters: createMeters([]) };
  const progress: BackfillProgress[] = [];
  await backfillFrom(source, {
    past: url,
    store,
    spans,
    topology: () => NO_TOPOLOGY,
    clock: systemClock,
    // As after a restart at which the newest part was read already.
    toRead: { range: { from: window.from, to: newest }, reached: window.to, oldest: window.to, partialStretches: 0 },
    isNear: true,
    fineHours: FINE_HOURS,
    pollSeconds: 10,
    joining: [],
    live: createSampler(spans),
    onFacts: () => {},
    onProgress: (state) => progress.push(state),
    signal: new AbortController().signal,
  });
  http.close();
  const last = progress.at(-1);
  if (last?.state !== 'done') throw new Error(`the past was not read: ${last?.message}`);
  await store.rollUp(window.to);
  return store;
}

/** Instants of scrapes that are written at once. */
const WRITTEN_AT_ONCE = 288;

/** What updates are judged by, and what tells of targets: all that exporters tell in weeks takes minutes to write and to read. */
const TOLD = new Set([
  'up',
  ...['POWER_USAGE', 'TOTAL_ENERGY_CONSUMPTION', 'GPU_UTIL', 'POWER_MGMT_LIMIT'].map((name) => `DCGM_FI_DEV_${name}`),
  ...['prompt_tokens_total', 'generation_tokens_total', 'prefix_cache_hits_total'].map((name) => `vllm:${name}`),
  ...['request_success_total', 'num_requests_running', 'cache_config_info'].map((name) => `vllm:${name}`),
  'process_start_time_seconds',
  'kube_pod_container_info',
]);

/**
 * Writes what a server that scrapes at marks of five minutes would hold of these targets, as promtool reads it: the series
 * that updates are judged by, and `up`.
 */
export async function writeMarks(path: string, targets: readonly ScrapeTarget[], window: TimeRange): Promise<void> {
  const file = createWriteStream(path);
  const step = COARSE_SECONDS * 1000;
  for (let from: number = window.from; from < window.to; from += WRITTEN_AT_ONCE * step) {
    const count = Math.min(WRITTEN_AT_ONCE, Math.ceil((window.to - from) / step));
    const instants = Array.from({ length: count }, (_, index) => epochMs(from + index * step));
    for (const target of targets) if (!file.write(linesOf(target, instants))) await once(file, 'drain');
  }
  file.end('# EOF\n');
  await once(file, 'close');
}

function linesOf(target: ScrapeTarget, instants: readonly EpochMs[]): string {
  const valueAt = target.readAll(instants);
  const lines = instants.map(
    (at) => `up{${labelText(target, [])}} ${target.standingAt(at) === 'up' ? 1 : 0} ${at / 1000}`,
  );
  for (const [place, { name, labels }] of target.series.entries()) {
    if (!TOLD.has(name)) continue;
    const start = `${name}{${labelText(target, labels)}}`;
    for (const [index, at] of instants.entries()) {
      const value = valueAt(place, index);
      if (value !== undefined) lines.push(`${start} ${value} ${at / 1000}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

/** Labels as a scrape with honor_labels gives them: the series' own win. */
function labelText(target: ScrapeTarget, own: ScrapeTarget['series'][number]['labels']): string {
  const all = { ...target.labels, ...Object.fromEntries(own) };
  return Object.entries(all)
    .map(([name, value]) => `${name}="${value}"`)
    .join(',');
}
