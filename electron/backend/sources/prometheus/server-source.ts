import { fail, type Result } from '#shared/lib/result.ts';
import type { LabelMatcher } from '#shared/model/access.ts';
import type { MeterMapping } from '#shared/model/power-boundary.ts';
import type { Scrape } from '#shared/model/sample.ts';
import type { SourceState } from '#shared/model/source-health.ts';
import type { EpochMs } from '#shared/time/instant.ts';
import { secondsOf, type TimeRange } from '#shared/time/time-range.ts';
import { noAccess, type HttpClient, type ReadAccess } from '../http/http-client.ts';
import { createEnginePods, type EnginePods } from '../kubernetes/engine-pods.ts';
import { metricNamesRead } from '../sample-reader.ts';
import type { OnRead, TargetRead } from '../signals/target-read.ts';
import type { History, HistoryFailure, Source } from '../source.ts';
import { createTargetStatus, signalOf, stateOfTargets, type TargetStatus } from '../target-status.ts';
import { createMatrixReader, type MatrixReader } from './matrix-to-scrapes.ts';
import { rawSamples, type MatrixSeries, type ServerFailure } from './server-api.ts';

/** A server scrapes at most this slowly, as a rule: a live question reaches so far back that none is missed. */
const LIVE_SECONDS = 180;

type Options = {
  readonly name: string;
  readonly url: string;
  readonly use: 'live' | 'history';
  readonly http: HttpClient;
  /** With what the server is asked; with nothing when left out. */
  readonly access?: ReadAccess;
  /** What every query is narrowed to: one cluster of many. */
  readonly matchers?: readonly LabelMatcher[];
  readonly now: () => EpochMs;
  readonly pollSeconds: number;
  /** Meters that the operator maps; none when left out. */
  readonly meters?: readonly MeterMapping[];
  readonly onRead?: OnRead;
};

type Readers = { readonly reader: MatrixReader; readonly pods: EnginePods };

/** A Prometheus-compatible server: asked for the raw samples of the metrics Tokenwatt reads, never for rates. */
export function createServerSource(options: Options): Source {
  const names = metricNamesRead(options.meters);
  const server = createTargetStatus(options.name, options.url);
  const targets = new Map<string, TargetStatus>();
  let intervalSeconds = options.pollSeconds;
  const readers = (): Readers => ({
    reader: createMatrixReader(options.meters),
    pods: createEnginePods(options.http, options.matchers ?? []),
  });
  const live = readers();

  async function ask(until: EpochMs, seconds: number, { reader, pods }: Readers, signal: AbortSignal) {
    const asking = await (options.access ?? noAccess)();
    if (!asking.ok) return fail({ kind: 'unreachable', message: asking.failure } as const);
    const { matchers = [] } = options;
    const target = { url: options.url, ...asking.value };
    const answer = await rawSamples(options.http, target, { names, matchers, until, seconds }, signal);
    if (!answer.ok) return answer;
    const read = reader.scrapesOf(answer.value.series);
    const scrapes = await pods.joined(target, read, { until, seconds }, signal);
    return {
      ok: true,
      value: { scrapes, series: answer.value.series, warnings: answer.value.warnings },
    } as const;
  }

  function remember(scrapes: readonly Scrape[]): void {
    for (const scrape of scrapes) {
      const status = targets.get(scrape.target) ?? createTargetStatus(scrape.target, options.url);
      targets.set(scrape.target, status);
      const things = scrape.gpus.length + scrape.engines.length + scrape.meters.length;
      status.heard(scrape.at, things, signalOf(scrape), scrape.problems);
      intervalSeconds = Math.max(options.pollSeconds, scrape.intervalSeconds ?? 0);
    }
  }

  async function readHistory(range: TimeRange, signal: AbortSignal): Promise<Result<History, HistoryFailure>> {
    // One second more than asked: the left edge of a range selector is open.
    const answer = await ask(range.to, secondsOf(range) + 1, readers(), signal);
    return answer.ok ? answer : fail({ kind: historyKind(answer.failure), message: answer.failure.message });
  }

  return {
    name: options.name,
    history: readHistory,
    poll: async (deliver, signal) => {
      if (options.use === 'history') return;
      const answer = await ask(options.now(), LIVE_SECONDS, live, signal);
      if (!answer.ok) {
        server.failed(options.now(), answer.failure.message);
        return;
      }
      server.heard(options.now(), answer.value.series.length, 'unknown', []);
      server.note(liveNote(answer.value.series.length, answer.value.warnings));
      remember(answer.value.scrapes);
      for (const scrape of answer.value.scrapes) deliver(scrape);
      options.onRead?.(readOf(answer.value.scrapes, answer.value.series));
    },
    health: (now) => {
      const own = server.health(now, options.pollSeconds);
      // A server's newest sample is as old as its scrape interval plus our own pace: that is fresh.
      const list = [...targets.values()].map((target) => target.health(now, intervalSeconds + options.pollSeconds));
      return {
        name: options.name,
        kind: 'prometheus',
        address: options.url,
        state: worse(own.state, stateOfTargets(list)),
        reason: own.reason,
        since: own.since,
        notes: [],
        backfill: null,
        targets: list,
      };
    },
    close: () => {},
  };
}

/** What an answer told of each target, by its newest scrape. */
function readOf(scrapes: readonly Scrape[], series: readonly MatrixSeries[]): TargetRead {
  const newest = [...new Map(scrapes.map((scrape) => [scrape.target, scrape])).values()];
  return {
    by: 'metrics',
    gpus: newest.flatMap(({ gpus }) => gpus),
    engines: newest.flatMap(({ engines }) => engines),
    meters: newest.flatMap(({ meters }) => meters),
    names: new Set(series.map(({ metric }) => metric['__name__'] ?? '')),
    staleNames: new Set(),
  };
}

function historyKind(failure: ServerFailure): HistoryFailure['kind'] {
  switch (failure.kind) {
    case 'too-much':
      return 'too-much';
    case 'busy':
    case 'unreachable':
      return 'busy';
    case 'refused-query':
    case 'not-prometheus':
      return 'refused';
  }
}

function liveNote(series: number, warnings: readonly string[]): string | null {
  if (warnings.length > 0) return `Partial answer: ${warnings[0]?.slice(0, 200)}`;
  return series > 0 ? null : 'It answers, but knows none of the GPU, engine and power metrics that Tokenwatt reads.';
}

function worse(one: SourceState, other: SourceState): SourceState {
  return one === 'fresh' || one === 'waiting' ? other : one;
}
