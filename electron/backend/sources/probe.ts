import { readFile } from 'node:fs/promises';
import type { Clock } from '#backend/clock.ts';
import type { EngineSample, GpuSample } from '#shared/model/sample.ts';
import { looksLikeMetrics, type MetricsFormat } from './http/content-check.ts';
import { createHttpClient } from './http/http-client.ts';
import { parseNvidiaSmiXml } from './nvidia-smi/parse-nvidia-smi-xml.ts';
import type { MigDevice, NvidiaSmiReport } from './nvidia-smi/parse-nvidia-smi.ts';
import { createExpositionReader } from './prometheus/exposition-reader.ts';
import { matrixIn, type Matrix } from './prometheus/server-api.ts';
import { createMatrixReader } from './prometheus/matrix-to-scrapes.ts';
import { createSampleReader } from './sample-reader.ts';

/**
 * What one file or address holds, read exactly as a poll would read it. One of these is one line of `tokenwatt probe`.
 * Token counts are the counters' present values; power is W, energy J, utilization 0 to 1. Null: not there.
 */
export type Probe = {
  readonly input: string;
  readonly valid: boolean;
  readonly format: MetricsFormat | 'prometheus-api' | 'nvidia-smi-xml' | 'unknown';
  /** Samples read: lines that are neither blank nor comment; of nvidia-smi's XML, GPUs. */
  readonly samples: number;
  readonly kind: 'dcgm-exporter' | 'engine' | 'dcgm-exporter+engine' | 'nvidia-smi' | 'other' | 'unknown';
  readonly engine: {
    readonly name: string;
    readonly version: string | null;
    readonly versionFrom: string | null;
    readonly models: readonly string[];
  } | null;
  readonly gpus: readonly {
    readonly uuid: string;
    readonly name: string;
    readonly powerWatts: number | null;
    readonly energyJoules: number | null;
    readonly utilization: number | null;
    readonly memoryUsedBytes: number | null;
    /** Slices of the GPU, where the input lists them. */
    readonly migDevices: readonly MigDevice[] | null;
  }[];
  /** The two watts are layers of each other, never to be added; `boundary` names the wider one that is known. */
  readonly power: {
    readonly boardWatts: number | null;
    /** GPUs, CPU and memory of superchips, each module once. */
    readonly moduleWatts: number | null;
    readonly boundary: 'GPU board' | 'superchip module' | null;
  };
  readonly tokens: ProbeTokens | null;
  readonly requests: { readonly running: number | null; readonly waiting: number | null } | null;
  readonly problems: readonly ProbeProblem[];
};

type ProbeTokens = {
  readonly input: number | null;
  readonly cachedInput: number | null;
  readonly output: number | null;
};
type ProbeProblem = { readonly kind: string; readonly message: string; readonly line: number | null };
type Read = { readonly gpus: readonly GpuSample[]; readonly engines: readonly EngineSample[] };

const PROBLEMS_MAX = 20;

/** Probes a file or an http(s) address. Never throws: what is wrong stands in `problems`. */
export async function probe(input: string, clock: Clock): Promise<Probe> {
  return /^https?:\/\//.test(input) ? await probeAddress(input, clock) : await probeFile(input);
}

async function probeAddress(input: string, clock: Clock): Promise<Probe> {
  const http = createHttpClient(clock);
  try {
    const answer = await http.get({ url: input });
    if (!answer.ok)
      return unreadable(input, 'unknown', { kind: answer.failure.kind, message: answer.failure.message, line: null });
    const format = looksLikeMetrics(answer.value);
    if (format.ok) return probeText(input, answer.value.body, format.value);
    const matrix = matrixIn(answer.value.body);
    if (matrix.ok) return probeMatrix(input, matrix.value);
    return unreadable(input, 'unknown', { ...format.failure, line: null });
  } finally {
    http.close();
  }
}

async function probeFile(input: string): Promise<Probe> {
  let body: Buffer;
  try {
    body = await readFile(input);
  } catch (error) {
    const message = `The file cannot be read: ${error instanceof Error ? error.message : 'unknown trouble'}`;
    return unreadable(input, 'unknown', { kind: 'unreadable', message, line: null });
  }
  if (isXml(input, body)) return await probeXml(input, body);
  if (!isJson(body)) return probeText(input, body, formatOfFile(input, body));
  const matrix = matrixIn(body);
  return matrix.ok
    ? probeMatrix(input, matrix.value)
    : unreadable(input, 'prometheus-api', { ...matrix.failure, line: null });
}

/** A file has no content type: its name or its `# EOF` tells OpenMetrics from the plain text format. */
function formatOfFile(input: string, body: Buffer): MetricsFormat {
  const tail = body.subarray(-16).toString('latin1');
  return input.endsWith('.om') || /# EOF\n?$/.test(tail) ? 'openmetrics' : 'prometheus-text';
}

