import type { EngineSample, Scrape } from '#shared/model/sample.ts';
import { secondsSince, type Moment } from './interval.ts';

/** An engine as one scrape told of it. */
export type Reading = { readonly sample: EngineSample; readonly scrape: Scrape };

/** What an engine had counted at one moment. */
export type Levels = { readonly moment: Moment; readonly input: number; readonly output: number };

/** Clocks of two routes may be off by this much: a contradiction must hold beyond it. */
const CLOCK_SLACK_SECONDS = 3;

export function levelsOf({ sample: { counters }, scrape: { at, monotonicMs } }: Reading): Levels {
  return { moment: { at, monotonicMs }, input: counters.inputTokens ?? 0, output: counters.outputTokens ?? 0 };
}

/** Readings this close to each other must tell almost the same. */
const AT_ONCE_SECONDS = 0.2;
const AT_ONCE_SHARE_MAX = 0.25;
const AT_ONCE_TOKENS_MIN = 50;

/**
 * Whether a reading of one cannot be of the process of the other: it lies outside what the other counted before and after
 * (counters only rise), or the two were read at once and differ by a good part of what the other moves between readings.
 */
export function contradicts(trace: readonly Levels[], other: readonly Levels[]): boolean {
  return trace.some((reading) => {
    const before = other.findLast(({ moment }) => secondsSince(moment, reading.moment) >= CLOCK_SLACK_SECONDS);
    const after = other.find(({ moment }) => secondsSince(reading.moment, moment) >= CLOCK_SLACK_SECONDS);
    const isBelow = before !== undefined && (reading.input < before.input || reading.output < before.output);
    const isAbove = after !== undefined && (reading.input > after.input || reading.output > after.output);
    return isBelow || isAbove || differsAtOnce(reading, before, other);
  });
}

function differsAtOnce(reading: Levels, before: Levels | undefined, other: readonly Levels[]): boolean {
  const twin = other.find(({ moment }) => Math.abs(secondsSince(moment, reading.moment)) <= AT_ONCE_SECONDS);
  if (twin === undefined || before === undefined) return false;
  const isFar = (one: number, same: number, earlier: number): boolean =>
    Math.abs(one - same) > Math.max(AT_ONCE_TOKENS_MIN, AT_ONCE_SHARE_MAX * Math.max(0, same - earlier));
  return isFar(reading.input, twin.input, before.input) || isFar(reading.output, twin.output, before.output);
}

/** How unlikely it is, in orders of magnitude, that readings of one lie between those of another by chance. */
export function evidenceOf(trace: readonly Levels[], other: readonly Levels[]): number {
  return trace.reduce((sum, reading) => {
    const before = other.findLast(({ moment }) => secondsSince(moment, reading.moment) >= 0);
    const after = other.find(({ moment }) => secondsSince(reading.moment, moment) >= 0);
    if (before === undefined || after === undefined) return sum;
    return sum + narrowness(before.input, after.input) + narrowness(before.output, after.output);
  }, 0);
}

function narrowness(before: number, after: number): number {
  return after < 1 ? 0 : -Math.log10(Math.min(1, Math.max(after - before, 1) / after));
}
