import type { CounterCheckpoint, Store } from '#backend/store/store.ts';
import {
  ENGINE_COUNTERS,
  LATENCY_MEASURES,
  type CumulativeHistogram,
  type EngineSample,
  type GpuSample,
  type LatencyMeasure,
} from '#shared/model/sample.ts';
import type { GpuSeat } from '#shared/model/gpu.ts';
import type { EngineSpan } from '#shared/model/inference-engine.ts';
import { epochMs, plusSeconds, type EpochMs } from '#shared/time/instant.ts';
import type { EngineTrack } from './engine-tracker.ts';
import type { GpuTrack } from './gpu-tracker.ts';
import { freshMemory } from './shared-address.ts';

/**
 * How counters survive a restart of ours. A checkpoint holds the values of a thing's counters at one instant; the facts
 * stored since are their differences; together they give the counters at the last stored fact, without writing every
 * counter at every poll. What the target has counted while we were away is then one difference more.
 */

export function engineCheckpoint(track: EngineTrack): CounterCheckpoint {
  const counters: Record<string, number> = {};
  for (const counter of ENGINE_COUNTERS) {
    const value = track.sample.counters[counter];
    if (value !== null) counters[counter] = value;
  }
  for (const measure of LATENCY_MEASURES)
    Object.assign(counters, histogramCounters(measure, track.sample.latencies[measure]));
  return { thing: `engine:${track.sample.engine}`, at: track.moment.at, startedAt: track.sample.startedAt, counters };
}

/** A checkpoint that knows nothing: a thing that is left out from now on must not be counted on from an older one. */
export function blankCheckpoint(engine: string, at: EpochMs): CounterCheckpoint {
  return { thing: `engine:${engine}`, at, startedAt: null, counters: {} };
}

export function gpuCheckpoint(track: GpuTrack): CounterCheckpoint[] {
  const energyJoules = track.sample.energyCounterJoules;
  if (track.isMissing) return [];
  const counters: Record<string, number> = energyJoules === null ? {} : { [energyNameOf(track.sample)]: energyJoules };
  return [{ thing: `gpu:${track.sample.gpu}`, at: track.moment.at, startedAt: null, counters }];
}

/** Triton's energy counter starts with the server and the driver's with the driver: one never goes on from the other. */
function energyNameOf({ origin }: GpuSample): string {
  return origin === 'triton' ? TRITON_ENERGY : 'energyJoules';
}

const TRITON_ENERGY = 'tritonEnergyJoules';

function histogramCounters(measure: LatencyMeasure, histogram: CumulativeHistogram | null): Record<string, number> {
  if (histogram === null) return {};
  const counters: Record<string, number> = {
    [`${measure}.sum`]: histogram.sumSeconds,
    [`${measure}.count`]: histogram.count,
  };
  histogram.bounds.forEach((bound, index) => {
    counters[`${measure}.le.${bound}`] = histogram.counts[index] ?? 0;
  });
  return counters;
}

/** Rebuilds the tracks of all engines and GPUs from the store's checkpoints and the facts since. */
export async function tracksFromStore(
  store: Store,
  spans: { readonly engines: readonly EngineSpan[]; readonly seats: readonly GpuSeat[] },
  now: EpochMs,
): Promise<{ readonly engines: Map<string, EngineTrack>; readonly gpus: Map<string, GpuTrack> }> {
  const engines = new Map<string, EngineTrack>();
  const gpus = new Map<string, GpuTrack>();
  const extent = await store.extent();
  const horizon = epochMs(Math.max(now, extent?.to ?? 0) + 1);
  // Where the wall clock was set back, what is ahead of it cannot be put in order with the facts since: such counters
  // begin anew, which loses what was counted while we were away and counts nothing twice.
  const checkpoints = (await store.checkpoints()).filter((checkpoint) => checkpoint.at <= now);
  const byInstant = Map.groupBy(checkpoints, (checkpoint) => checkpoint.at);
  for (const [at, atInstant] of byInstant) {
    const since = await factsSince(store, at, horizon);
    for (const checkpoint of atInstant) {
      const name = checkpoint.thing.slice(checkpoint.thing.indexOf(':') + 1);
      const engine = spans.engines.findLast((span) => span.engine === name && span.until === null);
      const seat = spans.seats.findLast((span) => span.gpu === name && span.until === null);
      if (checkpoint.thing.startsWith('engine:') && engine !== undefined) {
        engines.set(name, engineTrack(checkpoint, engine, since));
      }
      if (checkpoint.thing.startsWith('gpu:') && seat !== undefined) gpus.set(name, gpuTrack(checkpoint, seat, since));
    }
  }
  return { engines, gpus };
}

type FactsSince = {
  readonly engines: ReadonlyMap<string, { readonly [column: string]: number | null }>;
  readonly gpus: ReadonlyMap<string, { readonly [column: string]: number | null }>;
  /** Observations by engine, then by measure and bound. */
  readonly bins: ReadonlyMap<
    string,
    readonly { readonly measure: string; readonly bound: number; readonly count: number }[]
  >;
};

