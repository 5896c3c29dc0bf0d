import { sum } from '#shared/lib/sum.ts';
import { UNKNOWN_SKU } from '#shared/model/gpu.ts';
import { isFrontend } from '#shared/model/inference-engine.ts';
import { modulePowersOf } from '#shared/model/module-power.ts';
import {
  METER_ORIGINS,
  type EngineSample,
  type GpuSample,
  type MeterSample,
  type MigDevice,
} from '#shared/model/sample.ts';
import { isUnnamedModel } from '../inference-engine/unnamed-model.ts';
import type { TargetRead } from '../signals/target-read.ts';

/** The grammars that an input can be read by. */
export const PROBE_FORMATS = ['prometheus-text', 'openmetrics', 'nvidia-smi-xml', 'prometheus-api'] as const;

export type ProbeFormat = (typeof PROBE_FORMATS)[number];

/**
 * What one file or address holds. One of these is one line of `tokenwatt probe --json`, so its keys are a promise. Token
 * counts are the counters' present values; power is W, energy J, utilization 0 to 1. Null: not there.
 */
export type Probe = {
  readonly input: string;
  /** Whether all of it could be read. Where not, the rest holds what could still be read. */
  readonly valid: boolean;
  readonly format: ProbeFormat | 'unknown';
  /** Samples read: lines that are neither blank nor comment; of nvidia-smi's XML, GPUs. */
  readonly samples: number;
  /** What wrote it: `engine`, `nvidia-smi`, an exporter by its name, `other` for metrics of none, `unknown` for no metrics. */
  readonly kind: string;
  readonly engine: ProbeEngine | null;
  readonly gpus: readonly ProbeGpu[];
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

export type ProbeEngine = {
  readonly name: string;
  readonly version: string | null;
  readonly versionFrom: string | null;
  readonly models: readonly string[];
};

export type ProbeGpu = {
  readonly uuid: string;
  readonly name: string | null;
  readonly powerWatts: number | null;
  readonly energyJoules: number | null;
  readonly utilization: number | null;
  readonly memoryUsedBytes: number | null;
  /** Slices of the GPU, where the input lists them. */
  readonly migDevices: readonly MigDevice[] | null;
};

type ProbeTokens = {
  readonly input: number | null;
  readonly cachedInput: number | null;
  readonly output: number | null;
};

export type ProbeProblem = { readonly kind: string; readonly message: string; readonly line: number | null };

/** What a grammar's reader found in an input. */
export type ReadInput = Pick<Probe, 'valid' | 'format' | 'samples' | 'kind'> & {
  readonly gpus: readonly GpuSample[];
  readonly engines: readonly EngineSample[];
  /** An engine that shows itself, but none of whose counters is known. */
  readonly engineOnly?: ProbeEngine | null;
  /** Slices by GPU, where the input lists them. */
  readonly migDevices?: ReadonlyMap<string, readonly MigDevice[]>;
  /** Names of GPUs as the driver spells them, where they differ from the samples'. */
  readonly productNames?: ReadonlyMap<string, string>;
  readonly meters: readonly MeterSample[];
  /** What each target of the input told, for its signals. */
  readonly reads: readonly TargetRead[];
  readonly problems: readonly ProbeProblem[];
};

/** The answer for an input that was read, wholly or in part. */
export function answerOf(input: string, read: ReadInput): Probe {
  const boardWatts = totalOf(read.gpus, (gpu) => gpu.powerWatts);
  const modules = modulePowersOf(read.gpus);
  const moduleWatts =
    modules.length > 0
      ? totalOf(modules, ({ watts }) => watts)
      : totalOf(moduleMeters(read.meters), ({ watts }) => watts);
  const engines = enginesThatCount(read.engines);
  return {
    input,
    valid: read.valid,
    format: read.format,
    samples: read.samples,
    kind: read.kind,
    engine: engineOf(engines) ?? read.engineOnly ?? null,
    gpus: read.gpus.map((gpu) => ({
      uuid: gpu.gpu,
      name: read.productNames?.get(gpu.gpu) ?? (gpu.sku === UNKNOWN_SKU ? null : gpu.sku),
      powerWatts: gpu.powerWatts,
      energyJoules: gpu.energyCounterJoules,
      utilization: gpu.utilisation,
      memoryUsedBytes: gpu.memoryUsedBytes,
      migDevices: read.migDevices?.get(gpu.gpu) ?? null,
    })),
    power: { boardWatts, moduleWatts, boundary: boundaryOf({ boardWatts, moduleWatts }) },
    tokens: engines.length === 0 ? null : tokensOf(engines),
    requests: engines.length === 0 ? null : requestsOf(engines),
    problems: boundedProblems(read.problems),
  };
}

/** The answer for an input of which nothing could be read. */
export function nothingRead(input: string, format: Probe['format'], problem: ProbeProblem): Probe {
  const nothing = { samples: 0, kind: 'unknown', gpus: [], engines: [], meters: [], reads: [] };
  return answerOf(input, { valid: false, format, ...nothing, problems: [problem] });
}

/** W of the modules of each node, by the most trusted of those who meter them. */
function moduleMeters(meters: readonly MeterSample[]): readonly MeterSample[] {
  const ofModules = meters.filter(({ boundary }) => boundary === 'module');
  return [...Map.groupBy(ofModules, ({ node }) => node)].flatMap(([, list]) => {
    const origin = METER_ORIGINS.find((candidate) => list.some((meter) => meter.origin === candidate));
    return list.filter((meter) => meter.origin === origin);
  });
}

/** A frontend repeats the tokens of the engines behind it: it counts where none of them is heard. */
function enginesThatCount(engines: readonly EngineSample[]): readonly EngineSample[] {
  const workers = engines.filter((engine) => !isFrontend(engine.kind));
  // A frontend spells model names in lower case.
  const served = new Set(workers.map((engine) => engine.model.toLowerCase()));
  const alone = engines.filter((engine) => isFrontend(engine.kind) && !served.has(engine.model.toLowerCase()));
  return [...workers, ...alone];
}

function boundaryOf({ boardWatts, moduleWatts }: Omit<Probe['power'], 'boundary'>): Probe['power']['boundary'] {
  if (moduleWatts !== null) return 'superchip module';
  return boardWatts === null ? null : 'GPU board';
}

function engineOf(engines: readonly EngineSample[]): ProbeEngine | null {
  const [first] = engines;
  if (first === undefined) return null;
  const models = [...new Set(engines.map((engine) => engine.model).filter((model) => !isUnnamedModel(model)))];
  return { name: first.kind, version: first.version, versionFrom: first.versionEvidence, models };
}

/** Of a pair that works on one request, the prompt is the prefill engine's and the answer the decode engine's. */
function tokensOf(engines: readonly EngineSample[]): ProbeTokens {
  const isPaired = (engine: EngineSample): boolean =>
    engine.role !== null &&
    engines.some(({ model, role }) => model === engine.model && role !== engine.role && role !== null);
  const input = engines.filter((engine) => engine.role !== 'decode' || !isPaired(engine));
  const output = engines.filter((engine) => engine.role !== 'prefill' || !isPaired(engine));
  return {
    input: totalOf(input, (engine) => engine.counters.inputTokens),
    cachedInput: totalOf(input, (engine) => engine.counters.cachedTokens),
    output: totalOf(output, (engine) => engine.counters.outputTokens),
  };
}

function requestsOf(engines: readonly EngineSample[]): NonNullable<Probe['requests']> {
  return {
    running: totalOf(engines, (engine) => engine.requestsRunning),
    waiting: totalOf(engines, (engine) => engine.requestsWaiting),
  };
}

/** Sum of what is known; null where nothing is. */
function totalOf<Item>(items: readonly Item[], read: (item: Item) => number | null): number | null {
  const known = items.flatMap((item) => read(item) ?? []);
  return known.length === 0 ? null : sum(known);
}

const PROBLEMS_MAX = 40;

/** Nobody reads more: what is left out is counted. */
function boundedProblems(problems: readonly ProbeProblem[]): readonly ProbeProblem[] {
  const kept = problems.slice(0, PROBLEMS_MAX).map(({ kind, message, line }) => ({ kind, message, line }));
  const left = problems.length - kept.length;
  return left === 0 ? kept : [...kept, { kind: 'more', message: `${left} more problems`, line: null }];
}
