import type { FactBatch } from '#backend/store/store.ts';
import {
  ENERGY_DEFAULTS,
  HARDWARE_DEFAULTS,
  RENTAL_DEFAULTS,
  REVISION_DEFAULTS,
} from '#shared/model/cost-book-defaults.ts';
import type { CostBook } from '#shared/model/cost-book.ts';
import type { EngineFact, GpuFact } from '#shared/model/fact.ts';
import type { GpuSeat } from '#shared/model/gpu.ts';
import type { EngineSpan, Placement } from '#shared/model/inference-engine.ts';
import { epochMs, type EpochMs } from '#shared/time/instant.ts';
import { engineFact, gpuFact, NO_BATCH } from '../store/store-facts.ts';

/**
 * A fleet for reports, by the hour: each model has an engine on a GPU of its own in the pool `prod`, serves by day and is quiet by
 * night, the first more than the last; the pool `dev` has a free GPU and one that fails at times. Nobody watches the first GPU
 * for six hours of every tenth day.
 */
export type ReportFleetPlan = {
  readonly models: readonly string[];
  readonly from: EpochMs;
  readonly to: EpochMs;
  /** From this instant on each model serves half as much again. */
  readonly growsAt?: EpochMs;
};

const HOUR_MS = 3_600_000;
const TENANTS = ['search', null, 'ads'] as const;

export function reportFleet({ models, from, to, growsAt }: ReportFleetPlan): FactBatch {
  const hours = Array.from({ length: Math.round((to - from) / HOUR_MS) }, (_, index) =>
    epochMs(from + index * HOUR_MS),
  );
  const growth = (at: EpochMs): number => (growsAt !== undefined && at >= growsAt ? 1.5 : 1);
  return {
    ...NO_BATCH,
    seats: [
      ...models.map((_, index) => seat(`p${index}`, 'prod', from)),
      seat('free', 'dev', from),
      seat('weak', 'dev', from),
    ],
    engineSpans: models.map((model, index) => span(model, index, from)),
    placements: models.map((_, index): Placement => ({
      key: `on-${index}`,
      rule: 'node',
      members: [{ engineSpan: `e${index}`, share: 1 }],
    })),
    gpuFacts: hours.flatMap((at) => [
      ...models.flatMap((_, index) => (isWatched(index, at) ? [worked(index, at)] : [])),
      spent('free', at, 'unallocated', 80),
      isDown(at) ? spent('weak', at, 'unhealthy', null) : spent('weak', at, 'unallocated', 80),
    ]),
    engineFacts: hours.flatMap((at) =>
      models.flatMap((_, index) => (isWatched(index, at) && isDay(at) ? [counted(index, at, growth(at))] : [])),
    ),
    events: hours
      .filter((at) => isDown(at) && new Date(at).getUTCHours() === 3)
      .map((at) => ({
        at,
        kind: 'gpu-lost',
        subject: 'GPU-weak',
        model: null,
        node: 'node-weak',
        message: 'fell off the bus',
      })),
  };
}

function isDay(at: EpochMs): boolean {
  const hour = new Date(at).getUTCHours();
  return hour >= 6 && hour < 20;
}

function isDown(at: EpochMs): boolean {
  return new Date(at).getUTCDate() % 9 === 0;
}

function isWatched(index: number, at: EpochMs): boolean {
  const day = new Date(at);
  return index > 0 || day.getUTCDate() % 10 !== 5 || day.getUTCHours() < 9 || day.getUTCHours() >= 15;
}

function seat(key: string, pool: string, since: EpochMs): GpuSeat {
  return {
    key,
    gpu: `GPU-${key}`,
    sku: 'NVIDIA H100 80GB HBM3',
    index: '0',
    domain: null,
    tray: null,
    driverVersion: null,
    cudaVersion: null,
    site: 'berlin',
    rack: 'r1',
    pool,
    node: `node-${key}`,
    since,
    until: null,
  };
}

function span(model: string, index: number, since: EpochMs): EngineSpan {
  return {
    key: `e${index}`,
    engine: `node-p${index}:8000`,
    kind: 'vllm',
    model,
    site: 'berlin',
    rack: 'r1',
    pool: 'prod',
    node: `node-p${index}`,
    role: null,
    pod: null,
    version: '0.11.0',
    versionEvidence: 'http',
    image: null,
    settings: null,
    tenant: TENANTS[index % TENANTS.length] ?? null,
    since,
    until: null,
  };
}

function spent(key: string, start: EpochMs, state: GpuFact['state'], watts: number | null): GpuFact {
  return gpuFact({
    seat: key,
    start,
    seconds: 3600,
    state,
    placement: null,
    observedSeconds: 3600,
    energyJoules: watts === null ? null : watts * 3600,
    energyIntegratedJoules: watts === null ? null : 0,
    energySeconds: watts === null ? null : 3600,
  });
}

function worked(index: number, at: EpochMs): GpuFact {
  const isWorking = isDay(at);
  return {
    ...spent(`p${index}`, at, isWorking ? 'serving' : 'loaded-idle', isWorking ? 610 : 140),
    placement: `on-${index}`,
  };
}

function counted(index: number, start: EpochMs, growth: number): EngineFact {
  const work = Math.round((growth * 1e7) / (index + 1));
  return engineFact({
    engineSpan: `e${index}`,
    start,
    seconds: 3600,
    observedSeconds: 3600,
    inputTokens: work,
    cachedTokens: Math.round(work / 3),
    outputTokens: Math.round(work / 7),
    requestsStopped: Math.round(work / 900),
  });
}

/** Rented H100s, and electricity with a peak period, in Berlin. */
export const REPORT_BOOK: CostBook = {
  revisions: [
    {
      ...REVISION_DEFAULTS,
      from: epochMs(0),
      hardware: [
        {
          ...HARDWARE_DEFAULTS,
          sku: 'H100',
          terms: { ...RENTAL_DEFAULTS, kind: 'rented', usdPerGpuHour: 2.1, includesEnergy: false },
          facility: null,
          networkUsdPerGpuHour: 0.07,
          operationsUsdPerGpuHour: 0.11,
          provenance: { quality: 'entered', note: 'contract 17', asOf: '2026-08-01' },
        },
      ],
      energy: {
        ...ENERGY_DEFAULTS,
        usdPerKilowattHour: 0.18,
        zone: 'Europe/Berlin',
        periods: [{ name: 'peak', months: [], weekdays: [], hours: [17, 18, 19], usdPerKilowattHour: 0.31 }],
        pue: 1.3,
        nodeOverhead: 1.2,
        provenance: { quality: 'assumed', note: 'regional mean', asOf: null },
      },
      weights: { input: 1, cached: 0.1, output: 4 },
    },
  ],
};
