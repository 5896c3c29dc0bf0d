import type { EpochMs } from '#shared/time/instant.ts';

import { engineStep, rateNames, type EngineRates } from './engine-rates.ts';
import type { Engine } from './fleet-plan.ts';
import { firstStep, stepSeconds, stepsPerHour, type Moment } from './grid.ts';

/** Sums of an engine's rates since the world began: requests, tokens, joules per GPU above the floor. */
export type EngineSums = { -readonly [Name in keyof EngineRates]: number };

export type EngineTimeline = {
  /** Sums from the beginning of the world to a moment; they never fall from one moment to a later one. */
  readonly sumsAt: (moment: Moment) => EngineSums;
};

const width = rateNames.length;
const rowsPerHour = stepsPerHour + 1;
/** Hours of one engine kept ready; a backfill walks hour by hour, a live scrape stays in one. */
const hoursKept = 24;

/**
 * Running sums of one engine. Only the sums at whole hours are kept for good; the steps inside an hour are worked out
 * when somebody asks for that hour.
 */
export function createEngineTimeline(anchor: EpochMs, engine: Engine): EngineTimeline {
  const sumsAtHour: Float64Array[] = [new Float64Array(width)];
  const hours = new Map<number, Float64Array>();

  function hourSums(hour: number): Float64Array {
    const kept = hours.get(hour);
    if (kept !== undefined) return kept;
    while (sumsAtHour.length <= hour) {
      const next = sumsAtHour.length - 1;
      sumsAtHour.push(lastRow(walkHour(anchor, engine, next, sumsAtHour[next] ?? new Float64Array(width))));
    }
    const walked = walkHour(anchor, engine, hour, sumsAtHour[hour] ?? new Float64Array(width));
    const oldest = hours.keys().next();
    if (hours.size >= hoursKept && oldest.done !== true) hours.delete(oldest.value);
    hours.set(hour, walked);
    return walked;
  }

  function sumsAt(moment: Moment): EngineSums {
    const passed = moment.step - firstStep;
    const hour = Math.floor(passed / stepsPerHour);
    const sums = hourSums(hour);
    const row = (passed - hour * stepsPerHour) * width;
    const part = moment.seconds / stepSeconds;
    const at = (column: number) => {
      const from = sums[row + column] ?? 0;
      return from + ((sums[row + width + column] ?? 0) - from) * part;
    };
    return {
      requestsLight: at(0),
      requestsHeavy: at(1),
      inputComputed: at(2),
      inputCached: at(3),
      gapsLight: at(4),
      gapsHeavy: at(5),
      wattsAboveFloor: at(6),
    };
  }

  return { sumsAt };
}

/** Sums at each step border of an hour, a row of columns per border, starting from the sums at its beginning. */
function walkHour(anchor: EpochMs, engine: Engine, hour: number, start: Float64Array): Float64Array {
  const rows = new Float64Array(rowsPerHour * width);
  rows.set(start);
  for (let step = 0; step < stepsPerHour; step++) {
    const { rates } = engineStep(anchor, engine, firstStep + hour * stepsPerHour + step);
    const row = step * width;
    for (let column = 0; column < width; column++) {
      const name = rateNames[column];
      const rate = name === undefined ? 0 : rates[name];
      rows[row + width + column] = (rows[row + column] ?? 0) + rate * stepSeconds;
    }
  }
  return rows;
}

function lastRow(rows: Float64Array): Float64Array {
  return rows.slice(stepsPerHour * width);
}
