import type { EngineSample } from '#shared/model/sample.ts';
import { secondsSince, type Moment } from './interval.ts';
import { contradicts, evidenceOf, levelsOf, type Levels, type Reading } from './level-traces.ts';
import { servedName } from './token-authority.ts';

/**
 * Finds the same process behind two names: an engine that is read directly and through a server, or that is listed twice.
 * One of them counts and the other is left out. Source: fault M10, invariant I1.
 */
export type Twins = {
  /** Learns what was just read, before any of it is counted. */
  observe(readings: readonly Reading[], isCounted: (engine: string) => boolean): void;
  /** The engine that counts for another that is, or may well be, the same process; null where it counts for itself. */
  readonly primaryOf: (engine: string) => string | null;
  /** Names under which an engine is seen as well. */
  readonly namesOf: (engine: string) => readonly EngineSample[];
  /** The last readings of an engine that was left out until now, oldest first: it catches up on them. */
  takeHeld(engine: string): readonly Reading[];
  forget(engine: string): void;
};

type Known = {
  reading: Reading;
  /** The reading before: up to there it was counted if it is left out from now on. */
  previous: Reading | null;
  count: number;
  /** Levels of the last readings, oldest first, since the counters last fell. */
  trace: readonly Levels[];
  primary: string | null;
  held: readonly Reading[];
  /** Where a contradiction to the primary began: readings of both by then. */
  doubt: { readonly own: number; readonly primary: number } | null;
  /** Engines that it cannot be. */
  readonly strangers: Set<string>;
};

const READINGS_KEPT = 8;

/** Readings of an engine that is left out, to be caught up on if that was a mistake. */
const HELD_MAX = 30;

/** Start times of one process, read by two routes, agree to the resolution of the kernel's clock. */
const SAME_START_MS = 20;
const OTHER_START_MS = 2000;

/** Engines that have done less say nothing by their counters. */
const TOKENS_MIN = 1000;

/** Orders of magnitude by which chance must be excluded. A mistake is seen soon, and what was left out is caught up on. */
const EVIDENCE_MIN = 3;

/** A restart is seen by one route before the other: pairs part when both were read so often and still contradict. */
const DOUBTFUL_READINGS = 2;

/** A primary that is silent for so many of its readings hands over to its twin. */
const SILENT_READINGS = 3;

export function createTwins(): Twins {
  const engines = new Map<string, Known>();
  /** Twins by the engine that counts for them. */
  let named: ReadonlyMap<string | null, readonly Known[]> = new Map();

  function learn(reading: Reading): void {
    const { engine } = reading.sample;
    const levels = levelsOf(reading);
    const known = engines.get(engine);
    if (known === undefined) {
      engines.set(engine, {
        reading,
        previous: null,
        count: 1,
        trace: [levels],
        primary: null,
        held: [],
        doubt: null,
        strangers: new Set(),
      });
      return;
    }
    const last = known.trace.at(-1);
    if (last !== undefined && secondsSince(last.moment, momentOf(reading)) <= 0) return;
    const hasFallen = last !== undefined && (levels.input < last.input || levels.output < last.output);
    known.previous = known.reading;
    known.reading = reading;
    known.count += 1;
    known.trace = hasFallen ? [levels] : [...known.trace, levels].slice(-READINGS_KEPT);
  }

  /** An engine that has been compared with all others and is none of them needs no more comparing. */
  function isOpen({ primary, count, trace }: Known): boolean {
    return primary !== null || count < READINGS_KEPT || totalOf(trace.at(-1)) < TOKENS_MIN;
  }

  function pair(known: Known, candidates: Iterable<Known>, isBefore: (one: Known, other: Known) => boolean): void {
    for (const other of candidates) {
      const { engine: name } = other.reading.sample;
      if (other === known || other.primary !== null || known.strangers.has(name)) continue;
      if (areOfOneScrape(known, other) || !isBefore(other, known)) continue;
      const verdict = judge(known, other);
      if (verdict === 'unknown') continue;
      if (verdict === 'same') {
        known.primary = name;
        return;
      }
      known.strangers.add(name);
    }
  }

  /** Whether a pair goes on being one: parted by lasting contradiction, or when the primary has fallen silent. */
  function review(known: Known): void {
    const primary = engines.get(known.primary ?? '');
    if (primary === undefined) {
      known.primary = null;
      return;
    }
    if (isSilent(primary, known)) {
      known.primary = null;
      known.held = since(known.held, primary.trace.at(-1));
      primary.primary = known.reading.sample.engine;
      return;
    }
    if (judge(known, primary) !== 'other') {
      known.doubt = null;
      return;
    }
    known.doubt ??= { own: known.count, primary: primary.count };
    const { own, primary: then } = known.doubt;
    if (known.count - own < DOUBTFUL_READINGS || primary.count - then < DOUBTFUL_READINGS) return;
    known.strangers.add(primary.reading.sample.engine);
    known.primary = null;
    known.doubt = null;
  }

  return {
    observe: (readings, isCounted) => {
      for (const reading of readings) learn(reading);
      for (const known of engines.values()) if (known.primary !== null) review(known);
      const isBefore = orderOf(isCounted);
      const byModel = Map.groupBy(engines.values(), groupOf);
      for (const group of byModel.values()) {
        const open = group.filter((known) => known.primary === null && isOpen(known));
        if (group.length === 1 || open.length === 0) continue;
        const candidatesOf = candidatesAmong(group);
        for (const known of open) if (known.primary === null) pair(known, candidatesOf(known), isBefore);
      }
      named = Map.groupBy(engines.values(), ({ primary }) => primary);
      for (const { sample, scrape } of readings) {
        const known = engines.get(sample.engine);
        if (known === undefined || known.primary === null) continue;
        const held = known.held.length === 0 && known.previous !== null ? [known.previous] : known.held;
        known.held = [...held, { sample, scrape }].slice(-HELD_MAX);
      }
    },
    primaryOf: (engine) => engines.get(engine)?.primary ?? null,
    namesOf: (engine) => (named.get(engine) ?? []).map(({ reading }) => reading.sample),
    takeHeld: (engine) => {
      const known = engines.get(engine);
      const held = known?.held ?? [];
      if (known !== undefined) known.held = [];
      return held;
    },
    forget: (engine) => {
      engines.delete(engine);
    },
  };
}

