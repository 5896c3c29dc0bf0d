import type { FactBatch } from '#backend/store/store.ts';
import {
  ENERGY_DEFAULTS,
  HARDWARE_DEFAULTS,
  RENTAL_DEFAULTS,
  REVISION_DEFAULTS,
} from '#shared/model/cost-book-defaults.ts';
import type { CostBook } from '#shared/model/cost-book.ts';
import type { EngineFact, FleetEvent, GpuFact, LatencyFact } from '#shared/model/fact.ts';
import type { EngineSpan } from '#shared/model/inference-engine.ts';
import { epochMs, type EpochMs } from '#shared/time/instant.ts';
import { createRandom, engineFact, gpuFact, latencyFact, NO_BATCH } from '../../store/store-facts.ts';

/**
 * A deployment of two engines, each on a GPU of its own for 2 USD/h, whose update at `CHANGED_AT` has a known effect: GPU time
 * per token is multiplied by `factor`. Load swings by day; throughput per GPU rises with its 0.7th power, as batching engines'
 * does. Facts are of whole hours: a window of five minutes is a twelfth of one.
 */
export type FleetPlan = {
  readonly factor?: number;
  /** Requests in flight per GPU about which load swings, before and after. */
  readonly load?: { readonly before: number; readonly after: number };
  readonly daysBefore?: number;
  readonly daysAfter?: number;
  /** Only the first engine is updated. */
  readonly isCanary?: boolean;
  /** Both engines need this many times the GPU time after the change, whatever runs on them. */
  readonly both?: number;
  /** The baseline gets slower by this factor in its second half. */
  readonly drift?: number;
  readonly events?: readonly FleetEvent[];
  /** First tokens take this many times as long for so many hours after the change. */
  readonly warmUp?: { readonly times: number; readonly hours: number };
};

const HOUR = 3600;
export const CHANGED_AT = epochMs(Date.UTC(2026, 9, 20));
export const MODEL = 'llama';
export const POOL = 'chat';

export function hour(count: number): EpochMs {
  return epochMs(CHANGED_AT + count * HOUR * 1000);
}

export function updatedFleet(plan: FleetPlan, seed = 1): FactBatch {
  const { daysBefore = 14, daysAfter = 14, isCanary = false, events = [] } = plan;
  const random = createRandom(seed);
  const first = hour(-24 * daysBefore);
  const engines = [0, 1];
  const hours = Array.from({ length: 24 * (daysBefore + daysAfter) }, (_, index) => index - 24 * daysBefore);
  const isUpdated = (engine: number): boolean => engine === 0 || !isCanary;
  const spanAt = (engine: number, at: number): string =>
    isUpdated(engine) && at >= 0 ? `new-${engine}` : `old-${engine}`;
  const facts = engines.flatMap((engine) =>
    hours.map((at) =>
      hourOf(plan, random.next(), { engine, at, span: spanAt(engine, at), isUpdated: isUpdated(engine) }),
    ),
  );
  return {
    ...NO_BATCH,
    seats: engines.map((engine) => seat(engine, first)),
    engineSpans: engines.flatMap((engine) =>
      isUpdated(engine)
        ? [
            span(`old-${engine}`, engine, '0.11.2', first, CHANGED_AT),
            span(`new-${engine}`, engine, '0.12.0', CHANGED_AT, null),
          ]
        : [span(`old-${engine}`, engine, '0.11.2', first, null)],
    ),
    placements: engines
      .flatMap((engine) => [`old-${engine}`, `new-${engine}`])
      .filter((key) => isUpdated(Number(key.at(-1))) || key.startsWith('old'))
      .map((key) => ({ key: `on ${key}`, rule: 'node', members: [{ engineSpan: key, share: 1 }] })),
    gpuFacts: facts.map((one) => one.gpu),
    engineFacts: facts.map((one) => one.engine),
    latencyFacts: facts.map((one) => one.latency),
    events,
  };
}

function hourOf(
  { factor = 1, load = { before: 8, after: 8 }, drift = 1, both = 1, daysBefore = 14, warmUp }: FleetPlan,
  chance: number,
  {
    engine,
    at,
    span: engineSpan,
    isUpdated,
  }: { readonly engine: number; readonly at: number; readonly span: string; readonly isUpdated: boolean },
): { readonly gpu: GpuFact; readonly engine: EngineFact; readonly latency: LatencyFact } {
  const isAfter = at >= 0;
  const swing = Math.sin((at / 24) * 2 * Math.PI) + (chance - 0.5);
  const concurrency = (isAfter ? load.after : load.before) * 2 ** swing;
  const slower =
    (isAfter && isUpdated ? factor : 1) * (isAfter ? both : 1) * (!isAfter && at < -12 * daysBefore ? drift : 1);
  const outputTokens = (40 * concurrency ** 0.7 * HOUR) / slower;
  const interval = { start: hour(at), seconds: HOUR, observedSeconds: HOUR };
  const isWarming = isAfter && warmUp !== undefined && at < warmUp.hours;
  return {
    gpu: gpuFact({
      ...interval,
      seat: `gpu-${engine}`,
      placement: `on ${engineSpan}`,
      energyJoules: 600 * HOUR,
      energyIntegratedJoules: 0,
      energySeconds: HOUR,
    }),
    engine: engineFact({
      ...interval,
      engineSpan,
      inputTokens: outputTokens * 5,
      cachedTokens: outputTokens,
      outputTokens,
      requestsStopped: outputTokens / 300,
      requestsLength: 0,
      requestsFailed: 0,
      runningRequestSeconds: concurrency * HOUR,
    }),
    latency: latencyFact({
      engineSpan,
      start: hour(at),
      seconds: HOUR,
      upperBoundSeconds: isWarming ? warmUp.times : 1,
      count: 1000,
    }),
  };
}

function seat(engine: number, since: EpochMs) {
  return {
    key: `gpu-${engine}`,
    gpu: `GPU-${engine}`,
    sku: 'NVIDIA H100 80GB HBM3',
    index: '0',
    domain: null,
    tray: null,
    driverVersion: '575.57',
    cudaVersion: '12.9',
    site: null,
    rack: null,
    pool: POOL,
    node: `node-${engine}`,
    since,
    until: null,
  };
}

function span(key: string, engine: number, version: string, since: EpochMs, until: EpochMs | null): EngineSpan {
  return {
    key,
    engine: `node-${engine}:8000`,
    kind: 'vllm',
    model: MODEL,
    role: null,
    pod: null,
    site: null,
    rack: null,
    pool: POOL,
    node: `node-${engine}`,
    version,
    versionEvidence: 'http',
    image: null,
    settings: null,
    tenant: null,
    since,
    until,
  };
}

/** 2 USD per GPU-hour, and electricity on top. */
export const BOOK: CostBook = {
  revisions: [
    {
      ...REVISION_DEFAULTS,
      from: epochMs(0),
      hardware: [
        {
          ...HARDWARE_DEFAULTS,
          sku: 'H100',
          terms: { ...RENTAL_DEFAULTS, kind: 'rented', usdPerGpuHour: 2, includesEnergy: false },
          facility: null,
          networkUsdPerGpuHour: 0,
          operationsUsdPerGpuHour: 0,
          provenance: { quality: 'entered', note: 'contract', asOf: null },
        },
      ],
      energy: {
        ...ENERGY_DEFAULTS,
        usdPerKilowattHour: 0.1,
        pue: 1.25,
        nodeOverhead: 1.2,
        moduleOverhead: 1.1,
        provenance: { quality: 'entered', note: 'contract', asOf: null },
      },
      weights: { input: 1, cached: 0.1, output: 5 },
    },
  ],
};