async function factsSince(store: Store, from: EpochMs, to: EpochMs): Promise<FactsSince> {
  const window = { from, to };
  const [engines, gpus, latencies] = await Promise.all([
    store.engineFacts({ window, by: ['engine'], stepSeconds: null }),
    store.gpuFacts({ window, by: ['gpu'], stepSeconds: null }),
    store.latencies({ window, by: ['engine'], stepSeconds: null }),
  ]);
  const bins = latencies.map((row) => ({
    engine: row.by[0] ?? '',
    measure: row.measure,
    bound: row.upperBoundSeconds,
    count: row.count,
  }));
  return {
    engines: new Map(engines.map((row) => [row.by[0] ?? '', row.sums])),
    gpus: new Map(gpus.map((row) => [row.by[0] ?? '', row.sums])),
    bins: Map.groupBy(bins, (bin) => bin.engine),
  };
}

/** Each stored second is either observed or bridged: together they say how far the facts reach. */
function reachedAt(
  checkpoint: CounterCheckpoint,
  sums: { readonly [column: string]: number | null } | undefined,
): EpochMs {
  const seconds = (sums?.['observedSeconds'] ?? 0) + (sums?.['bridgedSeconds'] ?? 0);
  return epochMs(Math.round(plusSeconds(checkpoint.at, seconds)));
}

function gpuTrack(checkpoint: CounterCheckpoint, seat: GpuSeat, since: FactsSince): GpuTrack {
  const sums = since.gpus.get(seat.gpu);
  const counted = (sums?.['energyJoules'] ?? 0) - (sums?.['energyIntegratedJoules'] ?? 0);
  const ofTriton = checkpoint.counters[TRITON_ENERGY];
  const counter = ofTriton ?? checkpoint.counters['energyJoules'];
  const at = reachedAt(checkpoint, sums);
  const sample: GpuSample = {
    ...seat,
    origin: ofTriton === undefined ? 'dcgm-exporter' : 'triton',
    boardSerial: null,
    workloads: [],
    migDevices: null,
    processes: null,
    energyCounterJoules: counter === undefined ? null : counter + counted,
    powerWatts: null,
    moduleWatts: null,
    powerLimitWatts: null,
    utilisation: null,
    smActive: null,
    tensorActive: null,
    dramActive: null,
    memoryUsedBytes: null,
    smClockHertz: null,
    temperatureCelsius: null,
    clockEventReasons: null,
    powerHeldSeconds: null,
    heatHeldSeconds: null,
    nvlinkBytes: null,
    nvlinkBytesPerSecond: null,
    pcieBytesPerSecond: null,
    xid: null,
  };
  return {
    sample,
    seat,
    moment: { at, monotonicMs: null },
    target: null,
    energyMovedAt: { at, monotonicMs: null },
    isEnergyHeldOut: false,
    isEnergyAhead: false,
    throttling: null,
    smClockTopHertz: null,
    heldSince: null,
    isMissing: false,
    hasGauges: false,
  };
}

function engineTrack(checkpoint: CounterCheckpoint, span: EngineSpan, since: FactsSince): EngineTrack {
  const sums = since.engines.get(span.engine);
  const at = reachedAt(checkpoint, sums);
  const bins = since.bins.get(span.engine) ?? [];
  const counters = ENGINE_COUNTERS.map((counter) => {
    const start = checkpoint.counters[counter];
    return [counter, start === undefined ? null : start + (sums?.[counter] ?? 0)] as const;
  });
  const latencies = LATENCY_MEASURES.map((measure) => [measure, histogramOf(checkpoint, measure, sums, bins)] as const);
  const sample: EngineSample = {
    ...span,
    namespace: null,
    address: null,

    transferredTokens: null,
    gpuCount: null,
    gpuUuids: [],
    pids: [],
    startedAt: checkpoint.startedAt,
    counters: Object.fromEntries(counters) as EngineSample['counters'],
    requestsRunning: null,
    requestsWaiting: null,
    kvCacheUsage: null,
    sleeping: null,
    latencies: Object.fromEntries(latencies) as EngineSample['latencies'],
  };
  return {
    sample,
    span,
    moment: { at, monotonicMs: null },
    pollSeconds: 0,
    progress: null,
    movedAt: { at, monotonicMs: null },
    activeAt: null,
    heldOutInRow: 0,
    heldOutEventAt: null,
    // What it lacks may have been counted by another engine then: such a counter begins anew.
    wasWhole: false,
    hasGauges: false,
    memory: freshMemory({ at, monotonicMs: null }),
    restarts: [],
  };
}

function histogramOf(
  checkpoint: CounterCheckpoint,
  measure: LatencyMeasure,
  sums: { readonly [column: string]: number | null } | undefined,
  bins: readonly { readonly measure: string; readonly bound: number; readonly count: number }[],
): CumulativeHistogram | null {
  const count = checkpoint.counters[`${measure}.count`];
  const prefix = `${measure}.le.`;
  if (count === undefined) return null;
  const start = Object.entries(checkpoint.counters)
    .filter(([name]) => name.startsWith(prefix))
    .map(([name, value]) => ({ bound: Number(name.slice(prefix.length)), value }))
    .toSorted((one, other) => one.bound - other.bound);
  const added = (bound: number): number =>
    bins.filter((bin) => bin.measure === measure && bin.bound <= bound).reduce((total, bin) => total + bin.count, 0);
  return {
    bounds: start.map((bucket) => bucket.bound),
    counts: start.map((bucket) => bucket.value + added(bucket.bound)),
    sumSeconds: (checkpoint.counters[`${measure}.sum`] ?? 0) + (sums?.[`${measure}Seconds`] ?? 0),
    count: count + (sums?.[`${measure}Count`] ?? 0),
  };
}
