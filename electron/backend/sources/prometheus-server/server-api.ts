import { fail, succeed, type Result } from '#shared/lib/result.ts';
import type { LabelMatcher } from '#shared/model/access.ts';
import type { EpochMs } from '#shared/time/instant.ts';
import { secretsIn } from '../http/checked-target.ts';
import type { HttpAnswer, HttpClient, HttpFailure, HttpTarget } from '../http/http-client.ts';
import { matrixIn, type Matrix } from './server-answer.ts';

export type ServerFailure = {
  /**
   * `too-much`: the server or a limit of ours cut the answer: ask for less. `busy`: ask later. `refused-query`: asking the
   * same again is no use.
   */
  readonly kind: 'too-much' | 'busy' | 'refused-query' | 'unreachable' | 'not-prometheus';
  readonly message: string;
};

/** An answer, and what it tells of the server itself. */
export type ServerAnswer = Matrix & {
  /** How far the server's clock is ahead of ours, s, to the second; null where the answer does not tell. */
  readonly clockAheadSeconds: number | null;
  /** Its raw samples hold stale markers, written as NaN; and no NaN else. Seen with VictoriaMetrics 1.79. */
  readonly marksStale: boolean;
};

/** A day of history of a large fleet in one chunk stays below this; larger answers are asked for in smaller chunks. */
const ANSWER_BYTES_MAX = 256 * 1024 * 1024;
const ANSWER_MS_MAX = 30_000;

export type SampleQuestion = {
  readonly names: readonly string[];
  readonly matchers?: readonly LabelMatcher[];
  readonly until: EpochMs;
  readonly seconds: number;
  /** Given: what stands at each whole multiple of so many seconds, in place of all samples. */
  readonly stepSeconds?: number | null;
};

/**
 * Samples of all series with these names over the seconds before an instant, as they were written. Raw, because `increase` extrapolates:
 * counters are compared here, sample by sample; and because Thanos then reads no down-sampled blocks. Source: Prometheus
 * HTTP API, instant query of a range selector; VictoriaMetrics answers it in the same way.
 */
export async function rawSamples(
  http: HttpClient,
  server: HttpTarget,
  ask: SampleQuestion,
  signal: AbortSignal,
): Promise<Result<ServerAnswer, ServerFailure>> {
  const { stepSeconds = null } = ask;
  if (stepSeconds !== null) return await marksOf(http, server, { ...ask, stepSeconds, query: queryOf(ask) }, signal);
  const query = `${queryOf(ask)}[${Math.ceil(ask.seconds)}s]`;
  return await vectorOf(http, server, { query, at: ask.until }, signal);
}

/** The answer to an expression at an instant. */
export async function vectorOf(
  http: HttpClient,
  server: HttpTarget,
  { query, at }: { readonly query: string; readonly at: EpochMs },
  signal: AbortSignal,
): Promise<Result<ServerAnswer, ServerFailure>> {
  return await answerTo(http, server, 'query', { query, time: (at / 1000).toFixed(3) }, signal);
}

type MarksQuestion = {
  readonly query: string;
  readonly until: EpochMs;
  readonly seconds: number;
  readonly stepSeconds: number;
};

/**
 * The answer to an expression at each mark of a stretch: whole multiples of the step since 1970, so that stretches tile and
 * a server's cache is of use. A sample is told of for as long as the server looks back, five minutes as a rule.
 */
export async function marksOf(
  http: HttpClient,
  server: HttpTarget,
  { query, until, seconds, stepSeconds }: MarksQuestion,
  signal: AbortSignal,
): Promise<Result<ServerAnswer, ServerFailure>> {
  const end = Math.floor(until / 1000 / stepSeconds) * stepSeconds;
  const start = Math.min(end, Math.ceil((until / 1000 - seconds) / stepSeconds) * stepSeconds);
  const form = { query, start: String(start), end: String(end), step: String(stepSeconds) };
  return await answerTo(http, server, 'query_range', form, signal);
}

async function answerTo(
  http: HttpClient,
  server: HttpTarget,
  endpoint: string,
  parameters: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Result<ServerAnswer, ServerFailure>> {
  const form = new URLSearchParams(parameters);
  const url = apiUrlOf(server.url, endpoint);
  const answer = await http.post({ ...server, url }, form, {
    signal,
    limits: {
      bytesDecodedMax: ANSWER_BYTES_MAX,
      bytesReceivedMax: ANSWER_BYTES_MAX,
      totalMs: ANSWER_MS_MAX,
      firstByteMs: ANSWER_MS_MAX,
      ratioMax: 1000,
    },
  });
  if (!answer.ok) return fail(serverFailureOf(answer.failure));
  const matrix = matrixIn(answer.value.body, secretsIn(server));
  return matrix.ok ? succeed({ ...matrix.value, ...aboutServer(answer.value) }) : matrix;
}

/** The selector of all series with these names and labels. */
export function queryOf({ names, matchers = [] }: Pick<SampleQuestion, 'names' | 'matchers'>): string {
  const own = matchers.map(({ label, value, isRegex }) => `${label}${isRegex ? '=~' : '='}${JSON.stringify(value)}`);
  return `{${[`__name__=~"${names.join('|')}"`, ...own].join(',')}}`;
}

/** An endpoint of the API beneath the address that was entered, which may have a path prefix. */
export function apiUrlOf(server: string, endpoint: string): string {
  const url = new URL(server);
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/api/v1/${endpoint}`;
  return url.href;
}

/** Words by which servers say that an answer would be over a limit of theirs, with 400 as well as 422. */
const LIMIT_WORDS = /exceed|limit|too (many|much|large|long)|maximum/i;

/** What a failed request means for a question. A refusal counts as one only in the words of such a server. */
export function serverFailureOf({ kind, status, message, said }: HttpFailure): ServerFailure {
  if (kind === 'body-too-large' || kind === 'body-timeout' || kind === 'bomb') return { kind: 'too-much', message };
  if (status === 413) return { kind: 'too-much', message };
  // A first byte that does not come in 30 s: the server reckons too long, or hangs.
  if (status === 503 || status === 429 || kind === 'first-byte-timeout') return { kind: 'busy', message };
  if (status !== 400 && status !== 422) return { kind: 'unreachable', message };
  const error = errorIn(said ?? '');
  if (error === null) return { kind: 'unreachable', message };
  const refused = `The server refused the query (${status}): ${error}`;
  return { kind: LIMIT_WORDS.test(error) ? 'too-much' : 'refused-query', message: refused };
}

/** The reason in the start of an error document, which may be cut; null where it is another document. */
function errorIn(said: string): string | null {
  if (!/"status"\s*:\s*"error"/.test(said)) return null;
  return (/"error"\s*:\s*"((?:[^"\\]|\\.)*)/.exec(said)?.[1] ?? '').replaceAll(String.raw`\"`, '"');
}

/** A clock that is nearer than the answer's own delay could make it look is taken for right. */
const CLOCK_SECONDS_MIN = 5;

function aboutServer({ headers, firstByteAt }: HttpAnswer): Pick<ServerAnswer, 'clockAheadSeconds' | 'marksStale'> {
  const marksStale = headers.has('x-server-hostname');
  const date = Date.parse(headers.get('date') ?? '');
  // An answer that a cache kept tells the time of then.
  if (Number.isNaN(date) || Number(headers.get('age') ?? 0) > 0) return { clockAheadSeconds: null, marksStale };
  const seconds = Math.round((date - firstByteAt.wallMs) / 1000);
  return { clockAheadSeconds: Math.abs(seconds) < CLOCK_SECONDS_MIN ? 0 : seconds, marksStale };
}
