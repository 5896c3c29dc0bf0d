import { ENGINE_FACT_COLUMNS, type EngineFact, type FleetEvent, type LatencyFact } from '#shared/model/fact.ts';
import { changedSettings, imagesAgree, settingsIn } from '#shared/model/engine-settings.ts';
import type { EngineSpan } from '#shared/model/inference-engine.ts';
import { ENGINE_COUNTERS, isNotice, LATENCY_MEASURES, type EngineSample, type Scrape } from '#shared/model/sample.ts';
import type { EpochMs } from '#shared/time/instant.ts';
import { processEvidence, type ProcessEvidence } from './counter-difference.ts';
import { engineChange, type EngineChange } from './engine-fact-of.ts';
import { intervalBetween, secondsSince, type Interval, type Moment } from './interval.ts';
import { afterCounted, freshMemory, judgeAddress, type AddressMemory, type Judged } from './shared-address.ts';
import { splitAtMinutes } from './split-at-minutes.ts';
import { describedEngine, versionsAgree, type EngineSpanRegistry } from './engine-spans.ts';

/** Held-out readings in a row after which the new level is believed to be the counter's and counting goes on from it. */
const HELD_OUT_MAX = 3;

/** Where several are known to answer in turn, so many of others in a row show that the counted one is gone. */
const SHARED_HELD_OUT_MAX = 12;

/** A gap longer than this is not bridged: nobody can say which day the tokens belong to. */
const BRIDGE_SECONDS_MAX = 24 * 3600;

/** One cause gives one event: the same engine says no sooner again that values are held out. Source: invariant I15. */
const HELD_OUT_EVENT_SECONDS = 3600;

/** Observations of a longer interval stand whole at its start: dealt out to its minutes, a handful would be invented. */
const LATENCY_SPLIT_SECONDS_MAX = 120;

/** What is known of one engine between readings. */
export type EngineTrack = {
  /** The last reading; a counter that it held out, or that a known process left out, stands at its last good level. */
  readonly sample: EngineSample;
  readonly span: EngineSpan;
  readonly moment: Moment;
  /** Seconds between readings of this engine. */
  readonly pollSeconds: number;
  /** Tokens that the process has moved, whoever counts them: they show activity and are never counted. */
  readonly progress: number | null;
  readonly movedAt: Moment;
  /** Last moment at which requests ran or tokens moved. */
  readonly activeAt: Moment | null;
  readonly heldOutInRow: number;
  /** When an event last told of held-out values. */
  readonly heldOutEventAt: Moment | null;
  /** Whether the last reading was free of values held out by its reader. */
  readonly wasWhole: boolean;
  /** False for a track rebuilt from the store after a restart of ours: it holds counters only. */
  readonly hasGauges: boolean;
  /** Whether several processes answer at its address. */
  readonly memory: AddressMemory;
  /** Restarts within the last hour. */
  readonly restarts: readonly Moment[];
};

export type EngineStep = {
  readonly track: EngineTrack;
  readonly facts: readonly EngineFact[];
  readonly latencies: readonly LatencyFact[];
  readonly events: readonly FleetEvent[];
  readonly problems: readonly string[];
  /** True when facts alone no longer give the counters' values: the store needs a checkpoint. */
  readonly needsCheckpoint: boolean;
};

export type EngineStepInput = {
  readonly previous: EngineTrack | null;
  /** What is counted of the reading: see token-authority.ts. */
  readonly sample: EngineSample;
  readonly progress: number | null;
  readonly scrape: Scrape;
  readonly pollSeconds: number;
  readonly gpus: number;
  readonly spans: EngineSpanRegistry;
};

/** Takes one reading of one engine and gives the facts since the reading before. */
export function stepEngine(input: EngineStepInput): EngineStep {
  const { previous, sample, scrape } = input;
  const moment: Moment = { at: scrape.at, monotonicMs: scrape.monotonicMs };
  if (previous === null) return { ...NOTHING, track: freshTrack(input, moment, null), needsCheckpoint: true };
  const interval = intervalBetween(previous.moment, moment, input.pollSeconds);
  // The same instant read twice (two routes, or the seam between history and live) says nothing new.
  if (interval.kind === 'none') return { ...NOTHING, track: previous };
  const { evidence, memory } = judged(input, previous, moment, interval);
  if (evidence === 'other') return stepOfOther(input, { ...previous, memory }, moment);
  const change =
    interval.seconds > BRIDGE_SECONDS_MAX
      ? null
      : engineChange({
          previous: previous.sample,
          now: sample,
          interval,
          evidence,
          previousWasWhole: previous.wasWhole,
          gpus: input.gpus,
          secondsSinceMove: secondsSince(previous.movedAt, moment),
          hasGauges: previous.hasGauges,
        });
  if (change === null) return { ...NOTHING, track: freshTrack(input, moment, previous), needsCheckpoint: true };
  return stepOf(input, { ...previous, memory }, { interval, change, moment, evidence });
}

