import { GPU_FACT_COLUMNS, type FleetEvent, type GpuFact, type GpuFactSums } from '#shared/model/fact.ts';
import type { GpuSeat } from '#shared/model/gpu.ts';
import type { GpuState } from '#shared/model/gpu-state.ts';
import type { GpuSample } from '#shared/model/sample.ts';
import type { EpochMs } from '#shared/time/instant.ts';
import { counterChange, type CounterChange } from './counter-difference.ts';
import { bridgedGpuSums, energyMaxJoules, missingGpuSums, watchedGpuSums } from './gpu-fact-of.ts';
import { intervalBetween, secondsSince, type Interval, type Moment } from './interval.ts';
import { splitAtMinutes } from './split-at-minutes.ts';
import { throttledSecondsOf, throttlingAfter, type Throttling } from './throttled-share.ts';

const BRIDGE_SECONDS_MAX = 24 * 3600;

/** An exporter's reading may be as old as its collection period, 30 s by default: a step may hold that much more. */
const COLLECTION_SECONDS = 30;

/** The rows of a card's slices copy its counter, each sampled by itself: copies lie this far apart at most, s. */
const COPIES_APART_SECONDS = 2;

/** What is known of one GPU between readings. */
export type GpuTrack = {
  readonly sample: GpuSample;
  readonly seat: GpuSeat;
  readonly moment: Moment;
  /** The target that last listed the GPU: only this one can say that it is gone. Null after a restart of ours. */
  readonly target: string | null;
  /** When the energy counter was last seen to move: an exporter that collects slowly repeats itself, then catches up. */
  readonly energyMovedAt: Moment;
  /** Whether the last step of the energy counter was not believed: one cause gives one event. */
  readonly isEnergyHeldOut: boolean;
  /** Whether the counted level stands above what the present source says: its readings are older than the last source's. */
  readonly isEnergyAhead: boolean;
  /** What its counter of throttled time says; null before the first reading. */
  readonly throttling: Throttling | null;
  /** The highest SM clock that it was read at in its seat, Hz: what its clock is held against. */
  readonly smClockTopHertz: number | null;
  /** Since when the present pods have held the GPU; null where they held it before Tokenwatt saw it. */
  readonly heldSince: Moment | null;
  readonly isMissing: boolean;
  /** False for a track rebuilt from the store after a restart of ours: it holds the energy counter only. */
  readonly hasGauges: boolean;
};

export type GpuStep = {
  readonly track: GpuTrack;
  readonly facts: readonly GpuFact[];
  readonly events: readonly FleetEvent[];
  readonly needsCheckpoint: boolean;
};

/** The state and placement of a GPU over an interval, from what runs on it: asked only when the interval is watched. */
export type Judge = (
  sample: GpuSample,
  heldSince: Moment | null,
  throttledShare: number | null,
  smClockTopHertz: number | null,
) => { readonly state: GpuState; readonly placement: string | null };

/** One reading of one GPU, with where and when it was taken. */
export type GpuReading = {
  readonly sample: GpuSample;
  readonly seat: GpuSeat;
  readonly moment: Moment;
  readonly target: string;
};

/** Takes one reading of one GPU and gives the facts since the reading before. */
export function stepGpu(previous: GpuTrack | null, reading: GpuReading, pollSeconds: number, judge: Judge): GpuStep {
  const { sample, moment } = reading;
  const track: GpuTrack = {
    ...reading,
    energyMovedAt: moment,
    isEnergyHeldOut: false,
    isEnergyAhead: false,
    throttling: throttlingAfter(previous?.throttling ?? null, throttledSecondsOf(sample), moment, COLLECTION_SECONDS),
    smClockTopHertz: topClock(previous, reading),
    heldSince: heldSince(previous, reading),
    isMissing: false,
    hasGauges: true,
  };
  if (previous === null) return { track, facts: [], events: [], needsCheckpoint: true };
  const interval = intervalBetween(previous.moment, moment, pollSeconds);
  if (interval.kind === 'none') return { track: previous, facts: [], events: [], needsCheckpoint: false };
  const { energy, levelJoules } = energyChange(previous, reading, interval);
  const facts = factsOf(previous, track, interval, energy, judge);
  return {
    track: {
      ...track,
      sample: { ...sample, energyCounterJoules: levelJoules },
      energyMovedAt: isUnmoved(energy) ? previous.energyMovedAt : moment,
      isEnergyHeldOut: energy.kind === 'held-out',
      isEnergyAhead: levelJoules !== sample.energyCounterJoules,
    },
    facts,
    events: eventsOf(previous, reading, energy),
    // Without an amount, or without a fact that holds it, the last checkpoint no longer leads to the counter's value.
    needsCheckpoint: facts.length === 0 || hasNewBaseline(previous, sample, energy),
  };
}

