import { createEngineSpans } from '#backend/sampling/engine-spans.ts';
import { createSampler, type FleetSpans, type Sampler } from '#backend/sampling/sampler.ts';
import { createSeats } from '#backend/sampling/seats.ts';
import type { FactBatch } from '#backend/store/store.ts';
import type { EngineFact, EngineFactColumn, GpuFact, GpuFactColumn } from '#shared/model/fact.ts';
import type { EngineCounter, EngineSample, GpuSample, MeterSample, Scrape } from '#shared/model/sample.ts';
import { NO_TOPOLOGY, type Topology } from '#shared/model/topology.ts';
import { epochMs, plusSeconds, type EpochMs } from '#shared/time/instant.ts';

/** Noon, on a minute: facts of 10 s tile minutes. */
export const START = epochMs(Date.parse('2026-11-24T12:00:00Z'));
export const POLL_SECONDS = 10;

export function gpu(changes: Partial<GpuSample> = {}): GpuSample {
  return {
    gpu: 'GPU-0',
    origin: 'dcgm-exporter',
    sku: 'NVIDIA B200',
    index: '0',
    site: null,
    rack: null,
    pool: null,
    node: 'node-1',
    driverVersion: '580.1',
    cudaVersion: null,
    boardSerial: null,
    domain: null,
    tray: null,
    workloads: [],
    migDevices: null,
    processes: null,
    energyCounterJoules: 1_000_000,
    powerWatts: 500,
    moduleWatts: null,
    powerLimitWatts: 1000,
    utilisation: 0.5,
    smActive: 0.4,
    tensorActive: 0.3,
    dramActive: 0.2,
    memoryUsedBytes: 100e9,
    smClockHertz: 1.5e9,
    temperatureCelsius: 50,
    clockEventReasons: 0,
    powerHeldSeconds: null,
    heatHeldSeconds: null,
    nvlinkBytes: null,
    nvlinkBytesPerSecond: null,
    pcieBytesPerSecond: null,
    xid: 0,
    ...changes,
  };
}

type EngineChanges = Partial<Omit<EngineSample, 'counters'>> & {
  readonly counters?: Partial<Record<EngineCounter, number | null>>;
};

export function engine({ counters = {}, ...changes }: EngineChanges = {}): EngineSample {
  return {
    engine: 'pod-1/llama',
    kind: 'vllm',
    model: 'llama',
    address: '10.0.0.1:8000',
    pod: 'pod-1',
    namespace: null,
    tenant: null,
    site: null,
    rack: null,
    pool: null,
    node: 'node-1',
    startedAt: epochMs(START - 3_600_000),
    version: '0.11.0',
    versionEvidence: 'http',
    image: null,
    settings: null,
    role: null,
    transferredTokens: null,
    gpuCount: null,
    gpuUuids: [],
    pids: [],
    requestsRunning: 2,
    requestsWaiting: 0,
    kvCacheUsage: 0.25,
    sleeping: null,
    latencies: { ttft: null, interToken: null, endToEnd: null },
    ...changes,
    counters: {
      inputTokens: 1000,
      cachedTokens: 0,
      outputTokens: 100,
      requestsStopped: 10,
      requestsLength: 0,
      requestsAborted: 0,
      requestsFailed: 0,
      preemptions: 0,
      speculativeDrafts: null,
      draftTokens: null,
      acceptedTokens: null,
      ...counters,
    },
  };
}

export function meter(changes: Partial<MeterSample> = {}): MeterSample {
  const place = { site: null, rack: null, pool: null, node: 'node-1' };
  const reading = { parts: 1, watts: 4000, energyCounterJoules: null };
  return { meter: '', boundary: 'node', origin: 'ipmi', ...place, ...reading, ...changes };
}

/** A scrape `seconds` after the start; its clocks agree unless `wallAheadSeconds` says otherwise. */
export function scrape(
  seconds: number,
  things: {
    readonly gpus?: readonly GpuSample[];
    readonly engines?: readonly EngineSample[];
    readonly meters?: readonly MeterSample[];
  },
  changes: Partial<Scrape> & { readonly wallAheadSeconds?: number } = {},
): Scrape {
  const { wallAheadSeconds = 0, ...rest } = changes;
  return {
    target: 'exporter',
    at: plusSeconds(START, seconds + wallAheadSeconds),
    monotonicMs: 5_000_000 + seconds * 1000,
    intervalSeconds: null,
    gpus: things.gpus ?? [],
    engines: things.engines ?? [],
    meters: things.meters ?? [],
    problems: [],
    ...rest,
  };
}

/** A sampler and all it has put out. */
export function startFleet(topology: Topology = NO_TOPOLOGY): {
  readonly spans: FleetSpans;
  readonly sampler: Sampler;
  readonly batches: FactBatch[];
  readonly take: (...scrapes: Scrape[]) => FactBatch;
  readonly all: <Key extends keyof FactBatch>(key: Key) => FactBatch[Key][number][];
} {
  const spans: FleetSpans = { seats: createSeats([]), engines: createEngineSpans([]) };
  const sampler = createSampler(spans, () => topology);
  const batches: FactBatch[] = [];
  return {
    spans,
    sampler,
    batches,
    take: (...scrapes) => {
      const batch = sampler.take(scrapes, POLL_SECONDS);
      batches.push(batch);
      return batch;
    },
    all: <Key extends keyof FactBatch>(key: Key) =>
      batches.flatMap((batch) => batch[key] as readonly FactBatch[Key][number][]),
  };
}

export function totalOf(facts: readonly GpuFact[], column: GpuFactColumn): number;
export function totalOf(facts: readonly EngineFact[], column: EngineFactColumn): number;
export function totalOf(facts: readonly object[], column: string): number {
  return facts.reduce((total, fact) => total + ((fact as Record<string, number | null>)[column] ?? 0), 0);
}

export function kindsOf(batch: Pick<FactBatch, 'events'>): string[] {
  return batch.events.map((event) => event.kind);
}

export function secondsAfterStart(at: EpochMs): number {
  return (at - START) / 1000;
}
