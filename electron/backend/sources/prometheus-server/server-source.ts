import { fail, succeed, type Result } from '#shared/lib/result.ts';
import type { LabelMatcher } from '#shared/model/access.ts';
import type { MeterMapping } from '#shared/model/power-boundary.ts';
import type { Scrape } from '#shared/model/sample.ts';
import type { SourceState } from '#shared/model/source-health.ts';
import { plusSeconds, type EpochMs } from '#shared/time/instant.ts';
import { secondsOf, type TimeRange } from '#shared/time/time-range.ts';
import { noAccess, type HttpClient, type HttpTarget, type ReadAccess } from '../http/http-client.ts';
import { createEnginePods, type EnginePods } from '../kubernetes/engine-pods.ts';
import { metricNamesRead } from '../sample-reader.ts';
import type { OnRead, TargetRead } from '../signals/target-read.ts';
import type { History, HistoryFailure, PastStretch, Source } from '../source.ts';
import { createTargetStatus, stateOfTargets } from '../target-status.ts';
import { createAskInParts } from './ask-in-parts.ts';
import { createLiveReading } from './live-reading.ts';
import { createMatrixReader, type MatrixReader } from './matrix-to-scrapes.ts';
import { createScrapeStreams } from './scrape-streams.ts';
import type { MatrixSeries } from './server-answer.ts';
import { marksOf, queryOf, type SampleQuestion, type ServerAnswer, type ServerFailure } from './server-api.ts';
import { namesOfJobs } from './server-jobs.ts';
import { createServerRemarks } from './server-remarks.ts';
import { createServerTargets } from './server-targets.ts';
import { SCRAPED_AT, withTrueStamps } from './true-stamps.ts';

/**
 * A server that others write to may hold one half of a scrape before the other. One that lacks a series of the scrape
 * before waits so long, s; and longer, to the end of what is read again, where the server warns that data is missing.
 */
const SETTLE_SECONDS = 30;
const SETTLE_SECONDS_PARTIAL = 150;

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
  /** The label that names whom an engine serves; its namespace when left out. */
  readonly tenantLabel?: string | null;
  /** Up to where an earlier run has read: what came since is read first. */
  readonly resumeAt?: EpochMs | null;
  readonly onRead?: OnRead;
};

type Readers = { readonly reader: MatrixReader; readonly pods: EnginePods };
type Read = { readonly scrapes: readonly Scrape[]; readonly answer: ServerAnswer };

