import type { DeploymentReport } from '#shared/model/deployment.ts';
import type { GpuSeat } from '#shared/model/gpu.ts';
import type { FleetEvent } from '#shared/model/fact.ts';
import type { GpuSample, Scrape } from '#shared/model/sample.ts';
import { NO_TOPOLOGY, type Topology } from '#shared/model/topology.ts';
import type { EpochMs } from '#shared/time/instant.ts';
import type { CounterCheckpoint, FactBatch } from '#backend/store/store.ts';
import { engineCheckpoint, gpuCheckpoint } from './checkpoints.ts';
import type { EngineTrack } from './engine-tracker.ts';
import { storedSpan, type EngineSpanRegistry } from './engine-spans.ts';
import { gpuStateOf, type Workload } from './gpu-state-of.ts';
import type { GpuSourceNotes } from './gpu-sources.ts';
import type { GpuTrack, Judge } from './gpu-tracker.ts';
import { CLOCK_STEP_SECONDS, secondsSince, type Moment } from './interval.ts';
import { reportOf } from './deployment-report.ts';
import { createKnownEngines } from './known-engines.ts';
import { createKnownGpus } from './known-gpus.ts';
import { createKnownMeters, createMeters, type MeterRegistry } from './known-meters.ts';
import { located } from './located.ts';
import { placedByNode } from './node-places.ts';
import { createPlacer, type PlaceableEngine, type Placer } from './place-engines.ts';
import { storedSeat } from './seats.ts';
import type { SpanRegistry } from './spans.ts';

/** Seats, spans and meters shared by the samplers of one fleet: the live one, and those that read history. */
export type FleetSpans = {
  readonly seats: SpanRegistry<GpuSeat>;
  readonly engines: EngineSpanRegistry;
  /** Left out where none are known yet. */
  readonly meters?: MeterRegistry;
};

/** Turns scrapes into facts. Holds the last reading of each thing, nothing else; everything it decides is a pure step. */
export type Sampler = {
  /** Takes the scrapes of one moment (any number of targets, each at most once) and gives what is to be stored. */
  take(scrapes: readonly Scrape[], pollSeconds: number): FactBatch;
  /** Puts back what was known of counters when the store was last written. */
  resume(engines: ReadonlyMap<string, EngineTrack>, gpus: ReadonlyMap<string, GpuTrack>): void;
  /** The engines of each model as they were last read: who counts, and on which GPUs they are. */
  report(): readonly DeploymentReport[];
  /** Of targets whose GPUs another target tells better: which one, and why. */
  gpuSources(): GpuSourceNotes;
  /** GPUs that their targets no longer list. */
  lost(): readonly GpuTrack[];
  /**
   * Learns of a GPU that was lost before it was ever heard here: from the reading of its node at the given instant on it
   * counts as lost. Null where it is known, or where nothing else of its node is.
   */
  adoptLost(lost: GpuTrack): EpochMs | null;
};

/** A GPU counts as working for this long after its last request: engines rest between requests. */
const ACTIVE_SECONDS = 60;

/** An engine that missed one reading still counts as answering. */
const ANSWERING_POLLS = 2;

/** An engine that has been silent for longer holds no GPUs. */
const ENGINE_SILENT_SECONDS_MAX = 15 * 60;

const CHECKPOINT_EVERY_MS = 5 * 60_000;

