import { METER_FACT_COLUMNS, type MeterFact } from '#shared/model/fact.ts';
import type { Meter } from '#shared/model/meter.ts';
import type { MeterSample } from '#shared/model/sample.ts';
import { counterChange, type CounterChange } from './counter-difference.ts';
import { intervalBetween, secondsSince, type Interval, type Moment } from './interval.ts';
import { splitAtMinutes } from './split-at-minutes.ts';

/** Largest believable power behind an energy counter, W for each part: no rack draws more. */
const PART_WATTS_MAX = 1_000_000;

/** A counter in whole kWh stands still for minutes and then catches up: a step may hold that much more time. */
const COUNTER_STEP_SECONDS = 600;

/** All parts of one meter together at one moment. */
export type MeterReading = {
  readonly moment: Moment;
  readonly parts: number;
  readonly watts: number | null;
  readonly energyCounterJoules: number | null;
};

/**
 * Parts added to one reading. Where any part has an energy counter, only such parts count: an operator who maps power and
 * energy of one feed has mapped the same joules twice.
 */
export function readingOf(parts: readonly { readonly sample: MeterSample; readonly moment: Moment }[]): MeterReading {
  const counted = parts.filter(({ sample }) => sample.energyCounterJoules !== null);
  const used = counted.length > 0 ? counted : parts.filter(({ sample }) => sample.watts !== null);
  const newest = parts.reduce((one, other) => (secondsSince(one.moment, other.moment) > 0 ? other : one));
  const total = (read: (sample: MeterSample) => number | null): number =>
    used.reduce((sum, { sample }) => sum + (read(sample) ?? 0), 0);
  return {
    moment: newest.moment,
    parts: total((sample) => sample.parts),
    watts: counted.length > 0 ? null : total((sample) => sample.watts),
    energyCounterJoules: counted.length > 0 ? total((sample) => sample.energyCounterJoules) : null,
  };
}

/**
 * Facts between two readings of one meter: by its energy counter, else by the mean of both powers, as long as they are no
 * further apart than 1.5 intervals (fault G08). A longer silence is a gap, which nothing bridges: the boards cover it.
 */
export function meterFactsOf(previous: MeterReading, now: MeterReading, pollSeconds: number, span: Meter): MeterFact[] {
  const interval = intervalBetween(previous.moment, now.moment, pollSeconds);
  if (interval.kind !== 'watched' || previous.parts !== now.parts) return [];
  const energy = energyOf(previous, now, interval);
  if (energy === null) return [];
  const { start, seconds } = interval;
  const fact = { meter: span.key, start, seconds, observedSeconds: seconds, partSeconds: now.parts * seconds };
  return splitAtMinutes({ ...fact, ...energy }, METER_FACT_COLUMNS);
}

type Energy = Pick<MeterFact, 'energyJoules' | 'energyIntegratedJoules'>;

function energyOf(previous: MeterReading, now: MeterReading, { seconds }: Interval): Energy | null {
  const counted = counterStep(previous, now, seconds);
  if (counted.kind === 'grown') return { energyJoules: counted.amount, energyIntegratedJoules: 0 };
  if (previous.watts === null || now.watts === null) return null;
  const joules = ((previous.watts + now.watts) / 2) * seconds;
  return { energyJoules: joules, energyIntegratedJoules: joules };
}

function counterStep(previous: MeterReading, now: MeterReading, seconds: number): CounterChange {
  const amountMax = PART_WATTS_MAX * now.parts * (seconds + COUNTER_STEP_SECONDS);
  return counterChange(previous.energyCounterJoules, now.energyCounterJoules, 'unknown', amountMax);
}
