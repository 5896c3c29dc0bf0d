import { percentileOf } from '#shared/lib/percentile.ts';
import { seededRandom } from '#shared/lib/seeded-random.ts';
import { sumOf } from '#shared/lib/sum.ts';
import type { MonthForecast } from '#shared/model/budget.ts';
import { epochMs, plusSeconds, type EpochMs } from '#shared/time/instant.ts';
import { overlapOf, secondsOf, type TimeRange } from '#shared/time/time-range.ts';
import { dateAfter, daysOf, hourOfWeek, startOfDay, wallClockAt } from '#shared/time/zone-clock.ts';
import { spendPattern, wholeDays, type SpendBucket, type SpendDay, type SpendPattern } from './spend-pattern.ts';

/** Days that are looked back, and the least of whole ones without which nothing is said. */
export const FORECAST_DAYS = 28;
export const FORECAST_DAYS_LEAST = 3;

const DRAWS = 1000;
const LOW = 0.05;
const HIGH = 0.95;

export type ForecastAsk = {
  readonly month: TimeRange;
  readonly zone: string;
  readonly now: EpochMs;
  /** What the month cost so far, USD. */
  readonly spentUsd: number;
  /** Buckets of the last 28 days and more, in order; only whole local days among them are used. */
  readonly buckets: readonly SpendBucket[];
  readonly seed: number;
};

/** Cumulated cost at the end of each day that is left, USD since the month began. */
export type ForecastDay = {
  readonly at: EpochMs;
  readonly usd: number;
  readonly low: number;
  readonly high: number;
};

export type ForecastOutcome =
  | {
      readonly kind: 'forecast';
      readonly forecast: MonthForecast;
      readonly remainingUsd: number;
      readonly days: readonly ForecastDay[];
      readonly pattern: SpendPattern;
    }
  | { readonly kind: 'not-enough-history'; readonly wholeDays: number };

/**
 * The month's end: what was spent, and what is left of the month priced at the mean of its hour of the week.
 *
 *   forecast [USD] = spent + sum over remaining hours of rate(hour of week)
 *
 * The range comes from how far whole days lay from what the other days said of them: e = actual / expected - 1. Each of 1000
 * seeded draws takes, for each remaining day, the e of a day drawn with replacement (hours of a day go together: a day-block
 * bootstrap), and the mean of a resample of all e for what the pattern itself does not know. The range is its 5th to 95th
 * percentile.
 */
export function monthForecast(ask: ForecastAsk): ForecastOutcome {
  const days = learntDays(ask);
  if (days.length < FORECAST_DAYS_LEAST) return { kind: 'not-enough-history', wholeDays: days.length };
  const pattern = spendPattern(days);
  const rest = { from: ask.now, to: ask.month.to };
  const left = daysOf(rest, ask.zone).map((day) => ({
    at: day.to,
    usd: sumOf(quartersOf(overlapOf(day, rest) ?? { from: day.to, to: day.to }), (quarter) =>
      costOf(quarter, pattern, ask.zone),
    ),
  }));
  const errors = dayErrors(days);
  const cumulated = left.map((_, index) => sumOf(left.slice(0, index + 1), ({ usd }) => usd));
  const ranges = drawnRanges(
    left.map(({ usd }) => usd),
    errors,
    ask.seed,
  );
  const forecastDays = left.map(({ at }, index) => ({
    at,
    usd: ask.spentUsd + (cumulated[index] ?? 0),
    low: ask.spentUsd + (ranges[index]?.low ?? 0),
    high: ask.spentUsd + (ranges[index]?.high ?? 0),
  }));
  const remainingUsd = cumulated.at(-1) ?? 0;
  const end = forecastDays.at(-1) ?? { usd: ask.spentUsd, low: ask.spentUsd, high: ask.spentUsd };
  const { usd, low, high } = end;
  return {
    kind: 'forecast',
    forecast: { usd, low, high, daysLearnt: days.length, seed: ask.seed },
    remainingUsd,
    days: forecastDays,
    pattern,
  };
}

/** When a cost that goes on like the pattern reaches an amount; null where the month ends before. */
export function reachesAt(
  limitUsd: number,
  from: { readonly at: EpochMs; readonly usd: number },
  { pattern, zone, until }: { readonly pattern: SpendPattern; readonly zone: string; readonly until: EpochMs },
): EpochMs | null {
  if (from.usd >= limitUsd) return from.at;
  let usd = from.usd;
  for (const hour of quartersOf({ from: from.at, to: until })) {
    const cost = costOf(hour, pattern, zone);
    if (cost > 0 && usd + cost >= limitUsd)
      return epochMs(Math.round(hour.from + ((limitUsd - usd) / cost) * (hour.to - hour.from)));
    usd += cost;
  }
  return null;
}

function learntDays({ now, zone, buckets }: ForecastAsk): readonly SpendDay[] {
  const today = wallClockAt(now, zone);
  const first = startOfDay(dateAfter(today, -FORECAST_DAYS), zone);
  return wholeDays(buckets, daysOf({ from: first, to: startOfDay(today, zone) }, zone), zone);
}

/** How far each day lay from what all other days say of it, centred: actual / expected - 1, less the mean of all. */
function dayErrors(days: readonly SpendDay[]): readonly number[] {
  const errors = days.map((day) => {
    const others = spendPattern(days.filter((other) => other !== day));
    const expected = sumOf(day.buckets, ({ range, hour }) => (others(hour) * secondsOf(range)) / 3600);
    return expected > 0 ? day.usd / expected - 1 : 0;
  });
  const mean = sumOf(errors, (error) => error) / errors.length;
  return errors.map((error) => error - mean);
}

/** Ranges of the cumulated cost after each remaining day, USD. */
function drawnRanges(
  expected: readonly number[],
  errors: readonly number[],
  seed: number,
): readonly { readonly low: number; readonly high: number }[] {
  const random = seededRandom(seed);
  const drawn = (): number => errors[Math.floor(random() * errors.length)] ?? 0;
  const runs = expected.map(() => new Float64Array(DRAWS));
  for (let draw = 0; draw < DRAWS; draw++) {
    const level = sumOf(errors, drawn) / errors.length;
    let usd = 0;
    expected.forEach((amount, day) => {
      usd += amount * Math.max(0, 1 + level + drawn());
      const run = runs[day];
      if (run !== undefined) run[draw] = usd;
    });
  }
  return runs.map((run) => {
    const ascending = run.toSorted();
    return { low: percentileOf(ascending, LOW) ?? 0, high: percentileOf(ascending, HIGH) ?? 0 };
  });
}

function costOf(range: TimeRange, pattern: SpendPattern, zone: string): number {
  return (pattern(hourOfWeek(range.from, zone)) * secondsOf(range)) / 3600;
}

const QUARTER_SECONDS = 900;

/** Quarter hours of UTC: every zone's hours begin with one. The first may be shorter. */
function quartersOf({ from, to }: TimeRange): readonly TimeRange[] {
  const quarters: TimeRange[] = [];
  for (let start = from; start < to;) {
    const aligned = Math.floor(start / (QUARTER_SECONDS * 1000)) * QUARTER_SECONDS * 1000;
    const end = epochMs(Math.min(to, plusSeconds(epochMs(aligned), QUARTER_SECONDS)));
    quarters.push({ from: start, to: end });
    start = end;
  }
  return quarters;
}
