import type { EngineKind } from '#shared/model/inference-engine.ts';
import type { EngineSample } from '#shared/model/sample.ts';
import type { SignalGroup, SignalStep } from '#shared/model/signal.ts';
import { metricsOf, type CounterName, type EngineTable, type FamilyName } from '../inference-engine/engine-table.ts';
import { ENGINE_TABLES } from '../inference-engine/engine-tables.ts';
import { isUnnamedModel } from '../inference-engine/unnamed-model.ts';
import { METRICS_SETTINGS } from './engine-settings.ts';
import { signalOf, type SignalQuestion } from './signal-state.ts';
import type { TargetRead } from './target-read.ts';

/** The engines of all targets, kind by kind: each kind has names and settings of its own. */
export function engineGroups(reads: readonly TargetRead[]): readonly SignalGroup[] {
  const engines = reads.flatMap((read) => read.engines);
  return [...Map.groupBy(engines, ({ kind }) => kind)].map(([kind, list]) => {
    const among = reads.filter((read) => read.engines.some((engine) => engine.kind === kind));
    const signals = questionsOf(kind).map((question) => signalOf(question, list, among));
    return { of: 'engine', name: kind, count: list.length, signals };
  });
}

type EngineQuestion = Pick<SignalQuestion<EngineSample>, 'name' | 'label' | 'isHeard' | 'note'> & {
  /** What an engine's table lists for it: empty where the engine has no such reading. */
  readonly names: (table: EngineTable) => readonly CounterName[];
};

const counter = (name: keyof EngineSample['counters']): Pick<EngineQuestion, 'isHeard' | 'names'> => ({
  isHeard: (engine) => engine.counters[name] !== null,
  names: (table) => table.counters[name] ?? [],
});

const latency = (measure: keyof EngineSample['latencies']): Pick<EngineQuestion, 'isHeard' | 'names'> => ({
  isHeard: (engine) => engine.latencies[measure] !== null,
  names: (table) => table.latencies[measure].map(bucketsOf),
});

function bucketsOf(name: FamilyName): string {
  return `${typeof name === 'string' ? name : name.family}_bucket`;
}

const QUESTIONS: readonly EngineQuestion[] = [
  { name: 'input-tokens', label: 'Input tokens', note: null, ...counter('inputTokens') },
  {
    name: 'cached-tokens',
    label: 'Cached input tokens',
    note: 'All input then counts as computed.',
    ...counter('cachedTokens'),
  },
  {
    name: 'output-tokens',
    label: 'Output tokens',
    note: 'Without it no cost per token is known.',
    ...counter('outputTokens'),
  },
  {
    name: 'requests-running',
    label: 'Running requests',
    note: 'A loaded but quiet engine cannot be told from one that serves.',
    isHeard: (engine) => engine.requestsRunning !== null,
    names: (table) => table.gauges.requestsRunning,
  },
  {
    name: 'requests-waiting',
    label: 'Queue',
    note: null,
    isHeard: (engine) => engine.requestsWaiting !== null,
    names: (table) => table.gauges.requestsWaiting,
  },
  { name: 'finished-requests', label: 'Finished requests', note: null, ...counter('requestsStopped') },
  { name: 'time-to-first-token', label: 'Time to first token', note: null, ...latency('ttft') },
  { name: 'inter-token-latency', label: 'Inter-token latency', note: null, ...latency('interToken') },
  { name: 'end-to-end-latency', label: 'End-to-end latency', note: null, ...latency('endToEnd') },
  {
    name: 'kv-cache',
    label: 'KV cache usage',
    note: null,
    isHeard: (engine) => engine.kvCacheUsage !== null,
    names: (table) => table.gauges.kvCacheUsage,
  },
];

/** The questions to one kind of engine: what its tables list, and what is told beside the metrics. */
function questionsOf(kind: EngineKind): readonly SignalQuestion<EngineSample>[] {
  const tables = ENGINE_TABLES.filter((table) => table.kind === kind);
  const ofMetrics = QUESTIONS.map(({ names, ...question }) => {
    const listed = tables.flatMap(names);
    const gap = listed.length === 0 ? notReported(kind) : METRICS_SETTINGS[kind];
    return { ...question, metrics: namesIn(listed), from: null, gap };
  });
  return [...ofMetrics, ...beside(kind, tables)];
}

/**
 * The names of a table's list: a name that only picks some series of a metric says nothing about releases, so that the
 * first plain one is the present release's.
 */
function namesIn(listed: readonly CounterName[]): SignalQuestion<EngineSample>['metrics'] {
  const firstPlain = listed.findIndex((name) => typeof name === 'string');
  const cut = firstPlain === -1 ? listed.length : firstPlain + 1;
  return { present: listed.slice(0, cut).flatMap(metricsOf), other: listed.slice(cut).flatMap(metricsOf) };
}

function beside(kind: EngineKind, tables: readonly EngineTable[]): readonly SignalQuestion<EngineSample>[] {
  const document = tables.find((table) => table.document !== null)?.document ?? null;
  const path = document === null ? null : `/${document.paths[0] ?? ''}`;
  const none = { present: [], other: [] };
  return [
    {
      name: 'model',
      label: 'Model',
      metrics: none,
      isHeard: (engine) => !isUnnamedModel(engine.model),
      from: 'label of its series',
      note: 'The address stands for the model until it is known.',
      gap:
        path === null ? notReported(kind) : { text: `Its series name none: it is asked for at ${path}.`, copy: null },
    },
    {
      name: 'engine-version',
      label: 'Engine version',
      metrics: none,
      isHeard: (engine) => engine.version !== null,
      from: null,
      note: 'An update is then not seen as one.',
      gap:
        path === null
          ? notReported(kind)
          : { text: `Let ${path} be reached at the address of the metrics.`, copy: null },
    },
    {
      name: 'engine-start',
      label: 'Start of the process',
      metrics: { present: ['process_start_time_seconds'], other: [] },
      isHeard: (engine) => engine.startedAt !== null,
      from: null,
      note: 'A restart is then told by counters that fall.',
      gap: null,
    },
    {
      name: 'placement',
      label: 'Place (pod or node)',
      metrics: none,
      isHeard: (engine) => engine.pod !== null || engine.node !== null,
      from: 'labels, or the address',
      note: 'An engine of unknown place is shown as unplaced.',
      gap: { text: 'Scrape it by the address of its machine, or label the target with node or pod.', copy: null },
    },
  ];
}

function notReported(kind: EngineKind): SignalStep {
  return { text: `${kind} does not report it.`, copy: null };
}