function topClock(previous: GpuTrack | null, { sample, seat }: GpuReading): number | null {
  const before = previous?.seat.key === seat.key ? previous.smClockTopHertz : null;
  return sample.smClockHertz === null ? before : Math.max(before ?? 0, sample.smClockHertz);
}

function heldSince(previous: GpuTrack | null, { sample, moment }: GpuReading): Moment | null {
  if (previous === null || !previous.hasGauges) return null;
  return podsOf(previous.sample) === podsOf(sample) ? previous.heldSince : moment;
}

function podsOf(sample: GpuSample): string {
  return JSON.stringify(sample.workloads.map(({ pod }) => pod).toSorted());
}

function isUnmoved(energy: CounterChange): boolean {
  return energy.kind === 'grown' && energy.amount === 0;
}

function hasNewBaseline(previous: GpuTrack, now: GpuSample, energy: CounterChange): boolean {
  if (energy.kind === 'grown') return false;
  return previous.sample.energyCounterJoules !== null || now.energyCounterJoules !== null;
}

/**
 * A driver reload starts the energy counter anew and nobody knows when: a fall, another driver, or a return after the GPU
 * was lost is a new baseline, never an amount. Source: fault G04. A fall by no more than a board draws in the time that
 * copies of a counter lie apart is none: the counter is read through another copy, and counting goes on from the level
 * that was reached, so that no joule counts twice.
 */
function energyChange(previous: GpuTrack, reading: GpuReading, interval: Interval): EnergyChange {
  const { sample, moment } = reading;
  const before = previous.sample.energyCounterJoules;
  const now = sample.energyCounterJoules;
  const unknown = { energy: { kind: 'unknown' }, levelJoules: now } as const;
  if (before === null || now === null || previous.isMissing || !isSameCounter(previous, reading)) return unknown;
  if (isOtherDriver(previous.sample, sample)) return { energy: { kind: 'reset', amount: 0 }, levelJoules: now };
  const isOtherTarget = previous.target !== null && previous.target !== reading.target;
  const apartSeconds = isOtherTarget || previous.isEnergyAhead ? COLLECTION_SECONDS : COPIES_APART_SECONDS;
  if (now < before && before - now > energyMaxJoules(sample, apartSeconds))
    return { energy: { kind: 'reset', amount: 0 }, levelJoules: now };
  if (now < before) return { energy: { kind: 'grown', amount: 0 }, levelJoules: before };
  const wallSeconds = (moment.at - previous.moment.at) / 1000;
  const sinceMove = Math.max(interval.seconds, wallSeconds, secondsSince(previous.energyMovedAt, moment));
  const amountMax = energyMaxJoules(sample, sinceMove + COLLECTION_SECONDS);
  return { energy: counterChange(before, now, 'unknown', amountMax), levelJoules: now };
}

/** What an energy counter did, and the level to count on from. */
type EnergyChange = { readonly energy: CounterChange; readonly levelJoules: number | null };

/** All sources read the driver's own counter, save Triton, whose counter starts with the server. */
function isSameCounter(previous: GpuTrack, { sample }: GpuReading): boolean {
  return (previous.sample.origin === 'triton') === (sample.origin === 'triton');
}

