import type { EngineFact, EngineFactSums, GpuFact, GpuFactSums, LatencyFact } from '#shared/model/fact.ts';
import { ENGINE_FACT_COLUMNS, GPU_FACT_COLUMNS } from '#shared/model/fact.ts';
import { GPU_STATES } from '#shared/model/gpu-state.ts';
import type { GpuSeat } from '#shared/model/gpu.ts';
import type { EngineSpan, Placement } from '#shared/model/inference-engine.ts';
import { LATENCY_MEASURES } from '#shared/model/sample.ts';
import { epochMs, type EpochMs } from '#shared/time/instant.ts';
import type { FactBatch } from '#backend/store/store.ts';

/** A whole hour and day that tests count from. */
export const DAY_START = epochMs(Date.UTC(2026, 2, 3));

export function at(seconds: number): EpochMs {
  return epochMs(DAY_START + seconds * 1000);
}

export const NO_BATCH: FactBatch = {
  gpuFacts: [],
  engineFacts: [],
  latencyFacts: [],
  meterFacts: [],
  seats: [],
  engineSpans: [],
  placements: [],
  meters: [],
  events: [],
  checkpoints: [],
};

const NO_GPU_SUMS = Object.fromEntries(Object.keys(GPU_FACT_COLUMNS).map((name) => [name, null])) as GpuFactSums;
const NO_ENGINE_SUMS = Object.fromEntries(
  Object.keys(ENGINE_FACT_COLUMNS).map((name) => [name, null]),
) as EngineFactSums;

export function gpuFact(fact: Partial<GpuFact> & { readonly start: EpochMs }): GpuFact {
  return { ...NO_GPU_SUMS, seat: 'seat-0', seconds: 10, state: 'serving', placement: null, ...fact };
}

export function engineFact(fact: Partial<EngineFact> & { readonly start: EpochMs }): EngineFact {
  return { ...NO_ENGINE_SUMS, engineSpan: 'span-0', seconds: 10, ...fact };
}

export function latencyFact(fact: Partial<LatencyFact> & { readonly start: EpochMs }): LatencyFact {
  return { engineSpan: 'span-0', seconds: 10, measure: 'ttft', upperBoundSeconds: 0.5, count: 1, ...fact };
}

/** Six GPUs on three nodes of two racks; no site is known, and one GPU has no pool. */
export const SEATS: readonly GpuSeat[] = Array.from({ length: 6 }, (_, index) => ({
  key: `seat-${index}`,
  gpu: `GPU-${index}`,
  sku: index < 4 ? 'NVIDIA H100' : 'NVIDIA B200',
  index: String(index % 2),
  domain: null,
  tray: null,
  driverVersion: null,
  cudaVersion: null,
  site: null,
  rack: index < 4 ? 'rack-1' : 'rack-2',
  pool: index === 5 ? null : 'prod',
  node: `node-${index >> 1}`,
  since: DAY_START,
  until: null,
}));

/** Four spans: two versions of one engine, an engine without a known version, and one of another model. */
export const SPANS: readonly EngineSpan[] = [
  engineSpan('span-0', 'engine-0', 'llama', '0.9.0', 'node-0'),
  engineSpan('span-1', 'engine-0', 'llama', '0.9.1', 'node-0'),
  engineSpan('span-2', 'engine-1', 'llama', null, 'node-1'),
  engineSpan('span-3', 'engine-2', 'qwen', '0.9.1', 'node-1'),
];

function engineSpan(key: string, engine: string, model: string, version: string | null, node: string): EngineSpan {
  const place = { site: null, rack: 'rack-1', pool: 'prod', node, role: null, pod: null };
  const evidence = {
    version,
    versionEvidence: version === null ? null : ('http' as const),
    image: null,
    settings: null,
    tenant: version === null ? null : 'team-a',
  };
  return { key, engine, kind: 'vllm', model, ...place, ...evidence, since: DAY_START, until: null };
}