/** Whether a reading is of the process of the one before: by start times, or else by what is known of the address. */
function judged(input: EngineStepInput, previous: EngineTrack, moment: Moment, interval: Interval): Judged {
  const { sample: now, gpus } = input;
  const { sample, memory } = previous;
  const evidence = processEvidence(sample.startedAt, now.startedAt, previous.moment.at);
  if (evidence !== 'unknown' || !previous.hasGauges) return { evidence, memory };
  return judgeAddress({ previous: sample, memory, now, moment, interval, gpus });
}

const NOTHING = { facts: [], latencies: [], events: [], problems: [], needsCheckpoint: false } as const;

/** A track that begins to count at this reading. */
function freshTrack(
  input: EngineStepInput,
  moment: Moment,
  previous: EngineTrack | null,
  knownSpan: EngineSpan | null = null,
): EngineTrack {
  const { sample, scrape, spans, pollSeconds } = input;
  return {
    sample,
    span: knownSpan ?? spans.spanOf(sample.engine, scrape.at, describedEngine(sample)),
    moment,
    pollSeconds,
    progress: input.progress,
    movedAt: moment,
    activeAt: isRunning(sample) ? moment : (previous?.activeAt ?? null),
    heldOutInRow: 0,
    heldOutEventAt: previous?.heldOutEventAt ?? null,
    wasWhole: scrape.problems.every(isNotice),
    hasGauges: true,
    memory: previous === null ? freshMemory(moment) : { ...previous.memory, countedAt: moment, before: null },
    restarts: previous?.restarts ?? [],
  };
}

/**
 * A reading of another process than the one that is counted: two answer behind one address. It is left out as if it had
 * not come, so that the flips never count as restarts; after several in a row the known process is gone, and counting
 * begins anew with this one. Source: fault M08.
 */
function stepOfOther(input: EngineStepInput, previous: EngineTrack, moment: Moment): EngineStep {
  const reason = `another process answers for ${input.sample.engine}: are there several behind one address?`;
  const heldOutInRow = previous.heldOutInRow + 1;
  const told = heldOutEvents(input.sample, previous, moment, [reason]);
  const isKept = heldOutInRow < (previous.memory.others.length > 0 ? SHARED_HELD_OUT_MAX : HELD_OUT_MAX);
  const track = isKept ? { ...previous, heldOutInRow } : freshTrack(input, moment, previous);
  return {
    ...NOTHING,
    track: { ...track, heldOutEventAt: told.at },
    events: told.events,
    problems: [reason],
    needsCheckpoint: !isKept,
  };
}

type Known = {
  readonly interval: Interval;
  readonly change: EngineChange;
  readonly moment: Moment;
  readonly evidence: ProcessEvidence;
};

function stepOf(input: EngineStepInput, previous: EngineTrack, known: Known): EngineStep {
  const { sample } = input;
  const { change, interval, moment } = known;
  const isDoubtful = change.heldOut.length > 0 && known.evidence !== 'same';
  // What another process may have said of its version must not become this one's.
  const fresh = freshTrack(input, moment, previous, isDoubtful ? previous.span : null);
  const isHeldOut = change.heldOut.length > 0 && previous.heldOutInRow + 1 < HELD_OUT_MAX;
  const hasMoved = tokensOf(change) > 0 || (previous.progress !== null && (input.progress ?? 0) > previous.progress);
  const isActive = hasMoved || isRunning(sample) || (previous.hasGauges && isRunning(previous.sample));
  const base = { engineSpan: fresh.span.key, start: interval.start, seconds: interval.seconds };
  const fact: EngineFact = { ...base, ...change.sums };
  const latencies = change.latencies.map((bin) => ({ ...base, ...bin }));
  const isWhole = change.sums.bridgedSeconds !== null;
  const told = heldOutEvents(sample, previous, moment, change.heldOut);
  const restarted = afterRestart(previous.restarts, change.restarted ? moment : null);
  const perSecond = change.restarted ? 0 : tokensOf(change) / interval.seconds;
  return {
    track: {
      ...fresh,
      restarts: restarted.restarts,
      memory: isDoubtful ? previous.memory : afterCounted(previous.memory, previous.sample, perSecond, moment),
      sample: {
        ...sample,
        counters: levelsAfter(previous.sample, sample, change, { isHeldOut, ...known }),
        latencies: change.latencyLevels,
      },
      movedAt: hasMoved ? moment : previous.movedAt,
      activeAt: isActive ? moment : previous.activeAt,
      heldOutInRow: change.heldOut.length > 0 ? (previous.heldOutInRow + 1) % HELD_OUT_MAX : 0,
      heldOutEventAt: told.at,
    },
    facts: isWhole ? [fact] : splitAtMinutes(fact, ENGINE_FACT_COLUMNS),
    latencies: isWhole || interval.seconds > LATENCY_SPLIT_SECONDS_MAX ? latencies : latencies.flatMap(splitLatency),
    events: [...eventsOf(sample, moment.at, restarted.told, previous.span, fresh.span), ...told.events],
    problems: change.heldOut,
    needsCheckpoint: change.restarted || hasNewBaseline(sample, change),
  };
}

