import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EngineDimension, FactRow, GpuDimension, Store } from '#backend/store/store.ts';
import type { EngineFactSums, GpuFactSums } from '#shared/model/fact.ts';
import type { BenchRow } from './bench-row.ts';
import { benchCalls, costBy, fleetCost, idleHours as idleHoursCalled, mostIdleNodes } from './calls.ts';
import {
  ask,
  byHost,
  differenceOf,
  ENERGY,
  HOST_MODELS,
  HOST_USD,
  IDLE,
  IDLE_USD,
  median,
  RUNS,
  TOKENS,
  USD_PER_GPU_HOUR,
  USD_PER_KWH,
  WINDOW,
  type Call,
  type Figures,
  type PrometheusQuestion,
} from './figures.ts';
import {
  backfillRules,
  hasPrometheus,
  loadBlocks,
  startPrometheus,
  type PrometheusServer,
} from './prometheus-server.ts';
import {
  createFleetStore,
  DAYS,
  exportSamples,
  FLEET_END,
  FLEET_START,
  openStore,
  POLL_SECONDS,
} from './query-fleet.ts';

type Question = {
  readonly name: string;
  readonly ours: (store: Store) => Promise<Figures>;
  /** The same for the week as a whole, as a user of the contract asks it. */
  readonly contract: Call;
  /** The same from Prometheus, over raw samples and over recording rules. */
  readonly raw: PrometheusQuestion;
  readonly rules: PrometheusQuestion;
};

/**
 * Times the store's questions over a week of a fleet beside the same questions to Prometheus on the same values, over
 * raw samples and over one-minute recording rules. The figures must agree to 1 % with the raw ones. `gpus` is 128
 * unless asked for more: loading 1,024 into Prometheus takes minutes.
 */
export async function benchQueries(gpus = 128): Promise<BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'tokenwatt-bench-'));
  const path = `${folder}/facts.duckdb`;
  let server: PrometheusServer | null = null;
  try {
    let store = await timed(`${gpus} GPUs, ${DAYS} days: write and roll up`, () => createFleetStore(path, gpus));
    if (await hasPrometheus()) {
      await store.close();
      const texts = await timed('export samples', () => exportSamples(path, folder));
      await timed('load Prometheus', () => loadBlocks(folder, texts));
      server = await startWithRules(folder);
      store = await openStore(path);
    }
    const rows: BenchRow[] = [await sizeRow(store, gpus)];
    for (const question of QUESTIONS) rows.push(...(await compare(question, store, server, gpus)));
    await store.close();
    rows.push(...(await benchCalls(QUESTIONS, { folder, gpus, server })));
    return rows;
  } finally {
    await server?.stop();
    await rm(folder, { recursive: true });
  }
}