/** Engines whose totals are next to each other on so many places are compared by their counters. */
const NEIGHBOURS = 8;

/** The engines that one could be: of the same address, of the same start, or with about as many tokens. */
function candidatesAmong(group: readonly Known[]): (known: Known) => Iterable<Known> {
  const byAddress = Map.groupBy(group, ({ reading }) => reading.sample.address);
  const byStart = Map.groupBy(group, ({ reading }) => bucketOf(reading.sample.startedAt));
  const byTotal = group.toSorted((one, other) => totalOf(one.trace.at(-1)) - totalOf(other.trace.at(-1)));
  const places = new Map(byTotal.map((known, place) => [known, place]));
  return (known) => {
    const { address, startedAt } = known.reading.sample;
    const bucket = bucketOf(startedAt);
    const started = bucket === null ? [] : [bucket - 1, bucket, bucket + 1].flatMap((near) => byStart.get(near) ?? []);
    const place = places.get(known) ?? 0;
    const alike = byTotal.slice(Math.max(0, place - NEIGHBOURS), place + NEIGHBOURS + 1);
    return new Set([...(address === null ? [] : (byAddress.get(address) ?? [])), ...started, ...alike]);
  };
}

function bucketOf(startedAt: number | null): number | null {
  return startedAt === null ? null : Math.floor(startedAt / SAME_START_MS);
}

/** The engine of two that goes on counting: the one that was counted so far, else the one that is read directly. */
function orderOf(isCounted: (engine: string) => boolean): (one: Known, other: Known) => boolean {
  const rankOf = ({ reading: { sample, scrape } }: Known): number =>
    (isCounted(sample.engine) ? 0 : 2) + (scrape.intervalSeconds === null ? 0 : 1);
  return (one, other) => {
    const [first, second] = [rankOf(one), rankOf(other)];
    return first === second ? one.reading.sample.engine < other.reading.sample.engine : first < second;
  };
}

/**
 * Whether two engines are one process. Start times decide where they differ. Counters decide where one lies outside what
 * the other counted before and after. The same address, or the same start to the millisecond, is enough; without them,
 * counters that keep lying between the other's, too narrowly for chance. `unknown` waits for more readings.
 */
function judge(one: Known, other: Known): 'same' | 'other' | 'unknown' {
  const [sample, twin] = [one.reading.sample, other.reading.sample];
  const apart =
    sample.startedAt === null || twin.startedAt === null ? null : Math.abs(sample.startedAt - twin.startedAt);
  const arePods = sample.pod !== null && twin.pod !== null;
  if (arePods && (sample.pod !== twin.pod || sample.namespace !== twin.namespace)) return 'other';
  const isOneAddress = sample.address !== null && sample.address === twin.address;
  // One route may tell the start of the process and another that of its counters.
  if (apart !== null && apart > OTHER_START_MS && !isOneAddress) return 'other';
  if (contradicts(one.trace, other.trace) || contradicts(other.trace, one.trace)) return 'other';
  const tokens = Math.min(totalOf(one.trace.at(-1)), totalOf(other.trace.at(-1)));
  // Replicas that were started together and have served nothing yet are alike in everything.
  const isOneStart = apart !== null && apart <= SAME_START_MS && tokens > 0;
  if (isOneAddress || isOneStart) return 'same';
  if (tokens < TOKENS_MIN) return 'unknown';
  return evidenceOf(one.trace, other.trace) + evidenceOf(other.trace, one.trace) >= EVIDENCE_MIN ? 'same' : 'unknown';
}

/** Readings that came after all that the primary had counted. */
function since(held: readonly Reading[], last: Levels | undefined): readonly Reading[] {
  return last === undefined ? held : held.filter((reading) => secondsSince(last.moment, momentOf(reading)) >= 0);
}

/** Engines that one answer tells of beside each other are several, as in a federation. */
function areOfOneScrape(one: Known, other: Known): boolean {
  const isIn = (known: Known, { reading }: Known): boolean =>
    reading.scrape.engines.some(({ engine }) => engine === known.reading.sample.engine);
  return isIn(one, other) || isIn(other, one);
}

function isSilent(primary: Known, { reading }: Known): boolean {
  const [last, before] = [primary.trace.at(-1), primary.trace.at(-2)];
  if (last === undefined || before === undefined) return false;
  const usual = secondsSince(before.moment, last.moment);
  return secondsSince(last.moment, momentOf(reading)) > SILENT_READINGS * Math.max(usual, 1);
}

function groupOf({ reading: { sample } }: Known): string {
  return `${sample.kind} ${servedName(sample)}`;
}

function totalOf(levels: Levels | undefined): number {
  return levels === undefined ? 0 : levels.input + levels.output;
}

function momentOf({ scrape: { at, monotonicMs } }: Reading): Moment {
  return { at, monotonicMs };
}
