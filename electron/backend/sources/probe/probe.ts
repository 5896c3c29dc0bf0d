import { stat } from 'node:fs/promises';
import type { Clock } from '#backend/clock.ts';
import type { ServerJob } from '#shared/model/server-job.ts';
import type { SignalGroup } from '#shared/model/signal.ts';
import { epochMs } from '#shared/time/instant.ts';
import { looksLikeMetrics } from '../http/content-check.ts';
import { createHttpClient, noAccess, type HttpAnswer } from '../http/http-client.ts';
import { toldEngines } from '../prometheus/told-engines.ts';
import { createVersionReader, type VersionReader } from '../prometheus/version-reader.ts';
import { recogniseAddress } from '../recognise-address.ts';
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
import { readSource, type SourceRead } from './read-source.ts';
import { readText, type TextOrigin } from './read-text.ts';
import { readXml } from './read-xml.ts';

type ProbeOptions = {
  readonly clock: Clock;
  /** The grammar to read by, whatever the input's ending or type says; null leaves it to them. */
  readonly format: ProbeFormat | null;
};

/** What an input holds, for scripts; for people the signals in it, with the next step for each gap, and a server's jobs. */
export type Probed = {
  readonly answer: Probe;
  readonly signals: readonly SignalGroup[];
  /** Null of what is no server, and of one that does not tell. */
  readonly jobs: readonly ServerJob[] | null;
};

/**
 * Probes a file or an address. An address may be that of metrics, of a server, of a list of targets, or several hosts, as
 * where sources are connected; a file comes first where one of that name is there. Never throws: what is wrong stands in
 * `problems`.
 */
export async function probe(input: string, options: ProbeOptions): Promise<Probed> {
  if (/^https?:\/\/\S+$/i.test(input)) return await probeAddress(input, options);
  const isThere = await stat(input).then(
    () => true,
    () => false,
  );
  if (isThere || !isAddress(input)) return await probeFile(input, options.format);
  return (await probeFound(input, options)) ?? (await probeFile(input, options.format));
}

/** Hosts with ports, the word `local`, or a list of URLs: what is meant by none of these is a file that is not there. */
function isAddress(input: string): boolean {
  return (
    /^local$/i.test(input) ||
    input.split(/[\s,]+/).every((part) => /^(https?:\/\/)?[\w.-]+:\d+(\/|$)|^https?:\/\//.test(part))
  );
}

/** What is found at an address that holds no metrics itself; null when it is nothing that could be connected. */
async function probeFound(input: string, { clock }: ProbeOptions): Promise<Probed | null> {
  const found = await recogniseAddress(input, { clock });
  if (!found.ok) return isAddress(input) ? nothingOf(input, 'unknown', unreachable(found.failure)) : null;
  return probedSource(input, await readSource(found.value, clock));
}

function unreachable(message: string): ProbeProblem {
  return { kind: 'not-found', message, line: null };
}

async function probeFile(input: string, format: ProbeFormat | null): Promise<Probed> {
  const file = await bytesOfFile(input);
  if (!file.ok) return nothingOf(input, format ?? 'unknown', file.failure);
  const { bytes, problem } = asUtf8(file.value);
  const read = await readAs(format ?? formatOfFile(input, bytes), bytes, { address: input, at: null });
  return probed(input, problem === null ? read : { ...read, problems: [problem, ...read.problems] });
}

async function probeAddress(input: string, options: ProbeOptions): Promise<Probed> {
  const { clock, format } = options;
  const http = createHttpClient(clock);
  try {
    const answer = await http.get({ url: input });
    if (!answer.ok) {
      const { kind, message } = answer.failure;
      // Something answers there: it may be a server, or an exporter whose metrics have a path.
      const answers = kind === 'status' || kind === 'redirect-refused';
      const found = answers && format === null ? await recogniseAddress(input, options) : null;
      if (found?.ok === true) return probedSource(input, await readSource(found.value, clock));
      return nothingOf(input, format ?? 'unknown', { kind, message, line: null });
    }
    const told = format ?? formatOfAnswer(answer.value);
    if (told === null || isTargetList(told, answer.value)) {
      const found = await recogniseAddress(input, options);
      if (found.ok) return probedSource(input, await readSource(found.value, clock));
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
  return probedSource(input, { read, jobs: null });
}

function probedSource(input: string, { read, jobs }: SourceRead): Probed {
  return { answer: answerOf(input, read), signals: signalsOf(read.reads), jobs };
}

function nothingOf(input: string, format: Probe['format'], problem: ProbeProblem): Probed {
  return { answer: nothingRead(input, format, problem), signals: [], jobs: null };
}

/** JSON that begins with a bracket is no answer of the API: it may list targets. */
function isTargetList(format: ProbeFormat, { body }: HttpAnswer): boolean {
  return format === 'prometheus-api' && /^\s*\[/.test(Buffer.from(body.subarray(0, 64)).toString('utf8'));
}

/** The grammar of an answer, by its type and first bytes; null for what is neither metrics, XML nor an API's JSON. */
function formatOfAnswer(answer: HttpAnswer): ProbeFormat | null {
  const format = looksLikeMetrics(answer);
  if (format.ok) return format.value;
  const start = Buffer.from(answer.body.subarray(0, 512)).toString('utf8');
  if (isXml(start)) return 'nvidia-smi-xml';
  return /^\s*[{[]/.test(start) ? 'prometheus-api' : null;
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
