import { z } from 'zod';
import { safeText } from '../http/safe-text.ts';
import type { MigDevice } from '#shared/model/sample.ts';
import type { Series } from '../prometheus/series.ts';
import type { ProbeEngine, ProbeProblem, ReadInput } from './probe-answer.ts';
import { readSeries } from './read-text.ts';

const envelope = z.object({
  status: z.enum(['success', 'error']),
  errorType: z.string().optional(),
  error: z.string().optional(),
  warnings: z.array(z.string()).optional(),
  infos: z.array(z.string()).optional(),
  /** VictoriaMetrics' word for a cluster answer without some of its storage nodes. */
  isPartial: z.boolean().optional(),
  data: z.unknown(),
});

type Envelope = z.output<typeof envelope>;

const samplesOfSeries = z.tuple([z.number(), z.string()]);

/** One entry of a vector or matrix. Native histograms have no plain value: nothing here reads them. */
const entry = z.object({
  metric: z.record(z.string(), z.string()),
  value: samplesOfSeries.optional(),
  values: z.array(samplesOfSeries).optional(),
});

/** Reads an answer of a Prometheus-compatible API: an instant vector, a matrix, or one of the others, told by its shape. */
export function readApi(bytes: Buffer): ReadInput {
  let json: unknown;
  try {
    json = JSON.parse(bytes.toString('utf8'));
  } catch {
    return nothing([problem('not-json', 'The text is not JSON, or breaks off')]);
  }
  const answer = envelope.safeParse(json);
  if (!answer.success) return ofOtherJson(json);
  const told = [
    ...(answer.data.warnings ?? []).map((text) => problem('warning', safeText(text, []))),
    ...(answer.data.infos ?? []).map((text) => problem('info', safeText(text, []))),
    ...(answer.data.isPartial === true
      ? [problem('warning', 'The answer is partial: some storage was not asked')]
      : []),
  ];
  // An error wins even where the answer holds data (fault P10).
  if (answer.data.status === 'error') return nothing([problem('server-error', errorText(answer.data)), ...told]);
  return ofData(answer.data.data, told);
}

function errorText({ errorType, error }: Envelope): string {
  return `The server answered with an error${errorType === undefined ? '' : ` (${safeText(errorType, [])})`}: ${safeText(error ?? 'no text', [])}`;
}

function ofData(data: unknown, told: readonly ProbeProblem[]): ReadInput {
  if (typeof data === 'object' && data !== null && 'resultType' in data && 'result' in data) {
    const { resultType, result } = data;
    if (resultType === 'vector' || resultType === 'matrix') return ofEntries(Array.isArray(result) ? result : [], told);
    if (resultType === 'scalar' || resultType === 'string')
      return { ...nothing(told), valid: true, samples: 1, kind: 'other' };
    return nothing([problem('unknown-result', `A result of type ${safeText(String(resultType), [])}`), ...told]);
  }
  const kind =
    typeof data === 'object' && data !== null && 'activeTargets' in data ? 'prometheus-targets' : 'prometheus';
  return { ...nothing(told), valid: true, kind };
}

type Sampled = { readonly series: Series; readonly at: number; readonly value: number };

function ofEntries(result: readonly unknown[], told: readonly ProbeProblem[]): ReadInput {
  const entries = result.map((one) => entry.safeParse(one));
  const good = entries.flatMap((one) => (one.success ? [one.data] : []));
  const bad = entries.length - good.length;
  const newest = good.flatMap((one) => newestOf(one) ?? []);
  const read = [...Map.groupBy(newest, ({ series }) => targetOf(series))].map(([, list]) => readTarget(list));
  const kinds = [...new Set(read.map(({ kind }) => kind))];
  return {
    valid: bad === 0,
    format: 'prometheus-api',
    samples: good.reduce(
      (total, { value, values }) => total + (value === undefined ? 0 : 1) + (values?.length ?? 0),
      0,
    ),
    kind: kinds.length === 0 ? 'unknown' : kindOfAll(kinds),
    gpus: onceEach(read.flatMap(({ gpus }) => gpus)),
    engines: read.flatMap(({ engines }) => engines),
    meters: read.flatMap(({ meters }) => meters),
    reads: read.flatMap(({ reads }) => reads),
    engineOnly: joined(read.flatMap(({ engineOnly }) => engineOnly ?? [])),
    migDevices: new Map<string, readonly MigDevice[]>(read.flatMap(({ migDevices }) => [...(migDevices ?? [])])),
    problems: [
      ...(bad === 0 ? [] : [problem('unreadable-series', `${bad} series of the answer cannot be read`)]),
      ...told,
      ...read.flatMap(({ problems }) => problems),
    ],
  };
}

