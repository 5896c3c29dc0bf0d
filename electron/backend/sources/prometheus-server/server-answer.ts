import { z } from 'zod';
import { fail, succeed, type Result } from '#shared/lib/result.ts';
import { safeText } from '../http/safe-text.ts';

/** One series of an answer: its labels with `__name__`, and its raw samples as `[seconds, "value"]`. */
export type MatrixSeries = {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [number, string])[];
};

export type Matrix = {
  readonly series: readonly MatrixSeries[];
  /** Some data may be missing: the server's own words, made safe to show. */
  readonly warnings: readonly string[];
  /** Remarks that take nothing from the answer. */
  readonly infos: readonly string[];
  /** Series of native histograms, which are left out: Tokenwatt reads classic ones. */
  readonly histograms: number;
};

export type AnswerFailure = {
  readonly kind: 'refused-query' | 'not-prometheus';
  readonly message: string;
};

const MESSAGE_LENGTH_MAX = 300;
const MESSAGES_MAX = 10;

const answerDocument = z.object({
  status: z.enum(['success', 'error']),
  error: z.string().optional(),
  warnings: z.array(z.string()).nullish(),
  infos: z.array(z.string()).nullish(),
  data: z.object({ resultType: z.string(), result: z.array(z.unknown()) }).nullish(),
});

/** Reads an answer of `/api/v1/query`. `secrets` are taken out of what the server says, in case it repeats ours. */
export function matrixIn(body: Uint8Array, secrets: readonly string[] = []): Result<Matrix, AnswerFailure> {
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8'));
  } catch {
    return fail(notPrometheus('The answer is not JSON: is this the address of a Prometheus server?'));
  }
  const parsed = answerDocument.safeParse(json);
  if (!parsed.success) return fail(notPrometheus('The answer is not one of a Prometheus server.'));
  const { status, error = '', data, warnings, infos } = parsed.data;
  const shown = (text: string): string => safeText(text, secrets, MESSAGE_LENGTH_MAX);
  // An error wins even where the answer came with status 200 or with data (fault P10).
  if (status === 'error')
    return fail({ kind: 'refused-query', message: `The server refused the query: ${shown(error)}` });
  const { resultType, result } = data ?? { resultType: 'none', result: [] };
  if (resultType !== 'matrix' && resultType !== 'vector') {
    return fail(notPrometheus('The server answered something other than samples.'));
  }
  // Checked entry by entry where it is read: a schema over every sample would cost more than parsing it.
  const readable = result.filter((entry) => !isHistogramOnly(entry)).map(asMatrixEntry);
  if (!readable.every(isMatrixSeries)) {
    return fail(notPrometheus('The server answered with series that are not raw samples.'));
  }
  return succeed({
    series: readable,
    warnings: (warnings ?? []).slice(0, MESSAGES_MAX).map(shown),
    infos: (infos ?? []).slice(0, MESSAGES_MAX).map(shown),
    histograms: result.length - readable.length,
  });
}

function notPrometheus(message: string): AnswerFailure {
  return { kind: 'not-prometheus', message };
}

/** A native histogram has no number to read; a series that was classic before keeps its older samples. */
function isHistogramOnly(entry: unknown): boolean {
  if (typeof entry !== 'object' || entry === null) return false;
  const hasHistogram = 'histogram' in entry || 'histograms' in entry;
  return hasHistogram && !('value' in entry) && !('values' in entry);
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
