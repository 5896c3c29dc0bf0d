import type { EngineSample } from '#shared/model/sample.ts';
import { isFallOfRestart, type ProcessEvidence } from './counter-difference.ts';
import { secondsSince, type Interval, type Moment } from './interval.ts';

/**
 * What is known of an address whose engine does not tell when it started (SGLang, servers of several processes): whether
 * several processes answer there in turn, which would look like a restart at every other reading (fault M08).
 */
export type AddressMemory = {
  /** Most tokens per second that one step was seen to move. */
  readonly peakPerSecond: number;
  /** The last reading that was counted. */
  readonly countedAt: Moment;
  /** Token levels of the reading before the last counted one: where a rise came from, or what a fall left. */
  readonly before: TokenLevels | null;
  /** Levels of the other processes that answer here; empty while none is known. */
  readonly others: readonly TokenLevels[];
  /** When the last of them was heard. */
  readonly othersAt: Moment | null;
};

export type TokenLevels = { readonly input: number; readonly output: number };

/** Tokens that a GPU is believed to move in a second after a restart, where nothing is known of its pace. */
const TOKENS_PER_GPU_SECOND = 2000;
const PEAK_FACTOR = 10;

/** Below so many tokens a fall and a return within a few readings are what a young engine does. */
const LEVEL_MIN = 10_000;

const OTHERS_MAX = 16;

/** Others that have not been heard for so long have gone. */
const OTHERS_SECONDS_MAX = 3600;

export function freshMemory(moment: Moment): AddressMemory {
  return { peakPerSecond: 0, countedAt: moment, before: null, others: [], othersAt: null };
}

type Reading = {
  readonly previous: EngineSample;
  readonly memory: AddressMemory;
  readonly now: EngineSample;
  readonly moment: Moment;
  readonly interval: Interval;
  readonly gpus: number;
};

export type Judged = { readonly evidence: ProcessEvidence; readonly memory: AddressMemory };

/**
 * Judges a reading whose process is not known. While several answer, it belongs to the one whose last level is the
 * nearest below it. Otherwise a far fall is a restart, if the new process can have moved so many tokens since the old one
 * was last heard, and if it is not a level that was left a moment ago.
 */
export function judgeAddress(reading: Reading): Judged {
  const { previous, memory, now, moment, interval } = reading;
  const [level, own] = [levelsOf(now), levelsOf(previous)];
  if (level === null || own === null) return { evidence: 'unknown', memory };
  if (areOthersKnown(memory, moment)) return ofSeveral({ own, level, memory, moment });
  // Over a gap nothing is counted without proof anyway.
  if (interval.kind === 'gap') return { evidence: 'unknown', memory };
  const isReturn = memory.before !== null && isNearReturn(memory.before, own, level);
  if (isReturn || (isFarFall(previous, now) && !isBelievable(reading, level))) {
    return { evidence: 'other', memory: withOther(memory, level, moment) };
  }
  return { evidence: 'unknown', memory };
}

/** What is known once a reading was counted. */
export function afterCounted(
  memory: AddressMemory,
  previous: EngineSample,
  perSecond: number,
  at: Moment,
): AddressMemory {
  const peakPerSecond = Math.max(memory.peakPerSecond, perSecond);
  return { ...memory, peakPerSecond, countedAt: at, before: levelsOf(previous) };
}

/** One token counter that fell far proves a new process for all counters, also for those that did not fall. */
export function isFarFall(previous: EngineSample, now: EngineSample): boolean {
  return (['inputTokens', 'outputTokens'] as const).some((name) =>
    isFallOfRestart(previous.counters[name], now.counters[name]),
  );
}

function areOthersKnown({ others, othersAt }: AddressMemory, moment: Moment): boolean {
  return others.length > 0 && othersAt !== null && secondsSince(othersAt, moment) <= OTHERS_SECONDS_MAX;
}

function ofSeveral({
  own,
  level,
  memory,
  moment,
}: {
  readonly own: TokenLevels;
  readonly level: TokenLevels;
  readonly memory: AddressMemory;
  readonly moment: Moment;
}): Judged {
  const below = [own, ...memory.others].filter((known) => isBelow(known, level));
  const nearest = below.toSorted((one, other) => totalOf(other) - totalOf(one))[0];
  if (nearest === own) return { evidence: 'same', memory };
  const others = memory.others.filter((other) => other !== nearest);
  return { evidence: 'other', memory: withOther({ ...memory, others }, level, moment) };
}

function withOther(memory: AddressMemory, level: TokenLevels, moment: Moment): AddressMemory {
  return { ...memory, others: [level, ...memory.others].slice(0, OTHERS_MAX), othersAt: moment };
}

/**
 * Whether a level that was left by the last step is back: after a rise it fell to where it was, or after a fall it rose
 * beyond where it was. A process does neither.
 */
function isNearReturn(before: TokenLevels, own: TokenLevels, level: TokenLevels): boolean {
  if (totalOf(before) < LEVEL_MIN || !isBelow(before, level)) return false;
  const hadRisen = isBelow(before, own) && totalOf(before) <= totalOf(own) / 2;
  const hadFallen = totalOf(own) <= totalOf(before) / 2;
  const falls = !isBelow(own, level);
  return hadRisen ? falls : hadFallen && totalOf(level) >= 2 * totalOf(own);
}

function isBelievable({ memory, moment, interval, gpus }: Reading, level: TokenLevels): boolean {
  const perSecond = Math.max(TOKENS_PER_GPU_SECOND * Math.max(1, gpus), PEAK_FACTOR * memory.peakPerSecond);
  return totalOf(level) <= perSecond * Math.max(secondsSince(memory.countedAt, moment), interval.seconds);
}

function levelsOf({ counters: { inputTokens, outputTokens } }: EngineSample): TokenLevels | null {
  if (inputTokens === null && outputTokens === null) return null;
  return { input: inputTokens ?? 0, output: outputTokens ?? 0 };
}

function isBelow(one: TokenLevels, other: TokenLevels): boolean {
  return one.input <= other.input && one.output <= other.output;
}

function totalOf({ input, output }: TokenLevels): number {
  return input + output;
}
