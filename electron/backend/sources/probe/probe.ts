import type { Clock } from '#backend/clock.ts';
import type { SignalGroup } from '#shared/model/signal.ts';
import { epochMs } from '#shared/time/instant.ts';
import { looksLikeMetrics } from '../http/content-check.ts';
import { createHttpClient, noAccess, type HttpAnswer } from '../http/http-client.ts';
import { toldEngines } from '../prometheus/told-engines.ts';
import { createVersionReader, type VersionReader } from '../prometheus/version-reader.ts';
import { signalsOf } from '../signals/signals-of.ts';
import { asUtf8, bytesOfFile } from './input-bytes.ts';
import { formatOfFile, isXml } from './input-format.ts';
import {
  answerOf,
  nothingRead,
  type Probe,
  type ProbeFormat,
  type ProbeProblem,
  type ReadInput,
} from './probe-answer.ts';
import { readApi } from './read-api.ts';
import { readText, type TextOrigin } from './read-text.ts';
import { readXml } from './read-xml.ts';

type ProbeOptions = {
  readonly clock: Clock;
  /** The grammar to read by, whatever the input's ending or type says; null leaves it to them. */
  readonly format: ProbeFormat | null;
};

/** What an input holds, for scripts, and the signals in it with the next step for each gap, for people. */
export type Probed = { readonly answer: Probe; readonly signals: readonly SignalGroup[] };

/** Probes a file or an http(s) address. Never throws: what is wrong stands in `problems`. */
export async function probe(input: string, options: ProbeOptions): Promise<Probed> {
  return /^https?:\/\//.test(input) ? await probeAddress(input, options) : await probeFile(input, options.format);
}

async function probeFile(input: string, format: ProbeFormat | null): Promise<Probed> {
  const file = await bytesOfFile(input);
  if (!file.ok) return nothingOf(input, format ?? 'unknown', file.failure);
  const { bytes, problem } = asUtf8(file.value);
  const read = await readAs(format ?? formatOfFile(input, bytes), bytes, { address: input, at: null });
  return probed(input, problem === null ? read : { ...read, problems: [problem, ...read.problems] });
}

async function probeAddress(input: string, { clock, format }: ProbeOptions): Promise<Probed> {
  const http = createHttpClient(clock);
  try {
    const answer = await http.get({ url: input });
    if (!answer.ok) {
      const { kind, message } = answer.failure;
      return nothingOf(input, format ?? 'unknown', { kind, message, line: null });
    }
    const told = format ?? formatOfAnswer(answer.value);
    if (told === null) {
      const metrics = looksLikeMetrics(answer.value);
      const message = metrics.ok ? 'The answer cannot be read' : metrics.failure.message;
      return nothingOf(input, 'unknown', { kind: 'not-metrics', message, line: null });
    }
    const at = epochMs(Math.round(answer.value.firstByteAt.wallMs));
    const read = await readAs(told, Buffer.from(answer.value.body), { address: new URL(input).host, at });
    return probed(input, await withEnginesTold(read, createVersionReader(input, http, noAccess)));
  } finally {
    http.close();
  }
}

/** What the engines of an address say of themselves beside their metrics, as a poll asks it. */
async function withEnginesTold(read: ReadInput, versions: VersionReader): Promise<ReadInput> {
  const isOneTarget = read.format === 'prometheus-text' || read.format === 'openmetrics';
  if (!isOneTarget) return read;
  const { engines, problems } = await toldEngines(read.engines, versions, new AbortController().signal);
  return {
    ...read,
    engines,
    reads: read.reads.map((target) => ({ ...target, engines })),
    problems: [...read.problems, ...problems.map((problem) => ({ ...problem, line: null }))],
  };
}

function probed(input: string, read: ReadInput): Probed {
  return { answer: answerOf(input, read), signals: signalsOf(read.reads) };
}

function nothingOf(input: string, format: Probe['format'], problem: ProbeProblem): Probed {
  return { answer: nothingRead(input, format, problem), signals: [] };
}

/** The grammar of an answer, by its type and first bytes; null for what is neither metrics, XML nor an API's JSON. */
function formatOfAnswer(answer: HttpAnswer): ProbeFormat | null {
  const format = looksLikeMetrics(answer);
  if (format.ok) return format.value;
  const start = Buffer.from(answer.body.subarray(0, 512)).toString('utf8');
  if (isXml(start)) return 'nvidia-smi-xml';
  return /^\s*\{/.test(start) ? 'prometheus-api' : null;
}

async function readAs(format: ProbeFormat, bytes: Buffer, origin: TextOrigin): Promise<ReadInput> {
  switch (format) {
    case 'prometheus-text':
    case 'openmetrics':
      return readText(bytes, format, origin);
    case 'nvidia-smi-xml':
      return await readXml(bytes);
    case 'prometheus-api':
      return readApi(bytes);
  }
}
