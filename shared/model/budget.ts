import type { Manner, WatchScope } from './alert.ts';
import type { Figure } from './figure.ts';
import type { EpochMs } from '#shared/time/instant.ts';
import type { TimeRange } from '#shared/time/time-range.ts';

/** An amount for each calendar month in a named zone. */
export type Budget = Manner & {
  readonly id: string;
  readonly name: string;
  readonly scope: WatchScope;
  readonly zone: string;
  readonly usdPerMonth: number;
};

/** A month's end as it is likely to be, USD: nine of ten months that go on like the days behind it end in the range. */
export type MonthForecast = {
  readonly usd: number;
  readonly low: number;
  readonly high: number;
  /** Whole days that the pattern and its range were learnt from. */
  readonly daysLearnt: number;
  readonly seed: number;
};

/** One instant of the burn chart, USD since the month began. Null where it is not known, or not to come. */
export type BurnPoint = {
  readonly at: EpochMs;
  readonly actual: number | null;
  readonly even: number;
  readonly forecast: number | null;
  readonly low: number | null;
  readonly high: number | null;
};

/** A budget in the month that is running. */
export type BudgetStatus = {
  readonly budget: Budget;
  readonly month: TimeRange;
  /** What is spent so far rests on this part of the month. */
  readonly known: TimeRange;
  readonly spent: Figure;
  /** Of the budget, and of the month's time: 0 to 1, more where it is overspent. */
  readonly spentShare: number | null;
  readonly monthShare: number;
  /** USD: what the rest of the month may cost each day, and what the last 24 hours cost. */
  readonly allowedPerDay: Figure;
  readonly lastDay: Figure;
  readonly forecast: MonthForecast | null;
  /** The forecast with its working; its value is null with the reason in its notes where there is none. */
  readonly forecastFigure: Figure;
  /** When the budget is used up if the month goes on like this; null where it is not. */
  readonly usedUpAt: EpochMs | null;
  readonly state: 'on-track' | 'likely-over' | 'over' | 'unknown';
  readonly points: readonly BurnPoint[];
};
