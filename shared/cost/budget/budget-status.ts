import { sumOf } from '#shared/lib/sum.ts';
import type { BudgetStatus, BurnPoint } from '#shared/model/budget.ts';
import type { EpochMs } from '#shared/time/instant.ts';
import { secondsOf, type TimeRange } from '#shared/time/time-range.ts';
import { daysOf } from '#shared/time/zone-clock.ts';
import type { ForecastDay, ForecastOutcome } from './month-forecast.ts';
import type { SpendBucket } from './spend-pattern.ts';

export type BurnAsk = {
  readonly month: TimeRange;
  readonly zone: string;
  readonly now: EpochMs;
  readonly usdPerMonth: number;
  /** Null where a part of it is not known. */
  readonly spentUsd: number | null;
  /** Buckets of the month so far, in order. */
  readonly buckets: readonly SpendBucket[];
  readonly outcome: ForecastOutcome | null;
};

/** `over`: spent already. `likely-over`: the forecast is. `unknown`: there is no forecast to say so. */
export function budgetState({
  spentUsd,
  usdPerMonth,
  outcome,
}: Pick<BurnAsk, 'spentUsd' | 'usdPerMonth' | 'outcome'>): BudgetStatus['state'] {
  if (spentUsd !== null && spentUsd >= usdPerMonth) return 'over';
  if (outcome?.kind !== 'forecast') return 'unknown';
  return outcome.forecast.usd > usdPerMonth ? 'likely-over' : 'on-track';
}

/**
 * The burn chart at the ends of days: what was spent by then, the even line, and what is to come.
 *
 *   even(t) [USD] = budget x time since the month began / length of the month
 */
export function burnPoints(ask: BurnAsk): readonly BurnPoint[] {
  const ends = [ask.month.from, ...daysOf(ask.month, ask.zone).map((day) => day.to)];
  const instants = [...new Set([...ends, ask.now])].toSorted((one, other) => one - other);
  const days = ask.outcome?.kind === 'forecast' ? ask.outcome.days : [];
  return instants.map((at) => ({
    at,
    actual: at <= ask.now ? actualAt(at, ask) : null,
    even: (ask.usdPerMonth * secondsOf({ from: ask.month.from, to: at })) / secondsOf(ask.month),
    ...forecastAt(at, ask, days),
  }));
}

function actualAt(at: EpochMs, { buckets, now, spentUsd }: BurnAsk): number | null {
  if (at === now) return spentUsd;
  const inside = buckets.filter((bucket) => bucket.range.to <= at);
  return inside.some(({ usd }) => usd === null) ? null : sumOf(inside, ({ usd }) => usd ?? 0);
}

type FanPoint = Pick<BurnPoint, 'forecast' | 'low' | 'high'>;

/** The fan starts as one point at what is spent now. */
function forecastAt(at: EpochMs, { now, spentUsd }: BurnAsk, days: readonly ForecastDay[]): FanPoint {
  if (days.length > 0 && at === now) return { forecast: spentUsd, low: spentUsd, high: spentUsd };
  const day = at > now ? days.find((one) => one.at === at) : undefined;
  return day === undefined
    ? { forecast: null, low: null, high: null }
    : { forecast: day.usd, low: day.low, high: day.high };
}
