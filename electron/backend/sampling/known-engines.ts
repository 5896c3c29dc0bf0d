import type { CounterCheckpoint, FactBatch } from '#backend/store/store.ts';
import type { FleetEvent } from '#shared/model/fact.ts';
import { isFrontend } from '#shared/model/inference-engine.ts';
import { mergedSettings } from '#shared/model/engine-settings.ts';
import type { EngineSample, Scrape } from '#shared/model/sample.ts';
import type { Topology } from '#shared/model/topology.ts';
import { epochMs, type EpochMs } from '#shared/time/instant.ts';
import { blankCheckpoint, engineCheckpoint } from './checkpoints.ts';
import { lastScrapeOf, unbornReading, type LastScrape } from './born-engines.ts';
import type { KnownRole } from './engine-roles.ts';
import type { EngineSpanRegistry } from './engine-spans.ts';
import { stepEngine, type EngineTrack } from './engine-tracker.ts';
import type { Reading } from './level-traces.ts';
import { createPodVersions } from './pod-versions.ts';
import { countedSample, deploymentsOf, servedName, type Deployment, type Member } from './token-authority.ts';
import { createTwins } from './twins.ts';
import { createVersionNews } from './version-news.ts';

/** Where the facts of engines go. */
export type EngineOutput = {
  readonly engineFacts: FactBatch['engineFacts'][number][];
  readonly latencyFacts: FactBatch['latencyFacts'][number][];
  readonly events: FleetEvent[];
  readonly checkpoints: CounterCheckpoint[];
};

type Entry = { readonly member: Member; readonly model: string };

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
  /** Other names under which an engine is seen. */
  readonly alsoSeenAs: (engine: string) => readonly string[];
  /** When an engine was last heard; also one that is left out. Null where it was not heard since our start. */
  readonly lastHeard: (engine: string) => EpochMs | null;
};

/** GPUs of an engine that is not placed: what bounds its believable tokens. */
const GPUS_UNPLACED = 8;

/** No gap is bridged beyond this. */
const FORGET_MS = 24 * 3_600_000;