function factsOf(
  previous: GpuTrack,
  track: GpuTrack,
  interval: Interval,
  energy: CounterChange,
  judge: Judge,
): GpuFact[] {
  // Until this reading the GPU was where, and as, the one before found it.
  const base = { seat: previous.seat.key, start: interval.start, seconds: interval.seconds };
  if (interval.kind === 'watched' && previous.hasGauges) {
    const judged = judge(track.sample, track.heldSince, track.throttling?.share ?? null, track.smClockTopHertz);
    // The readings of a GPU that was missing are as old as its loss: they say nothing of this interval.
    const before = previous.isMissing ? null : previous.sample;
    const sums = watchedGpuSums(before, track.sample, interval, energy);
    return splitAtMinutes({ ...base, ...judged, ...sums }, GPU_FACT_COLUMNS);
  }
  if (energy.kind !== 'grown') return [];
  const { start, seconds } = bridgedSpan(previous, track, interval, energy.amount);
  if (seconds > BRIDGE_SECONDS_MAX) return [];
  const sums = bridgedGpuSums(energy.amount, seconds);
  return [{ ...base, start, seconds, state: 'unobserved', placement: null, ...sums }];
}

/**
 * The time that a bridged amount covers. Where the wall clock went ahead of the monotonic one, either it was set or the
 * machine slept, and only the amount tells: what cannot have been drawn in the monotonic time was drawn while asleep.
 */
function bridgedSpan(
  previous: GpuTrack,
  { sample, moment }: GpuTrack,
  interval: Interval,
  joules: number,
): { readonly start: EpochMs; readonly seconds: number } {
  const hasSlept = interval.clockStepped && joules > energyMaxJoules(sample, interval.seconds + COLLECTION_SECONDS);
  return hasSlept ? { start: previous.moment.at, seconds: (moment.at - previous.moment.at) / 1000 } : interval;
}

/**
 * A GPU that an otherwise good answer of its own exporter leaves out: it is lost, and its time is unavailable, not
 * unseen. Source: fault G03.
 */
export function stepMissingGpu(previous: GpuTrack, moment: Moment, pollSeconds: number): GpuStep {
  const interval = intervalBetween(previous.moment, moment, pollSeconds);
  if (interval.kind === 'none') return { track: previous, facts: [], events: [], needsCheckpoint: false };
  const sums: GpuFactSums = missingGpuSums(interval.seconds);
  const fact: GpuFact = {
    seat: previous.seat.key,
    start: interval.start,
    seconds: interval.seconds,
    state: 'unhealthy',
    placement: null,
    ...sums,
  };
  const xid = previous.sample.xid;
  const name = previous.sample.index === null ? 'GPU' : `GPU ${previous.sample.index}`;
  const reason = `${name} lost: no longer listed${xid === null || xid === 0 ? '' : `, last XID ${xid}`}`;
  return {
    track: { ...previous, moment, isMissing: true },
    facts: interval.kind === 'watched' ? splitAtMinutes(fact, GPU_FACT_COLUMNS) : [],
    events: previous.isMissing ? [] : [gpuEvent('gpu-lost', previous.sample, moment.at, reason)],
    needsCheckpoint: false,
  };
}

function eventsOf(previous: GpuTrack, { sample, moment }: GpuReading, energy: CounterChange): FleetEvent[] {
  const events: FleetEvent[] = [];
  if (previous.isMissing) events.push(gpuEvent('gpu-returned', sample, moment.at, 'answers again'));
  if (energy.kind === 'held-out' && !previous.isEnergyHeldOut) {
    events.push(gpuEvent('counter-held-out', sample, moment.at, `energy counter of ${sample.gpu} ${energy.reason}`));
  }
  return events;
}

function isOtherDriver(before: GpuSample, now: GpuSample): boolean {
  return before.driverVersion !== null && now.driverVersion !== null && before.driverVersion !== now.driverVersion;
}

function gpuEvent(kind: FleetEvent['kind'], sample: GpuSample, at: EpochMs, message: string): FleetEvent {
  return { at, kind, subject: sample.gpu, model: null, node: sample.node, message };
}