/** A Prometheus-compatible server: asked for the raw samples of the metrics Tokenwatt reads, never for rates. */
export function createServerSource(options: Options): Source {
  const { pollSeconds, matchers = [] } = options;
  const names = metricNamesRead(options.meters);
  const server = createTargetStatus(options.name, options.url);
  const targets = createServerTargets(options.url, pollSeconds);
  const remarks = createServerRemarks();
  const streams = createScrapeStreams();
  const reading = createLiveReading(options.resumeAt ?? null);
  const readers = (): Readers => ({
    reader: createMatrixReader(options.meters, streams, options.tenantLabel),
    pods: createEnginePods(options.http, matchers),
  });
  const live = readers();
  const askLive = createAskInParts(options.http);
  const askPast = createAskInParts(options.http);
  let aheadSeconds = 0;
  /** A query that the server has refused: it changes with the configuration only, and this source with it. */
  let refusal: ServerFailure | null = null;

  async function ask(
    { from, to, stepSeconds = null }: TimeRange & { readonly stepSeconds?: number | null },
    { reader, pods }: Readers,
    signal: AbortSignal,
    isLive: boolean,
  ): Promise<Result<Read, ServerFailure>> {
    const asking = await (options.access ?? noAccess)();
    if (!asking.ok) return fail({ kind: 'unreachable', message: asking.failure });
    const target = { url: options.url, ...asking.value };
    // One second more than asked: the left edge of a range selector is open.
    const seconds = secondsOf({ from, to }) + 1;
    const question = { names, matchers, until: to, seconds, stepSeconds };
    const asked = await (isLive ? askLive : askPast)(target, question, signal);
    const answer = asked.ok && stepSeconds !== null ? await scrapedAt(target, question, asked.value, signal) : asked;
    if (!answer.ok) return answer;
    const { series, warnings, marksStale } = answer.value;
    const settleSeconds = warnings.length > 0 ? SETTLE_SECONDS_PARTIAL : SETTLE_SECONDS;
    const settled = isLive ? { settledUntil: plusSeconds(serverNow(), -settleSeconds) } : {};
    const read = reader.scrapesOf(series, { marksStale, stepSeconds, ...settled });
    const join = isLive ? pods.joined : pods.joinedPast;
    const scrapes = await join(target, read, { until: to, seconds }, signal);
    return succeed({ scrapes, answer: answer.value });
  }

  /** An answer at marks with the instants of its scrapes. */
  async function scrapedAt(
    target: HttpTarget,
    { until, seconds, stepSeconds }: SampleQuestion,
    answer: ServerAnswer,
    signal: AbortSignal,
  ): Promise<Result<ServerAnswer, ServerFailure>> {
    const query = `timestamp(${queryOf({ names: [SCRAPED_AT], matchers })})`;
    const scraped = await marksOf(
      options.http,
      target,
      { query, until, seconds, stepSeconds: stepSeconds ?? 1 },
      signal,
    );
    if (!scraped.ok) return scraped;
    return succeed({ ...answer, series: withTrueStamps(answer.series, scraped.value.series) });
  }

  function serverNow(): EpochMs {
    return plusSeconds(options.now(), aheadSeconds);
  }

  function failed(failure: ServerFailure, stretch: TimeRange): void {
    if (failure.kind === 'refused-query') refusal = failure;
    if (failure.kind === 'busy' || failure.kind === 'too-much') reading.failed(stretch);
    server.failed(options.now(), failure.message);
  }

  function heard({ scrapes, answer }: Read): void {
    aheadSeconds = answer.clockAheadSeconds ?? aheadSeconds;
    remarks.heard(answer);
    server.heard(options.now(), answer.series.length, 'unknown', []);
    server.note(answer.series.length > 0 ? null : NOTHING_KNOWN);
    targets.heard(scrapes, aheadSeconds);
    options.onRead?.(readOf(scrapes, answer.series));
  }

  async function readHistory(stretch: PastStretch, signal: AbortSignal): Promise<Result<History, HistoryFailure>> {
    const read = await ask(stretch, readers(), signal, false);
    if (!read.ok) return fail({ kind: historyKind(read.failure), message: read.failure.message });
    const { scrapes, answer } = read.value;
    return succeed({ scrapes, warnings: answer.warnings });
  }

  return {
    name: options.name,
    history: readHistory,
    poll: async (deliver, signal) => {
      if (options.use === 'history' || refusal !== null) return;
      const until = serverNow();
      for (let stretch = reading.next(until); stretch !== null && !signal.aborted; stretch = reading.next(until)) {
        const read = await ask(stretch, live, signal, true);
        if (signal.aborted) return;
        if (!read.ok) {
          failed(read.failure, stretch);
          return;
        }
        reading.read(stretch);
        heard(read.value);
        for (const scrape of read.value.scrapes) deliver(scrape);
      }
    },
    health: (now) => {
      const own = server.health(now, pollSeconds);
      const { list, intervalSeconds } = targets.health(now);
      return {
        name: options.name,
        kind: 'prometheus',
        address: options.url,
        state: worse(own.state, stateOfTargets(list)),
        reason: own.reason,
        since: own.since,
        notes: remarks.all({ replicas: streams.replicas(), intervalSeconds, pollSeconds }),
        backfill: null,
        targets: list,
      };
    },
    close: () => {},
  };
}

const NOTHING_KNOWN = 'It answers, but knows none of the GPU, engine and power metrics that Tokenwatt reads.';

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
    namesOfJobs: namesOfJobs(series),
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

function worse(one: SourceState, other: SourceState): SourceState {
  return one === 'fresh' || one === 'waiting' ? other : one;
}