export function createKnownEngines(spans: EngineSpanRegistry, topology: () => Topology): KnownEngines {
  const tracks = new Map<string, EngineTrack>();
  /** The last reading of every engine as it came, those that are left out too. */
  const readings = new Map<string, { readonly sample: EngineSample; readonly at: EpochMs }>();
  const roles = new Map<string, KnownRole>();
  /** What was counted of each engine at its last reading. */
  const parts = new Map<string, string>();
  const lastScrapes = new Map<string, LastScrape>();
  const twins = createTwins();
  const news = createVersionNews();
  const pods = createPodVersions();
  let deployments: readonly Deployment[] = [];

  function decide(): ReadonlyMap<string, Entry> {
    const unheard = [...tracks.values()].map(({ sample }) => sample).filter(({ engine }) => !readings.has(engine));
    const heard = [...readings.values()].flatMap(({ sample }) =>
      twins.primaryOf(sample.engine) === null ? sample : [],
    );
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
    const event = news.heard(done.track.span, sample.startedAt, scrape.at);
    if (event !== null) out.events.push(event);
    if (done.needsCheckpoint) out.checkpoints.push(engineCheckpoint(done.track));
  }

  /** Compares a reading with the one before, as far as it is counted here and by no other. */
  function count({ sample: own, scrape }: Reading, entry: Entry | undefined, round: Round, out: EngineOutput): void {
    if (entry === undefined) return;
    const { member, model } = entry;
    const isFront = isFrontend(own.kind);
    if (isFront && member.input === 'none') return leaveOut(own.engine, scrape.at, out);
    const part = `${member.input} ${member.output}`;
    // Counters that were another's until now begin anew: what they hold so far was counted there.
    if ((parts.get(own.engine) ?? part) !== part) tracks.delete(own.engine);
    parts.set(own.engine, part);
    const sample = withNames(own, twins.namesOf(own.engine));
    step(countedSample(sample, member, member.role, isFront ? model : own.model), progressOf(own), scrape, round, out);
  }

  /** Engines of models that nobody served until now: what they have counted, nobody else has. */
  function newModelsAmong(heard: readonly Reading[]): ReadonlySet<string> {
    const unknown = heard.filter(({ sample: { engine } }) => !readings.has(engine) && !tracks.has(engine));
    if (unknown.length === 0) return new Set();
    const known = [...readings.values(), ...tracks.values()].map(({ sample }) => servedName(sample));
    const served = Map.groupBy([...known, ...unknown.map(({ sample }) => servedName(sample))], (name) => name);
    return new Set(
      unknown.flatMap(({ sample }) => (served.get(servedName(sample))?.length === 1 ? sample.engine : [])),
    );
  }

  function unbornOf({ sample, scrape }: Reading, { pollSeconds }: Round): readonly Reading[] {
    const last = lastScrapes.get(scrape.target);
    const reading = unbornReading(sample, scrape, last, scrape.intervalSeconds ?? pollSeconds);
    return reading === null ? [] : [reading];
  }

  /** What has been silent for longer than a gap can be bridged is of no use any more: pods come and go. */
  function forgetSilent(now: EpochMs | null): void {
    for (const [engine, { at }] of readings) {
      if (now === null || now - at <= FORGET_MS) continue;
      for (const known of [readings, tracks, roles, parts]) known.delete(engine);
      twins.forget(engine);
    }
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
    alsoSeenAs: (engine) => twins.namesOf(engine).map((other) => other.engine),
    lastHeard: (engine) => readings.get(engine)?.at ?? tracks.get(engine)?.moment.at ?? null,
    resume: (known) => {
      for (const [engine, track] of known) {
        tracks.set(engine, track);
        news.heard(track.span, track.sample.startedAt, track.moment.at);
        if (track.span.role !== null) roles.set(engine, { role: track.span.role, from: 'counters' });
      }
    },
    take: (scrapes, round, out) => {
      pods.learn(scrapes);
      const heard = scrapes.flatMap((scrape) =>
        scrape.engines.map((sample) => ({ sample: pods.described(sample), scrape })),
      );
      const isNew = newModelsAmong(heard);
      for (const { sample, scrape } of heard) readings.set(sample.engine, { sample, at: scrape.at });
      twins.observe(heard, (engine) => tracks.has(engine));
      for (const engine of tracks.keys()) {
        if (twins.primaryOf(engine) !== null) leaveOut(engine, readings.get(engine)?.at ?? epochMs(0), out);
      }
      const members = decide();
      for (const reading of heard) {
        if (twins.primaryOf(reading.sample.engine) !== null) continue;
        const { engine } = reading.sample;
        const missed = twins.takeHeld(engine).filter(({ scrape }) => scrape !== reading.scrape);
        const before = isNew.has(engine) ? unbornOf(reading, round) : [];
        for (const each of [...before, ...missed, reading]) count(each, members.get(engine), round, out);
      }
      for (const scrape of scrapes) lastScrapes.set(scrape.target, lastScrapeOf(scrape));
      forgetSilent(heard[0]?.scrape.at ?? null);
    },
  };
}

function progressOf({ counters: { inputTokens, outputTokens } }: EngineSample): number | null {
  return inputTokens === null && outputTokens === null ? null : (inputTokens ?? 0) + (outputTokens ?? 0);
}

/** What another route tells of the same process and this one leaves out. */
function withNames(sample: EngineSample, others: readonly EngineSample[]): EngineSample {
  return others.reduce((known, other) => {
    const isBetterTold = known.versionEvidence !== 'http' && other.versionEvidence === 'http';
    const { version, versionEvidence } = isBetterTold ? other : known;
    return {
      ...known,
      version,
      versionEvidence,
      pod: known.pod ?? other.pod,
      namespace: known.namespace ?? other.namespace,
      tenant: known.tenant ?? other.tenant,
      site: known.site ?? other.site,
      rack: known.rack ?? other.rack,
      pool: known.pool ?? other.pool,
      node: known.node ?? other.node,
      gpuCount: known.gpuCount ?? other.gpuCount,
      image: known.image ?? other.image,
      settings: mergedSettings(other.settings, known.settings),
    };
  }, sample);
}
