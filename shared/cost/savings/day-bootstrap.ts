import { percentileOf } from '#shared/lib/percentile.ts';
import { seededRandom } from '#shared/lib/seeded-random.ts';
import { effectBetween, sideTotals, type Comparison } from './comparison.ts';
import { savingOf } from './effect.ts';

/** 95 % interval of a saving. With the seed it can be drawn again; `isExact` ones have no chance in them. */
export type SavingInterval = {
  readonly low: number;
  readonly high: number;
  /** Resamples that gave an estimate. */
  readonly replicates: number;
  readonly isExact: boolean;
  readonly seed: number;
};

/** Up to this many days a side, all resamples are enumerated: 4^4 x 4^4 = 65,536. */
const ENUMERATED_DAYS_MAX = 4;

/** Resamples drawn where there are more days. */
export const DRAWS = 2000;

const LOW = 0.025;
const HIGH = 0.975;

/**
 * Block bootstrap over whole days: days are drawn with replacement, before and after apart, and the whole estimator is
 * worked out again for each draw. A draw without a comparable stratum gives none. Null where no draw gives one.
 * Source: economics reference, section 5.2, step 6.
 */
export function savingInterval(
  comparison: Comparison,
  { seed, draws = DRAWS }: { readonly seed: number; readonly draws?: number },
): SavingInterval | null {
  const daysBefore = comparison.before.changed.days.length;
  const daysAfter = comparison.after.changed.days.length;
  const isExact = Math.max(daysBefore, daysAfter) <= ENUMERATED_DAYS_MAX;
  const savings = Float64Array.from(
    isExact ? everySaving(comparison) : drawnSavings(comparison, { seed, draws }),
  ).toSorted();
  const low = percentileOf(savings, LOW);
  const high = percentileOf(savings, HIGH);
  return low === null || high === null ? null : { low, high, replicates: savings.length, isExact, seed };
}

function everySaving({ before, after }: Comparison): number[] {
  const befores = everyResample(before.changed.days.length).map((times) => sideTotals(before, times));
  const afters = everyResample(after.changed.days.length).map((times) => sideTotals(after, times));
  const savings = befores.flatMap((one) => afters.map((other) => savingOf(effectBetween(one, other))));
  return savings.filter((saving) => saving !== null);
}

/** All n^n ways to draw n days with replacement, each as how often every day was drawn. */
function everyResample(days: number): number[][] {
  return Array.from({ length: days === 0 ? 0 : days ** days }, (_, code) => {
    const times = Array.from({ length: days }, () => 0);
    let rest = code;
    for (let drawn = 0; drawn < days; drawn++) {
      count(times, rest % days);
      rest = Math.floor(rest / days);
    }
    return times;
  });
}

function drawnSavings(
  { before, after }: Comparison,
  { seed, draws }: { readonly seed: number; readonly draws: number },
): number[] {
  const random = seededRandom(seed);
  const resample = (days: number): number[] => {
    const times = Array.from({ length: days }, () => 0);
    for (let drawn = 0; drawn < days; drawn++) count(times, Math.floor(random() * days));
    return times;
  };
  const savings: number[] = [];
  for (let draw = 0; draw < draws; draw++) {
    const was = sideTotals(before, resample(before.changed.days.length));
    const is = sideTotals(after, resample(after.changed.days.length));
    const saving = savingOf(effectBetween(was, is));
    if (saving !== null) savings.push(saving);
  }
  return savings;
}

function count(times: number[], day: number): void {
  times[day] = (times[day] ?? 0) + 1;
}