/** A quoted metric name may also stand behind the brace: only a key and a colon make it JSON. */
function isJson(body: Buffer): boolean {
  return /^\s*[{[]\s*("[^"]*"\s*:|\{)/.test(body.subarray(0, 512).toString('utf8'));
}

function isXml(input: string, body: Buffer): boolean {
  return (
    /\.xml$/i.test(input) || /^\s*<(\?xml|nvidia_smi_log|!DOCTYPE nvidia)/.test(body.subarray(0, 512).toString('utf8'))
  );
}

async function probeXml(input: string, body: Buffer): Promise<Probe> {
  const read = await parseNvidiaSmiXml(body, null);
  return read.ok
    ? describeSmi(input, read.value)
    : unreadable(input, 'nvidia-smi-xml', { ...read.failure, line: null });
}

function describeSmi(input: string, { gpus, modules, silent, problems }: NvidiaSmiReport): Probe {
  const samples = gpus.map(({ sample }) => sample);
  const troubles = [...silent.map((message) => ({ kind: 'silent', message })), ...problems];
  const lines = troubles.map((trouble) => ({ ...trouble, line: null }));
  const found = describe(input, 'nvidia-smi-xml', gpus.length, { gpus: samples, engines: [] }, lines);
  const moduleWatts = totalOf(modules, ({ watts }) => watts);
  return {
    ...found,
    kind: 'nvidia-smi',
    gpus: found.gpus.map((gpu, index) => ({
      ...gpu,
      name: gpus[index]?.productName ?? gpu.name,
      migDevices: gpus[index]?.migDevices ?? [],
    })),
    power: moduleWatts === null ? found.power : { ...found.power, moduleWatts, boundary: 'superchip module' },
  };
}

function probeText(input: string, body: Uint8Array, format: MetricsFormat): Probe {
  const read = createExpositionReader().read(body, format);
  if (!read.ok) {
    const { kind, line, message, excerpt } = read.failure;
    return unreadable(input, format, { kind, message: excerpt === '' ? message : `${message}: ${excerpt}`, line });
  }
  const { series, values, warnings } = read.value;
  const samples = createSampleReader({}, input)(series, (index) => values[index]);
  const dropped = warnings.filter((warning) => warning.kind === 'conflict' || warning.kind === 'duplicate').length;
  const problems = [...warnings, ...samples.problems.map((problem) => ({ ...problem, line: null }))];
  return describe(input, format, series.length + dropped, samples, problems);
}

function probeMatrix(input: string, matrix: Matrix): Probe {
  const newest = new Map(
    createMatrixReader()
      .scrapesOf(matrix.series)
      .map((scrape) => [scrape.target, scrape]),
  );
  const scrapes = [...newest.values()];
  const samples = matrix.series.reduce((total, series) => total + series.values.length, 0);
  const warnings = matrix.warnings.map((message) => ({ kind: 'warning', message, line: null }));
  const heldOut = scrapes.flatMap((scrape) => scrape.problems.map((problem) => ({ ...problem, line: null })));
  const read = { gpus: scrapes.flatMap((scrape) => scrape.gpus), engines: scrapes.flatMap((scrape) => scrape.engines) };
  return describe(input, 'prometheus-api', samples, read, [...warnings, ...heldOut]);
}

function describe(
  input: string,
  format: Probe['format'],
  samples: number,
  { gpus, engines }: Read,
  problems: readonly ProbeProblem[],
): Probe {
  const boardWatts = totalOf(gpus, (gpu) => gpu.powerWatts);
  return {
    input,
    valid: true,
    format,
    samples,
    kind: kindOf(gpus.length > 0, engines.length > 0),
    engine: engineOf(engines),
    gpus: gpus.map((gpu) => ({
      uuid: gpu.gpu,
      name: gpu.sku,
      powerWatts: gpu.powerWatts,
      energyJoules: gpu.energyCounterJoules,
      utilization: gpu.utilisation,
      memoryUsedBytes: gpu.memoryUsedBytes,
      migDevices: null,
    })),
    power: { boardWatts, moduleWatts: null, boundary: boardWatts === null ? null : 'GPU board' },
    tokens: engines.length === 0 ? null : tokensOf(engines),
    requests:
      engines.length === 0
        ? null
        : {
            running: totalOf(engines, (engine) => engine.requestsRunning),
            waiting: totalOf(engines, (engine) => engine.requestsWaiting),
          },
    problems: problems.slice(0, PROBLEMS_MAX).map(({ kind, message, line }) => ({ kind, message, line })),
  };
}

function kindOf(hasGpus: boolean, hasEngines: boolean): Probe['kind'] {
  if (hasGpus) return hasEngines ? 'dcgm-exporter+engine' : 'dcgm-exporter';
  return hasEngines ? 'engine' : 'other';
}

function engineOf(engines: readonly EngineSample[]): Probe['engine'] {
  const [first] = engines;
  if (first === undefined) return null;
  const models = [...new Set(engines.map((engine) => engine.model))];
  return { name: first.kind, version: first.version, versionFrom: first.versionEvidence, models };
}

function tokensOf(engines: readonly EngineSample[]): ProbeTokens {
  return {
    input: totalOf(engines, (engine) => engine.counters.inputTokens),
    cachedInput: totalOf(engines, (engine) => engine.counters.cachedTokens),
    output: totalOf(engines, (engine) => engine.counters.outputTokens),
  };
}

function unreadable(input: string, format: Probe['format'], problem: ProbeProblem): Probe {
  const nothing = { samples: 0, engine: null, gpus: [], tokens: null, requests: null };
  return {
    input,
    valid: false,
    format,
    kind: 'unknown',
    ...nothing,
    power: { boardWatts: null, moduleWatts: null, boundary: null },
    problems: [problem],
  };
}

/** Sum of what is known; null where nothing is. */
function totalOf<Item>(items: readonly Item[], read: (item: Item) => number | null): number | null {
  const known = items.flatMap((item) => read(item) ?? []);
  return known.length === 0 ? null : known.reduce((total, value) => total + value, 0);
}