export function createSampler(spans: FleetSpans, topology: () => Topology = () => NO_TOPOLOGY): Sampler {
  const engines = createKnownEngines(spans.engines, topology);
  const meterSpans = spans.meters ?? createMeters([]);
  const meters = createKnownMeters(meterSpans, () => new Set(spans.seats.all().flatMap(({ node }) => node ?? [])));
  const gpus = createKnownGpus(spans.seats);
  const knownPlacements = new Set<string>();
  let checkpointAt = 0;
  let clockSeen: Moment | null = null;

  function stepEngines(scrapes: readonly Scrape[], pollSeconds: number, out: Draft): void {
    const hasEngines = scrapes.some((scrape) => scrape.engines.length > 0);
    const gpusByEngine = hasEngines ? Map.groupBy(placedEngines(), (engine) => engine) : null;
    engines.take(scrapes, { pollSeconds, gpusOf: (engine) => gpusByEngine?.get(engine)?.length ?? null }, out);
  }

  function* placedEngines(): Iterable<string> {
    const placer = placerAt(null);
    for (const sample of gpus.samples()) yield* placer(sample)?.engines ?? [];
  }

  function placerAt(now: Moment | null): Placer {
    return createPlacer(placeableAt(now), gpus.samples(), topology().placements);
  }

  function placeableAt(now: Moment | null): readonly PlaceableEngine[] {
    return [...engines.tracks.values()]
      .filter(({ sample }) => engines.holdsGpus(sample))
      .filter(({ moment }) => now === null || secondsSince(moment, now) <= ENGINE_SILENT_SECONDS_MAX)
      .map(({ span, sample }) => ({
        ...sample,
        pod: sample.pod ?? span.pod,
        node: sample.node ?? span.node,
        engineSpan: span.key,
        isAsleep: sample.sleeping === 1,
      }));
  }

  function judgeAt(now: Moment, pollSeconds: number, placer: Placer, out: Draft): Judge {
    return (sample, heldSince, throttledShare, smClockTopHertz) => {
      const placed = placer(sample);
      const workload =
        placed === null ? unplacedWorkload(sample, heldSince, now) : engineWorkload(placed, now, pollSeconds);
      const state = gpuStateOf(sample, workload, { throttledShare, smClockTopHertz });
      const isBound = placed !== null && state !== 'unallocated' && state !== 'unhealthy';
      if (!isBound) return { state, placement: null };
      if (!knownPlacements.has(placed.placement.key)) {
        knownPlacements.add(placed.placement.key);
        out.placements.push(placed.placement);
      }
      return { state, placement: placed.placement.key };
    };
  }

  /**
   * An engine that sleeps answers and does nothing, so its GPU is loaded-idle, though its weights are off it: the process
   * is bound, and nobody else can have the GPU (economics reference, 6.1: unallocated is where no workload is bound).
   */
  function engineWorkload(placed: NonNullable<ReturnType<Placer>>, now: Moment, pollSeconds: number): Workload {
    const tracks = placed.engines.flatMap((name) => engines.tracks.get(name) ?? []);
    const isAnswering = (track: EngineTrack): boolean =>
      secondsSince(track.moment, now) <= ANSWERING_POLLS * Math.max(pollSeconds, track.pollSeconds);
    // Judged at the engine's own last reading: an engine that is read more slowly than the GPU is no less active.
    const wasActive = ({ activeAt, moment }: EngineTrack): boolean =>
      activeAt !== null && secondsSince(activeAt, moment) <= ACTIVE_SECONDS;
    return {
      kind: 'engine',
      isActive: tracks.some((track) => isAnswering(track) && wasActive(track)),
      isAnswering: tracks.some(isAnswering),
      silentSeconds: Math.min(...tracks.map((track) => secondsSince(track.moment, now))),
      hasUnknownWork: placed.placement.members.some(({ engineSpan }) => engineSpan === null),
    };
  }

  /** One event when the wall clock steps against the monotonic one, however many things it concerns. */
  function watchClock(scrapes: readonly Scrape[], out: Draft): void {
    for (const scrape of scrapes) {
      if (scrape.monotonicMs === null) continue;
      const now = momentOf(scrape);
      const seen = clockSeen;
      if (seen !== null && secondsSince(seen, now) < 0) continue;
      clockSeen = now;
      const stepSeconds = seen === null ? 0 : (now.at - seen.at) / 1000 - secondsSince(seen, now);
      if (Math.abs(stepSeconds) <= CLOCK_STEP_SECONDS) continue;
      out.events.push(clockEvent(scrape.at, stepSeconds));
    }
  }

  return {
    take: (told, pollSeconds) => {
      const out = emptyDraft();
      const mapped = told.map((scrape) => located(scrape, topology().tree));
      const scrapes = placedByNode(mapped, () => [...gpus.tracks.values()].map(({ seat }) => seat));
      watchClock(scrapes, out);
      stepEngines(scrapes, pollSeconds, out);
      const newest = scrapes.toSorted((one, other) => one.at - other.at).at(-1);
      if (newest === undefined) return { ...out, seats: [], engineSpans: [], meters: [] };
      const placer = placerAt(momentOf(newest));
      const judge = (at: Moment, seconds: number): Judge => judgeAt(at, seconds, placer, out);
      gpus.take(scrapes, { pollSeconds, judgeAt: judge }, out);
      meters.take(scrapes, pollSeconds, out);
      if (Math.abs(newest.at - checkpointAt) >= CHECKPOINT_EVERY_MS) {
        checkpointAt = newest.at;
        out.checkpoints.push(
          ...[...engines.tracks.values()].map(engineCheckpoint),
          ...[...gpus.tracks.values()].flatMap(gpuCheckpoint),
        );
      }
      return {
        ...out,
        seats: spans.seats.takeChanged().map(storedSeat),
        engineSpans: spans.engines.takeChanged().map(storedSpan),
        meters: meterSpans.takeChanged(),
      };
    },
    resume: (knownEngines, knownGpus) => {
      engines.resume(knownEngines);
      gpus.resume(knownGpus);
    },
    report: () => {
      const heard = [...engines.tracks.values()].map(({ moment }) => moment);
      const latest = heard.toSorted((one, other) => one.at - other.at).at(-1) ?? null;
      const placeable = placeableAt(latest);
      return reportOf(engines, { placeable, placer: placerAt(latest), gpus: gpus.samples(), topology: topology() });
    },
    gpuSources: () => gpus.notes(),
    lost: () => gpus.lost(),
    adoptLost: (lost) => gpus.adoptLost(lost),
  };
}

function momentOf(scrape: Scrape): Moment {
  return { at: scrape.at, monotonicMs: scrape.monotonicMs };
}

function unplacedWorkload(sample: GpuSample, heldSince: Moment | null, now: Moment): Workload {
  if (sample.workloads.length === 0) return { kind: 'none' };
  return { kind: 'unknown-pod', heldSeconds: heldSince === null ? null : secondsSince(heldSince, now) };
}

function clockEvent(at: EpochMs, stepSeconds: number): FleetEvent {
  const seconds = Math.round(Math.abs(stepSeconds));
  const message =
    stepSeconds < 0
      ? `the wall clock went back by ${seconds} s`
      : `the wall clock went ahead by ${seconds} s, or we slept`;
  return { at, kind: 'clock-stepped', subject: 'this machine', model: null, node: null, message };
}

type Draft = {
  gpuFacts: FactBatch['gpuFacts'][number][];
  engineFacts: FactBatch['engineFacts'][number][];
  latencyFacts: FactBatch['latencyFacts'][number][];
  meterFacts: FactBatch['meterFacts'][number][];
  placements: FactBatch['placements'][number][];
  events: FleetEvent[];
  checkpoints: CounterCheckpoint[];
};

function emptyDraft(): Draft {
  return {
    gpuFacts: [],
    engineFacts: [],
    latencyFacts: [],
    meterFacts: [],
    placements: [],
    events: [],
    checkpoints: [],
  };
}
