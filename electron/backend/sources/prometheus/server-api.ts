import { z } from 'zod';
import { fail, succeed, type Result } from '#shared/lib/result.ts';
import type { LabelMatcher } from '#shared/model/access.ts';
import type { EpochMs } from '#shared/time/instant.ts';
import type { HttpClient, HttpTarget } from '../http/http-client.ts';

/** One series of an answer: its labels with `__name__`, and its raw samples as `[seconds, "value"]`. */
export type MatrixSeries = {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [number, string])[];
};

export type ServerFailure = {
  /** `too-much`: the server or a limit of ours cut the answer: ask for less. `busy`: ask later. */
  readonly kind: 'too-much' | 'busy' | 'refused-query' | 'unreachable' | 'not-prometheus';
  readonly message: string;
};

export type Matrix = { readonly series: readonly MatrixSeries[]; readonly warnings: readonly string[] };

/** A day of history of a large fleet in one chunk stays below this; larger answers are asked for in smaller chunks. */
const ANSWER_BYTES_MAX = 256 * 1024 * 1024;
const ANSWER_MS_MAX = 30_000;

const answerDocument = z.object({
  status: z.enum(['success', 'error']),
  error: z.string().optional(),
  warnings: z.array(z.string()).optional(),
  data: z.object({ resultType: z.string(), result: z.array(z.unknown()) }).optional(),
});

export type SampleQuestion = {
  readonly names: readonly string[];
  readonly matchers?: readonly LabelMatcher[];
  readonly until: EpochMs;
  readonly seconds: number;
};

/**
 * Raw samples of all series with these names over the seconds before an instant. Raw, because `increase` extrapolates:
 * counters are compared here, sample by sample. Source: Prometheus HTTP API, instant query of a range selector.
 */
export async function rawSamples(
  http: HttpClient,
  server: HttpTarget,
  ask: SampleQuestion,
  signal: AbortSignal,
): Promise<Result<Matrix, ServerFailure>> {
  const query = `${queryOf(ask)}[${Math.ceil(ask.seconds)}s]`;
  return await vectorOf(http, server, { query, at: ask.until }, signal);
}

/** The answer to an expression at an instant. */
export async function vectorOf(
  http: HttpClient,
  server: HttpTarget,
  { query, at }: { readonly query: string; readonly at: EpochMs },
  signal: AbortSignal,
): Promise<Result<Matrix, ServerFailure>> {
  const form = new URLSearchParams({ query, time: (at / 1000).toFixed(3) });
  const url = apiUrlOf(server.url, 'query');
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
  if (!answer.ok) return fail(failureOf(answer.failure.kind, answer.failure.status, answer.failure.message));
  return matrixIn(answer.value.body);
}

/** The selector of all series with these names and labels. */
export function queryOf({ names, matchers = [] }: Pick<SampleQuestion, 'names' | 'matchers'>): string {
  const own = matchers.map(({ label, value, isRegex }) => `${label}${isRegex ? '=~' : '='}${JSON.stringify(value)}`);
  return `{${[`__name__=~"${names.join('|')}"`, ...own].join(',')}}`;
}

/** An endpoint of the API beneath the address that was entered, which may have a path prefix. */
function apiUrlOf(server: string, endpoint: string): string {
  const url = new URL(server);
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/api/v1/${endpoint}`;
  return url.href;
}

function failureOf(kind: string, status: number | undefined, message: string): ServerFailure {
  if (kind === 'body-too-large' || kind === 'body-timeout' || kind === 'bomb' || status === 422) {
    return { kind: 'too-much', message };
  }
  if (status === 503 || status === 429) return { kind: 'busy', message };
  if (status === 400) return { kind: 'refused-query', message };
  return { kind: 'unreachable', message };
}

export function matrixIn(body: Uint8Array): Result<Matrix, ServerFailure> {
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8'));
  } catch {
    return fail({
      kind: 'not-prometheus',
      message: 'The answer is not JSON: is this the address of a Prometheus server?',
    });
  }
  const parsed = answerDocument.safeParse(json);
  if (!parsed.success)
    return fail({ kind: 'not-prometheus', message: 'The answer is not one of a Prometheus server.' });
  // An error wins even where the answer came with status 200 or with data (fault P10).
  if (parsed.data.status === 'error') {
    return fail({
      kind: 'refused-query',
      message: `The server refused the query: ${(parsed.data.error ?? '').slice(0, 200)}`,
    });
  }
  const { resultType, result } = parsed.data.data ?? { resultType: 'none', result: [] };
  if (resultType !== 'matrix' && resultType !== 'vector') {
    return fail({ kind: 'not-prometheus', message: 'The server answered something other than samples.' });
  }
  // Checked entry by entry where it is read: a schema over every sample would cost more than parsing it.
  const series = result.map(asMatrixEntry);
  if (!series.every(isMatrixSeries)) {
    return fail({ kind: 'not-prometheus', message: 'The server answered with series that are not raw samples.' });
  }
  return succeed({ series, warnings: parsed.data.warnings ?? [] });
}

/** An entry of an instant vector is a series with one sample. */
function asMatrixEntry(entry: unknown): unknown {
  if (typeof entry !== 'object' || entry === null || !('value' in entry)) return entry;
  return { ...entry, values: [entry.value] };
}

function isMatrixSeries(entry: unknown): entry is MatrixSeries {
  if (typeof entry !== 'object' || entry === null || !('metric' in entry) || !('values' in entry)) return false;
  const { metric, values } = entry;
  if (typeof metric !== 'object' || metric === null || !Array.isArray(values)) return false;
  return Object.values(metric).every((label) => typeof label === 'string') && values.every(isRawSample);
}

function isRawSample(sample: unknown): boolean {
  return Array.isArray(sample) && Number.isFinite(sample[0]) && typeof sample[1] === 'string';
}
