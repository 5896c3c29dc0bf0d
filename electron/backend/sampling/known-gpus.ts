import type { CounterCheckpoint, FactBatch } from '#backend/store/store.ts';
import type { FleetEvent } from '#shared/model/fact.ts';
import type { GpuSeat } from '#shared/model/gpu.ts';
import type { GpuSample, Scrape } from '#shared/model/sample.ts';
import type { EpochMs } from '#shared/time/instant.ts';
import { gpuCheckpoint } from './checkpoints.ts';
import { createGpuSources, type GpuSourceNotes } from './gpu-sources.ts';
import { stepGpu, stepMissingGpu, type GpuStep, type GpuTrack, type Judge } from './gpu-tracker.ts';
import type { Moment } from './interval.ts';
import { createMachineNews } from './machine-news.ts';
import { describedGpu } from './seats.ts';
import type { SpanRegistry } from './spans.ts';

/** Where the facts of GPUs go. */
export type GpuOutput = {
  readonly gpuFacts: FactBatch['gpuFacts'][number][];
  readonly events: FleetEvent[];
  readonly checkpoints: CounterCheckpoint[];
};

type Round = {
  readonly pollSeconds: number;
  /** How GPUs are judged that are read at a moment, at a pace in seconds. */
  readonly judgeAt: (now: Moment, pollSeconds: number) => Judge;
};

/** The GPUs of a fleet: the last reading of each, and which target makes its facts. */
export type KnownGpus = {
  readonly tracks: ReadonlyMap<string, GpuTrack>;
  readonly samples: () => readonly GpuSample[];
  take(scrapes: readonly Scrape[], round: Round, out: GpuOutput): void;
  resume(tracks: ReadonlyMap<string, GpuTrack>): void;
  /** GPUs that their targets no longer list. */
  lost(): readonly GpuTrack[];
  adoptLost(lost: GpuTrack): EpochMs | null;
  notes(): GpuSourceNotes;
};

/** Rounds after a restart of ours by which every target that answers has been heard. */
const UNHEARD_ROUNDS = 3;

export function createKnownGpus(seats: SpanRegistry<GpuSeat>): KnownGpus {
  const tracks = new Map<string, GpuTrack>();
  const gpusByTarget = new Map<string, Set<string>>();
  const sources = createGpuSources();
  const news = createMachineNews();
  let roundsSinceResume = 0;

  function stepScrape(scrape: Scrape, round: Round, out: GpuOutput): void {
    if (scrape.gpus.length === 0) return;
    const { target } = scrape;
    releaseOfOtherMachine(scrape, out);
    for (const told of scrape.gpus) {
      for (const { sample, moment, intervalSeconds } of sources.chosen(told, scrape)) {
        const previous = tracks.get(sample.gpu) ?? null;
        const seat = seats.spanOf(sample.gpu, moment.at, describedGpu(sample, seats.current(sample.gpu)));
        const judge = round.judgeAt(moment, intervalSeconds);
        const step = stepGpu(previous, { sample, seat, moment, target }, intervalSeconds, judge);
        if (previous !== null) news.watch(previous, step.track);
        keep(step, out);
      }
    }
    const moment = { at: scrape.at, monotonicMs: scrape.monotonicMs };
    const pollSeconds = scrape.intervalSeconds ?? round.pollSeconds;
    for (const missing of missingIn(scrape)) keep(stepMissingGpu(missing, moment, pollSeconds), out);
  }

  function keep(step: GpuStep, out: GpuOutput): void {
    hold(step.track);
    out.gpuFacts.push(...step.facts);
    out.events.push(...step.events);
    if (step.needsCheckpoint) out.checkpoints.push(...gpuCheckpoint(step.track));
  }

  function hold(track: GpuTrack): void {
    const { target } = track;
    const { gpu } = track.sample;
    const before = tracks.get(gpu)?.target ?? null;
    if (before !== target) {
      if (before !== null) gpusByTarget.get(before)?.delete(gpu);
      if (target !== null) gpusByTarget.set(target, (gpusByTarget.get(target) ?? new Set()).add(gpu));
    }
    tracks.set(gpu, track);
  }

  function listedBy(target: string): GpuTrack[] {
    return [...(gpusByTarget.get(target) ?? [])].flatMap((gpu) => tracks.get(gpu) ?? []);
  }

  /**
   * GPUs that this scrape leaves out though its own target made their facts, and that no other target tells. Triton tells
   * only of GPUs that it uses: those that it leaves out may be well.
   */
  function missingIn(scrape: Scrape): GpuTrack[] {
    const heard = new Set(scrape.gpus.map((sample) => sample.gpu));
    return listedBy(scrape.target).filter(
      ({ sample }) =>
        !heard.has(sample.gpu) && sample.origin !== 'triton' && !sources.isToldElsewhere(sample.gpu, scrape),
    );
  }

  /**
   * An address that answers for another node with other GPUs belongs to another machine now: the GPUs it had before are
   * not gone, only unheard. Source: fault G11.
   */
  function releaseOfOtherMachine(scrape: Scrape, out: GpuOutput): void {
    const listed = listedBy(scrape.target);
    const event = news.otherMachine(listed, scrape);
    if (event === null) return;
    out.events.push(event);
    for (const track of listed) hold({ ...track, target: null });
  }

  function adoptLost(lost: GpuTrack): EpochMs | null {
    const onNode = (track: GpuTrack): boolean => track.target !== null && track.seat.node === lost.seat.node;
    const neighbour = [...tracks.values()].find(onNode);
    if (neighbour === undefined || (tracks.get(lost.sample.gpu)?.target ?? null) !== null) return null;
    const { target, moment } = neighbour;
    hold({ ...lost, target, moment, isMissing: true });
    return moment.at;
  }

  /** GPUs known from before a restart of ours that no target has listed since, though their node was read, are lost. */
  function adoptUnheard(): void {
    roundsSinceResume += 1;
    if (roundsSinceResume !== UNHEARD_ROUNDS) return;
    for (const track of [...tracks.values()].filter((known) => known.target === null)) adoptLost(track);
  }

  return {
    tracks,
    samples: () => [...tracks.values()].map((track) => track.sample),
    take: (scrapes, round, out) => {
      sources.hear(scrapes, round.pollSeconds);
      for (const scrape of scrapes) stepScrape(scrape, round, out);
      out.events.push(...news.takeEvents());
      adoptUnheard();
    },
    resume: (known) => {
      for (const [gpu, track] of known) tracks.set(gpu, track);
    },
    lost: () => [...tracks.values()].filter((track) => track.isMissing),
    adoptLost,
    notes: () => sources.notes(),
  };
}