/** The contract's answers alone, without the minutes that loading a large fleet into Prometheus takes. */
export async function benchContract(gpus: number): Promise<BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'tokenwatt-bench-'));
  try {
    const written = () => createFleetStore(`${folder}/facts.duckdb`, gpus);
    const store = await timed(`${gpus} GPUs, ${DAYS} days: write and roll up`, written);
    await store.close();
    return await benchCalls(QUESTIONS, { folder, gpus, server: null });
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function startWithRules(folder: string): Promise<PrometheusServer> {
  const plain = await startPrometheus(folder);
  const window = [FLEET_START / 1000, FLEET_END / 1000] as const;
  await timed('backfill recording rules', () => backfillRules(folder, plain.url, RULES, ...window));
  await plain.stop();
  return startPrometheus(folder);
}

async function sizeRow(store: Store, gpus: number): Promise<BenchRow> {
  const bytes = (await store.bytesOnDisk()) / (gpus * DAYS * 2880);
  return {
    name: 'bytes per GPU row, all tiers',
    ours: bytes.toFixed(1),
    reference: '',
    ratio: '',
    target: '',
    met: null,
  };
}

async function compare(question: Question, store: Store, server: PrometheusServer | null, gpus: number) {
  const name = `${question.name}, ${gpus} GPUs`;
  const ours = await median(() => question.ours(store));
  if (server === null) return [rowOf(name, ours.milliseconds, null, null)];
  const raw = await median(() => ask(server, question.raw), gpus > 128 ? 1 : RUNS);
  const rules = await median(() => ask(server, question.rules));
  const difference = differenceOf(ours.value, raw.value);
  return [
    { ...rowOf(`${name}, Prometheus raw`, ours.milliseconds, raw.milliseconds, null) },
    { ...rowOf(`${name}, recording rules`, ours.milliseconds, rules.milliseconds, 0.1) },
    {
      name: `${name}, largest difference from raw`,
      ours: `${ours.value.size} figures`,
      reference: `${raw.value.size} figures`,
      ratio: `${(100 * difference).toFixed(4)} %`,
      target: '<= 1 %',
      met: difference <= 0.01 && ours.value.size === raw.value.size,
    },
  ];
}

function rowOf(name: string, ours: number, reference: number | null, target: number | null): BenchRow {
  const ratio = reference === null ? null : ours / reference;
  return {
    name,
    ours: `${ours.toFixed(1)} ms`,
    reference: reference === null ? 'not installed' : `${reference.toFixed(1)} ms`,
    ratio: ratio === null ? '' : ratio.toFixed(4),
    target: target === null ? '' : `<= ${target}`,
    met: target === null || ratio === null ? null : ratio <= target,
  };
}

async function timed<Value>(name: string, job: () => Promise<Value>): Promise<Value> {
  const start = performance.now();
  const value = await job();
  console.log(`${name}: ${((performance.now() - start) / 1000).toFixed(1)} s`);
  return value;
}

// Our side: two questions to the store and the price, as the answers of the product do.

async function dollarsPerMillionTokens(
  store: Store,
  by: readonly (GpuDimension & EngineDimension)[],
): Promise<Figures> {
  const query = { window: WINDOW, by, stepSeconds: 3600 };
  const [gpus, engines] = await Promise.all([
    store.gpuFacts({ ...query, columns: ['energyJoules', 'observedSeconds'] }),
    store.engineFacts({ ...query, columns: ['inputTokens', 'outputTokens'] }),
  ]);
  const keyOf = (row: FactRow<unknown>) => `${row.start} ${row.by.join(' ')}`;
  const tokens = new Map(engines.map((row) => [keyOf(row), tokensOf(row.sums)]));
  const figures = gpus.map((row) => {
    const millions = (tokens.get(keyOf(row)) ?? 0) / 1e6;
    return [keyOf(row), dollarsOf(row.sums) / millions] as const;
  });
  return new Map(figures.filter(([, figure]) => Number.isFinite(figure)));
}

async function idleHours(store: Store): Promise<Figures> {
  const rows = await store.gpuFacts({ window: WINDOW, by: ['state'], stepSeconds: null, columns: ['observedSeconds'] });
  const idle = rows.find((row) => row.by[0] === 'loaded-idle');
  return new Map([['', (idle?.sums.observedSeconds ?? 0) / 3600]]);
}

async function mostWasteful(store: Store): Promise<Figures> {
  const rows = await store.gpuFacts({
    window: WINDOW,
    scope: { state: 'loaded-idle' },
    by: ['node'],
    stepSeconds: null,
    columns: ['energyJoules', 'observedSeconds'],
  });
  const wasted = rows.map((row) => [row.by.join(' '), dollarsOf(row.sums)] as const);
  return new Map(wasted.toSorted((one, other) => other[1] - one[1]).slice(0, 20));
}

function dollarsOf({ energyJoules, observedSeconds }: GpuFactSums): number {
  return ((energyJoules ?? 0) / 3.6e6) * USD_PER_KWH + ((observedSeconds ?? 0) / 3600) * USD_PER_GPU_HOUR;
}

function tokensOf({ inputTokens, outputTokens }: EngineFactSums): number {
  return (inputTokens ?? 0) + (outputTokens ?? 0);
}

// Prometheus' side: the expressions of the performance reference, section 6.

const RULES = `groups:
  - name: nodes
    interval: 1m
    rules:
      - { record: 'node:watts', expr: 'sum by (Hostname) (rate(${ENERGY}[2m])) / 1e3' }
      - { record: 'node:gpus', expr: 'count by (Hostname) (${ENERGY})' }
      - record: 'node:tokens:rate'
        expr: 'sum by (Hostname, model_name) (${byHost('(rate(vllm:prompt_tokens_total[2m]) + rate(vllm:generation_tokens_total[2m]))')})'
      - { record: 'node:idle_gpus', expr: 'sum by (Hostname) (${IDLE})' }
      - { record: 'node:idle_usd:rate', expr: 'sum by (Hostname) (${IDLE_USD})' }
`;

const RULE_USD = `(avg_over_time(node:watts[1h]) / 1e3 * ${USD_PER_KWH} + avg_over_time(node:gpus[1h]) * ${USD_PER_GPU_HOUR})`;
const RULE_TOKENS = 'avg_over_time(node:tokens:rate[1h])';

const QUESTIONS: readonly Question[] = [
  {
    name: 'fleet $/Mtok by hour',
    ours: (store) => dollarsPerMillionTokens(store, []),
    contract: fleetCost,
    raw: {
      expression: `(sum (rate(${ENERGY}[1h])) / 1e6 * ${USD_PER_KWH} + count (${ENERGY}) * ${USD_PER_GPU_HOUR}) / sum(${TOKENS}) / 3600 * 1e6`,
      isRange: true,
      keyOf: () => '',
    },
    rules: { expression: `sum(${RULE_USD}) / sum(${RULE_TOKENS}) / 3600 * 1e6`, isRange: true, keyOf: () => '' },
  },
  {
    name: '$/Mtok by model and hour',
    ours: (store) => dollarsPerMillionTokens(store, ['model']),
    contract: costBy('model'),
    raw: {
      expression: `sum by (model_name) (${HOST_USD} * ${HOST_MODELS}) / sum by (model_name) (${TOKENS}) / 3600 * 1e6`,
      isRange: true,
      keyOf: (metric) => metric['model_name'] ?? '',
    },
    rules: {
      expression: `sum by (model_name) (${RULE_USD} * on(Hostname) group_left(model_name) group by (Hostname, model_name) (node:tokens:rate)) / sum by (model_name) (${RULE_TOKENS}) / 3600 * 1e6`,
      isRange: true,
      keyOf: (metric) => metric['model_name'] ?? '',
    },
  },
  {
    name: '$/Mtok by node and hour',
    ours: (store) => dollarsPerMillionTokens(store, ['node']),
    contract: costBy('node'),
    raw: {
      expression: `${HOST_USD} / (sum by (Hostname) (${byHost(TOKENS)}) > 0) / 3600 * 1e6`,
      isRange: true,
      keyOf: (metric) => metric['Hostname'] ?? '',
    },
    rules: {
      expression: `${RULE_USD} / (sum by (Hostname) (${RULE_TOKENS}) > 0) / 3600 * 1e6`,
      isRange: true,
      keyOf: (metric) => metric['Hostname'] ?? '',
    },
  },
  {
    name: 'idle GPU-hours of the week',
    ours: idleHours,
    contract: idleHoursCalled,
    raw: {
      expression: `sum(sum_over_time(${IDLE}[${DAYS}d:${POLL_SECONDS}s])) * ${POLL_SECONDS} / 3600`,
      isRange: false,
      keyOf: () => '',
    },
    rules: { expression: `sum(sum_over_time(node:idle_gpus[${DAYS}d])) / 60`, isRange: false, keyOf: () => '' },
  },
  {
    name: 'top 20 nodes by wasted $',
    ours: mostWasteful,
    contract: mostIdleNodes,
    raw: {
      expression: `topk(20, sum by (Hostname) (sum_over_time(${IDLE_USD}[${DAYS}d:${POLL_SECONDS}s])) * ${POLL_SECONDS} / 3600)`,
      isRange: false,
      keyOf: (metric) => metric['Hostname'] ?? '',
    },
    rules: {
      expression: `topk(20, sum_over_time(node:idle_usd:rate[${DAYS}d]) / 60)`,
      isRange: false,
      keyOf: (metric) => metric['Hostname'] ?? '',
    },
  },
];

if (import.meta.main) console.table(await benchQueries(Number(process.argv[2] ?? 128)));
