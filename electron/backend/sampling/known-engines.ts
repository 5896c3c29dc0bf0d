import type { CounterCheckpoint, FactBatch } from '#backend/store/store.ts';
import type { FleetEvent } from '#shared/model/fact.ts';
import { isFrontend } from '#shared/model/inference-engine.ts';
import type { EngineSample, Scrape } from '#shared/model/sample.ts';
import type { Topology } from '#shared/model/topology.ts';
import type { EpochMs } from '#shared/time/instant.ts';
import { blankCheckpoint, engineCheckpoint } from './checkpoints.ts';
import type { KnownRole } from './engine-roles.ts';
import type { EngineSpanRegistry } from './engine-spans.ts';
import { stepEngine, type EngineTrack } from './engine-tracker.ts';
import { countedSample, deploymentsOf, type Deployment, type Member } from './token-authority.ts';

/** Where the facts of engines go. */
export type EngineOutput = {
  readonly engineFacts: FactBatch['engineFacts'][number][];
  readonly latencyFacts: FactBatch['latencyFacts'][number][];
  readonly events: FleetEvent[];
  readonly checkpoints: CounterCheckpoint[];
};

type Round = { readonly pollSeconds: number; readonly gpusOf: (engine: string) => number | null };

/** The engines of a fleet: the last reading of each, and what of it is counted. */
export type KnownEngines = {
  /** Engines whose readings are compared; a frontend that repeats its engines is not among them. */
  readonly tracks: ReadonlyMap<string, EngineTrack>;
  take(scrapes: readonly Scrape[], round: Round, out: EngineOutput): void;
  resume(tracks: ReadonlyMap<string, EngineTrack>): void;
  /** Who counts the tokens of each model, as decided at the last reading. */
  readonly deployments: () => readonly Deployment[];
  /** Whether it computes: a frontend stands for engines only where none of its model is heard. */
  readonly holdsGpus: (sample: EngineSample) => boolean;
  /** When an engine was last heard; also one that is left out. Null where it was not heard since our start. */
  readonly lastHeard: (engine: string) => EpochMs | null;
};

/** GPUs of an engine that is not placed: what bounds its believable tokens. */
const GPUS_UNPLACED = 8;

export function createKnownEngines(spans: EngineSpanRegistry, topology: () => Topology): KnownEngines {
  const tracks = new Map<string, EngineTrack>();
  /** The last reading of every engine as it came, those that are left out too. */
  const readings = new Map<string, { readonly sample: EngineSample; readonly at: EpochMs }>();
  const roles = new Map<string, KnownRole>();
  /** What was counted of each engine at its last reading. */
  const parts = new Map<string, string>();
  let deployments: readonly Deployment[] = [];

  function decide(): ReadonlyMap<string, { readonly member: Member; readonly model: string }> {
    const unheard = [...tracks.values()].map(({ sample }) => sample).filter(({ engine }) => !readings.has(engine));
    const heard = [...readings.values()].map(({ sample }) => sample);
    deployments = deploymentsOf([...heard, ...unheard], topology(), (engine) => roles.get(engine));
    const members = deployments.flatMap(({ members: list, model }) => list.map((member) => ({ member, model })));
    for (const { member } of members) roles.set(member.sample.engine, { role: member.role, from: member.from });
    return new Map(members.map((entry) => [entry.member.sample.engine, entry]));
  }

  /** From now on the engine is not counted; should it be again, it begins anew. */
  function leaveOut(engine: string, at: EpochMs, out: EngineOutput): void {
    if (tracks.delete(engine)) out.checkpoints.push(blankCheckpoint(engine, at));
  }

  function step(sample: EngineSample, progress: number | null, scrape: Scrape, round: Round, out: EngineOutput): void {
    const done = stepEngine({
      previous: tracks.get(sample.engine) ?? null,
      sample,
      progress,
      scrape,
      pollSeconds: scrape.intervalSeconds ?? round.pollSeconds,
      gpus: round.gpusOf(sample.engine) ?? GPUS_UNPLACED,
      spans,
    });
    tracks.set(sample.engine, done.track);
    out.engineFacts.push(...done.facts);
    out.latencyFacts.push(...done.latencies);
    out.events.push(...done.events);
    if (done.needsCheckpoint) out.checkpoints.push(engineCheckpoint(done.track));
  }

  return {
    tracks,
    deployments: () => deployments,
    holdsGpus: ({ engine, kind }) =>
      !isFrontend(kind) ||
      deployments.some(
        ({ members }) =>
          members.every(({ sample }) => isFrontend(sample.kind)) &&
          members.some(({ sample }) => sample.engine === engine),
      ),
    lastHeard: (engine) => readings.get(engine)?.at ?? tracks.get(engine)?.moment.at ?? null,
    resume: (known) => {
      for (const [engine, track] of known) {
        tracks.set(engine, track);
        if (track.span.role !== null) roles.set(engine, { role: track.span.role, from: 'counters' });
      }
    },
    take: (scrapes, round, out) => {
      for (const { engines, at } of scrapes) for (const sample of engines) readings.set(sample.engine, { sample, at });
      const members = decide();
      for (const scrape of scrapes) {
        for (const sample of scrape.engines) {
          const entry = members.get(sample.engine);
          if (entry === undefined) continue;
          const { member, model } = entry;
          const isLeftOut = isFrontend(sample.kind) && member.input === 'none';
          if (isLeftOut) {
            leaveOut(sample.engine, scrape.at, out);
            continue;
          }
          const part = `${member.input} ${member.output}`;
          // Counters that were another's until now begin anew: what they hold so far was counted there.
          if ((parts.get(sample.engine) ?? part) !== part) tracks.delete(sample.engine);
          parts.set(sample.engine, part);
          const counted = countedSample(sample, member, member.role, isFrontend(sample.kind) ? model : sample.model);
          step(counted, progressOf(sample), scrape, round, out);
        }
      }
    },
  };
}

function progressOf({ counters: { inputTokens, outputTokens } }: EngineSample): number | null {
  return inputTokens === null && outputTokens === null ? null : (inputTokens ?? 0) + (outputTokens ?? 0);
}
