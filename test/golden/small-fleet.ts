import {
  ENERGY_DEFAULTS,
  HARDWARE_DEFAULTS,
  RENTAL_DEFAULTS,
  REVISION_DEFAULTS,
} from '#shared/model/cost-book-defaults.ts';
import type { FactBatch } from '#backend/store/store.ts';
import type { CostBook, CostBookRevision } from '#shared/model/cost-book.ts';
import type { EngineFact, GpuFact } from '#shared/model/fact.ts';
import type { GpuState } from '#shared/model/gpu-state.ts';
import type { GpuSeat } from '#shared/model/gpu.ts';
import { epochMs, type EpochMs } from '#shared/time/instant.ts';
import { engineFact, gpuFact, NO_BATCH } from '../backend/store/store-facts.ts';

/**
 * A fleet small enough to work out by hand. Four hours, three nodes of two GPUs:
 *
 *   node-a  2 x H100  llama serves for four hours                 500 W each
 *   node-b  2 x B200  qwen serves; nobody listens in hour 1;      1000 W each
 *                     GPU b1 is lost in hours 2 and 3
 *   node-c  2 x H100  nothing bound                               100 W each
 *
 * Prices change after two hours:
 *
 *                  H100  B200  USD/kWh  PUE   node  output weight
 *   hours 0 and 1  2.00  4.00  0.10     1.25  1.2   5
 *   hours 2 and 3  3.00  5.00  0.20     1.50  1.2   4
 */
export const START = epochMs(Date.UTC(2026, 2, 3));

const HOUR_MS = 3_600_000;

export function hour(count: number): EpochMs {
  return epochMs(START + count * HOUR_MS);
}

export const WINDOW = { from: hour(0), to: hour(4) };

/** Five seconds after the last fact: live. */
export const NOW = epochMs(hour(4) + 5000);

const SEATS: readonly GpuSeat[] = ['a0', 'a1', 'b0', 'b1', 'c0', 'c1'].map((key) => ({
  key,
  gpu: `GPU-${key}`,
  sku: key.startsWith('b') ? 'NVIDIA B200' : 'NVIDIA H100 80GB HBM3',
  index: key.slice(1),
  domain: null,
  tray: null,
  driverVersion: null,
  cudaVersion: null,
  site: 'site-1',
  rack: key.startsWith('c') ? 'rack-2' : 'rack-1',
  pool: key.startsWith('c') ? null : 'prod',
  node: `node-${key.slice(0, 1)}`,
  since: START,
  until: null,
}));

function span(key: string, model: string, node: string, version: string | null) {
  const place = { site: 'site-1', rack: 'rack-1', pool: 'prod', node, role: null, pod: null };
  const evidence = {
    version,
    versionEvidence: version === null ? null : ('http' as const),
    image: null,
    settings: null,
    tenant: null,
  };
  return {
    key,
    engine: `${node}:8000`,
    kind: 'vllm' as const,
    model,
    ...place,
    ...evidence,
    since: START,
    until: null,
  };
}

type Watched = {
  readonly seat: string;
  readonly hours: readonly number[];
  readonly state: GpuState;
  readonly watts: number | null;
  readonly placement: string | null;
};

function watched({ seat, hours, state, watts, placement }: Watched): GpuFact[] {
  return hours.map((count) =>
    gpuFact({
      seat,
      start: hour(count),
      seconds: 3600,
      state,
      placement,
      observedSeconds: 3600,
      energyJoules: watts === null ? null : watts * 3600,
      energyIntegratedJoules: watts === null ? null : 0,
      energySeconds: watts === null ? null : 3600,
    }),
  );
}

function counted(
  engineSpan: string,
  hours: readonly number[],
  tokens: Pick<EngineFact, 'inputTokens' | 'cachedTokens' | 'outputTokens'>,
): EngineFact[] {
  return hours.map((count) =>
    engineFact({ engineSpan, start: hour(count), seconds: 3600, observedSeconds: 3600, ...tokens }),
  );
}

const ALL = [0, 1, 2, 3];
const LLAMA = { state: 'serving', watts: 500, placement: 'on-a' } as const;
const QWEN = { state: 'serving', watts: 1000, placement: 'on-b' } as const;
const FREE = { state: 'unallocated', watts: 100, placement: null } as const;

export const SMALL_FLEET: FactBatch = {
  ...NO_BATCH,
  seats: SEATS,
  engineSpans: [span('llama-a', 'llama', 'node-a', '0.9.1'), span('qwen-b', 'qwen', 'node-b', null)],
  placements: [
    { key: 'on-a', rule: 'node', members: [{ engineSpan: 'llama-a', share: 1 }] },
    { key: 'on-b', rule: 'node', members: [{ engineSpan: 'qwen-b', share: 1 }] },
  ],
  gpuFacts: [
    ...watched({ seat: 'a0', hours: ALL, ...LLAMA }),
    ...watched({ seat: 'a1', hours: ALL, ...LLAMA }),
    ...watched({ seat: 'b0', hours: [0, 2, 3], ...QWEN }),
    ...watched({ seat: 'b1', hours: [0], ...QWEN }),
    ...watched({ seat: 'b1', hours: [2, 3], state: 'unhealthy', watts: null, placement: null }),
    ...watched({ seat: 'c0', hours: ALL, ...FREE }),
    ...watched({ seat: 'c1', hours: ALL, ...FREE }),
  ],
  engineFacts: [
    ...counted('llama-a', ALL, { inputTokens: 10e6, cachedTokens: 4e6, outputTokens: 2e6 }),
    ...counted('qwen-b', [0, 2, 3], { inputTokens: 3e6, cachedTokens: null, outputTokens: 1e6 }),
  ],
  events: [
    { at: hour(2), kind: 'gpu-lost', subject: 'GPU-b1', model: null, node: 'node-b', message: 'fell off the bus' },
    { at: hour(3), kind: 'engine-restarted', subject: 'node-a:8000', model: 'llama', node: 'node-a', message: 'again' },
  ],
};

function revision(
  from: EpochMs,
  prices: {
    readonly h100: number;
    readonly b200: number;
    readonly tariff: number;
    readonly pue: number;
    readonly outputWeight: number;
  },
): CostBookRevision {
  const provenance = { quality: 'entered', note: 'small fleet', asOf: null } as const;
  const rented = (sku: string, usdPerGpuHour: number) => ({
    ...HARDWARE_DEFAULTS,
    sku,
    terms: { ...RENTAL_DEFAULTS, kind: 'rented' as const, usdPerGpuHour, includesEnergy: false },
    facility: null,
    networkUsdPerGpuHour: 0,
    operationsUsdPerGpuHour: 0,
    provenance,
  });
  return {
    ...REVISION_DEFAULTS,
    from,
    hardware: [rented('H100', prices.h100), rented('B200', prices.b200)],
    energy: {
      ...ENERGY_DEFAULTS,
      usdPerKilowattHour: prices.tariff,
      pue: prices.pue,
      nodeOverhead: 1.2,
      moduleOverhead: 1.1,
      provenance,
    },
    weights: { input: 1, cached: 0.1, output: prices.outputWeight },
  };
}

export const SMALL_BOOK: CostBook = {
  revisions: [
    revision(epochMs(0), { h100: 2, b200: 4, tariff: 0.1, pue: 1.25, outputWeight: 5 }),
    revision(hour(2), { h100: 3, b200: 5, tariff: 0.2, pue: 1.5, outputWeight: 4 }),
  ],
};