export const PLACEMENTS: readonly Placement[] = [
  { key: 'placement-0', rule: 'pod', members: [{ engineSpan: 'span-0', share: 1 }] },
  {
    key: 'placement-1',
    rule: 'node',
    members: [
      { engineSpan: 'span-2', share: 0.25 },
      { engineSpan: 'span-3', share: 0.75 },
    ],
  },
  {
    key: 'placement-2',
    rule: 'node',
    members: [
      { engineSpan: 'span-0', share: 0.5 },
      { engineSpan: 'span-2', share: 0.3 },
      { engineSpan: 'span-3', share: 0.2 },
    ],
  },
  {
    key: 'placement-3',
    rule: 'pod',
    members: [
      { engineSpan: null, share: 0.4 },
      { engineSpan: 'span-0', share: 0.6 },
    ],
  },
];

export const FLEET: FactBatch = { ...NO_BATCH, seats: SEATS, engineSpans: SPANS, placements: PLACEMENTS };

/** A generator of numbers in 0 to 1 that repeats for a seed (xorshift32 of G. Marsaglia, "Xorshift RNGs", 2003). */
export type Random = {
  next(): number;
  below(count: number): number;
  pick<Value>(values: readonly Value[]): Value;
};

export function createRandom(seed: number): Random {
  let state = seed >>> 0 || 1;
  const next = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 2 ** 32;
  };
  const below = (count: number) => Math.floor(next() * count);
  return { next, below, pick: (values) => values[below(values.length)]! };
}

/** A batch of facts of the fleet above, all over `[from, from + spanSeconds)`: odd lengths, nulls, gaps, bridges. */
export function randomBatch(random: Random, from: EpochMs, spanSeconds: number, count: number): FactBatch {
  const many = <Fact>(make: () => Fact) => Array.from({ length: count }, make);
  return {
    ...NO_BATCH,
    gpuFacts: many(() => randomGpuFact(random, from, spanSeconds)),
    engineFacts: many(() => randomEngineFact(random, from, spanSeconds)),
    latencyFacts: many(() => randomLatencyFact(random, from, spanSeconds)),
  };
}

function randomInterval(random: Random, from: EpochMs, spanSeconds: number, isBridged: boolean) {
  const start = epochMs(from + random.below(spanSeconds * 1000));
  // An unbridged fact may run over a minute's edge here, though sampling makes none: stores divide it.
  const seconds = isBridged ? 60 + random.below(20_000_000) / 1000 : 0.001 + random.below(90_000) / 1000;
  return { start, seconds };
}

function randomSums<Sums>(random: Random, columns: object, seconds: number, isBridged: boolean): Sums {
  const entries = Object.keys(columns).map((name) => {
    if (name === 'bridgedSeconds') return [name, isBridged ? seconds : random.pick([0, null])];
    if (random.below(8) === 0) return [name, null];
    return [name, random.below(2) === 0 ? random.below(1e6) : random.next() * 1e3];
  });
  return Object.fromEntries(entries) as Sums;
}

function randomGpuFact(random: Random, from: EpochMs, spanSeconds: number): GpuFact {
  const isBridged = random.below(10) === 0;
  const interval = randomInterval(random, from, spanSeconds, isBridged);
  return {
    ...randomSums<GpuFactSums>(random, GPU_FACT_COLUMNS, interval.seconds, isBridged),
    ...interval,
    seat: random.pick(SEATS).key,
    state: random.pick(GPU_STATES),
    placement: random.pick([null, ...PLACEMENTS.map(({ key }) => key)]),
  };
}

function randomEngineFact(random: Random, from: EpochMs, spanSeconds: number): EngineFact {
  const isBridged = random.below(10) === 0;
  const interval = randomInterval(random, from, spanSeconds, isBridged);
  const sums = randomSums<EngineFactSums>(random, ENGINE_FACT_COLUMNS, interval.seconds, isBridged);
  return { ...sums, ...interval, engineSpan: random.pick(SPANS).key };
}

function randomLatencyFact(random: Random, from: EpochMs, spanSeconds: number): LatencyFact {
  return {
    ...randomInterval(random, from, spanSeconds, random.below(10) === 0),
    engineSpan: random.pick(SPANS).key,
    measure: random.pick(LATENCY_MEASURES),
    upperBoundSeconds: random.pick([0.1, 0.25, 1, Infinity]),
    count: 1 + random.below(100),
  };
}