function newestOf({ metric, value, values }: z.output<typeof entry>): Sampled | null {
  const last = value ?? values?.at(-1);
  if (last === undefined) return null;
  const { __name__: name, ...labels } = metric;
  const series: Series = { name: name ?? '', labels: new Map(Object.entries(labels)), kind: 'unknown' };
  return { series, at: last[0], value: Number(last[1].replace(/^([+-]?)Inf$/, '$1Infinity')) };
}

function targetOf({ labels }: Series): string {
  return JSON.stringify([labels.get('job') ?? '', labels.get('instance') ?? '']);
}

/** Only what the newest scrape of a target held speaks for it: series that ended before belong to what was replaced. */
function readTarget(list: readonly Sampled[]): ReturnType<typeof readSeries> {
  const newest = list.reduce((latest, { at }) => Math.max(latest, at), -Infinity);
  const present = list.filter(({ at }) => at === newest);
  const series = present.map((one) => one.series);
  return readSeries(series, (index) => present[index]?.value, series[0]?.labels.get('instance') ?? 'unknown');
}

/** A GPU seen through two targets is one GPU. */
function onceEach(gpus: ReadInput['gpus']): ReadInput['gpus'] {
  return [...new Map(gpus.toReversed().map((gpu) => [gpu.gpu, gpu])).values()].toReversed();
}

function kindOfAll(kinds: readonly string[]): string {
  const hasEngine = kinds.some((kind) => kind.endsWith('engine'));
  const exporter = kinds.find((kind) => kind !== 'engine' && kind !== 'other');
  if (hasEngine) return exporter?.startsWith('dcgm-exporter') === true ? 'dcgm-exporter+engine' : 'engine';
  return exporter ?? 'other';
}

function joined(engines: readonly ProbeEngine[]): ProbeEngine | null {
  const [first] = engines;
  return first === undefined ? null : { ...first, models: [...new Set(engines.flatMap(({ models }) => models))] };
}

/** JSON that is no answer of this API: said what it is where that is plain. */
function ofOtherJson(json: unknown): ReadInput {
  if (Array.isArray(json) && json.length > 0 && json.every((group) => isRecord(group) && 'targets' in group)) {
    return nothing([problem('not-prometheus', 'This is a service-discovery list: give its address as a source')]);
  }
  const version = isRecord(json) ? versionDocument(json) : null;
  if (version === null) return nothing([problem('not-prometheus', 'This is not an answer of the Prometheus API')]);
  const { name } = version;
  const message = `This is not an answer of the Prometheus API, but the version document of ${name ?? 'an engine'}`;
  const engine = { name: name ?? 'unknown', version: version.version, versionFrom: 'http', models: [] };
  return { ...nothing([problem('not-prometheus', message)]), kind: 'engine', engineOnly: engine };
}

/** `/v1/version` of NIM says release and API, `/version` of vLLM and TensorRT-LLM a version alone. */
function versionDocument(json: Readonly<Record<string, unknown>>): { name: string | null; version: string } | null {
  const { release, api, version } = json;
  if (typeof release === 'string' && typeof api === 'string') return { name: 'nim', version: release };
  return typeof version === 'string' && Object.keys(json).length <= 2 ? { name: null, version } : null;
}

function isRecord(json: unknown): json is Readonly<Record<string, unknown>> {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

function nothing(problems: readonly ProbeProblem[]): ReadInput {
  const none = { samples: 0, gpus: [], engines: [], meters: [], reads: [] };
  return { valid: false, format: 'prometheus-api', ...none, kind: 'unknown', problems };
}

function problem(kind: string, message: string): ProbeProblem {
  return { kind, message, line: null };
}