function tokensOf({ sums }: EngineChange): number {
  return (sums.inputTokens ?? 0) + (sums.outputTokens ?? 0);
}

/** Whether something has a level but no amount: the last checkpoint and the facts since then no longer give its level. */
function hasNewBaseline({ counters, latencies }: EngineSample, { sums }: EngineChange): boolean {
  return (
    ENGINE_COUNTERS.some((name) => counters[name] !== null && sums[name] === null) ||
    LATENCY_MEASURES.some((name) => latencies[name] !== null && sums[`${name}Count`] === null)
  );
}

function splitLatency(fact: LatencyFact): LatencyFact[] {
  return splitAtMinutes(fact, LATENCY_COLUMNS).filter((part) => part.count > 0);
}

const LATENCY_COLUMNS = { count: 'sum' } as const;

/** Requests in flight, or in the queue: an engine that lets somebody wait is not idle. Source: economics reference, 6.1. */
function isRunning(sample: EngineSample): boolean {
  return (sample.requestsRunning ?? 0) > 0 || (sample.requestsWaiting ?? 0) > 0;
}

/**
 * Counter levels to count on from. A held-out counter keeps its old level, so that a glitch that passes leaves no trace;
 * a counter that a known process left out keeps it too, so that its return is not counted from zero.
 */
function levelsAfter(
  previous: EngineSample,
  now: EngineSample,
  change: EngineChange,
  known: { readonly isHeldOut: boolean; readonly evidence: ProcessEvidence },
): EngineSample['counters'] {
  const levels = ENGINE_COUNTERS.map((name) => {
    const level = now.counters[name];
    const before = previous.counters[name];
    if (level === null) return [name, known.evidence === 'same' ? before : null] as const;
    const wasHeldOut = known.isHeldOut && change.sums[name] === null && before !== null;
    return [name, wasHeldOut ? before : level] as const;
  });
  return Object.fromEntries(levels) as EngineSample['counters'];
}

const RESTARTS_SECONDS = 3600;

/** A crash loop is told of in growing steps, so that one cause does not become a stream. Sources: G01, invariant I15. */
const RESTARTS_TOLD: readonly number[] = [1, 2, 3, 10, 30, 100, 300];

function afterRestart(
  before: readonly Moment[],
  moment: Moment | null,
): { readonly restarts: readonly Moment[]; readonly told: number | null } {
  if (moment === null) return { restarts: before, told: null };
  const recent = before.filter((at) => secondsSince(at, moment) <= RESTARTS_SECONDS);
  const restarts = [...recent, moment];
  return { restarts, told: RESTARTS_TOLD.includes(restarts.length) ? restarts.length : null };
}

/** Events for held-out values, at most one an hour for an engine, and when the last one was. */
function heldOutEvents(
  sample: EngineSample,
  previous: EngineTrack,
  moment: Moment,
  reasons: readonly string[],
): { readonly events: FleetEvent[]; readonly at: Moment | null } {
  const last = previous.heldOutEventAt;
  const isQuiet = last !== null && secondsSince(last, moment) < HELD_OUT_EVENT_SECONDS;
  const [message] = reasons;
  if (message === undefined || isQuiet) return { events: [], at: last };
  const { engine: subject, model, node } = sample;
  return { events: [{ at: moment.at, kind: 'counter-held-out', subject, model, node, message }], at: moment };
}

function eventsOf(
  sample: EngineSample,
  at: EpochMs,
  restarts: number | null,
  before: EngineSpan,
  span: EngineSpan,
): FleetEvent[] {
  const subject = { subject: sample.engine, model: sample.model, node: sample.node, at };
  const events: FleetEvent[] = [];
  const isNewVersion = before.key !== span.key && !versionsAgree(before, span);
  if (isNewVersion) {
    const message = `${sample.model}: ${sample.kind} ${before.version ?? 'unknown'} to ${span.version ?? 'unknown'}`;
    events.push({ ...subject, kind: 'engine-version-changed', message });
  } else if (before.key !== span.key && settingsNews(before, span) !== null) {
    const message = `${sample.model}: ${settingsNews(before, span)}`;
    events.push({ ...subject, kind: 'engine-settings-changed', message });
  } else if (restarts !== null) {
    const often = restarts === 1 ? 'an engine restarted' : `an engine restarted ${restarts} times within an hour`;
    events.push({ ...subject, kind: 'engine-restarted', message: `${sample.model}: ${often}` });
  }
  return events;
}

/** What an engine of the same version runs otherwise, in words; null where nothing is told otherwise. */
function settingsNews(before: EngineSpan, span: EngineSpan): string | null {
  const [from, to] = [settingsIn(before.settings), settingsIn(span.settings)];
  const changed = changedSettings(before.settings, span.settings).map((name) => `${name} ${from[name]} to ${to[name]}`);
  const image = imagesAgree(before.image, span.image) ? [] : [`image ${before.image} to ${span.image}`];
  return changed.length + image.length === 0 ? null : [...changed, ...image].join(', ');
}
