import { scheduledExcess, type ExcessHour, type ScheduledExcess } from '#shared/cost/idle/weekly-pattern.ts';
import type { Schedule } from '#shared/model/idle-schedule.ts';
import { epochMs } from '#shared/time/instant.ts';
import { wallClockAt, type WallClock } from '#shared/time/zone-clock.ts';
import { HOURS_PER_AVERAGE_MONTH } from '#shared/units/arithmetic.ts';
import type { StepWindow } from './engine-facts.ts';

const HOURS_PER_WEEK = 168;

/** The wall clock at the start of each step. */
export function clocksOf({ window, stepSeconds, steps }: StepWindow, zone: string): readonly WallClock[] {
  return Array.from({ length: steps }, (_, step) =>
    wallClockAt(epochMs(window.from + step * stepSeconds * 1000), zone),
  );
}

/** Schedules that an excess by step supports. */
export function schedulesOf(
  clocks: readonly WallClock[],
  excess: readonly (number | null)[],
  rule: { readonly holdHours: number; readonly transitionHours: number },
): ScheduledExcess[] {
  const hours = clocks.map(({ year, month, day, weekday, hour }, step): ExcessHour => ({
    day: (year * 100 + month) * 100 + day,
    weekday,
    hour,
    excess: excess[step] ?? null,
  }));
  return scheduledExcess(hours, rule);
}

/** Local days that a window touches with at least one of its steps. */
export function daysSeen(clocks: readonly WallClock[]): number {
  return new Set(clocks.map(({ year, month, day }) => `${year}-${month}-${day}`)).size;
}

/** Hours a month that a schedule frees, drain and reload taken off. */
export function hoursPerMonth({ hoursPerWeek, releasesPerWeek }: ScheduledExcess, transitionHours: number): number {
  const perWeek = Math.max(0, hoursPerWeek - releasesPerWeek * transitionHours);
  return (perWeek * HOURS_PER_AVERAGE_MONTH) / HOURS_PER_WEEK;
}

type Block = { readonly schedule: Schedule; readonly fromHour: number; readonly toHour: number };

/** Whether an hour lies in the block of a schedule. */
export function isScheduled({ weekday, hour }: WallClock, { schedule, fromHour, toHour }: Block): boolean {
  if (schedule === 'always') return true;
  if (schedule === 'weekdays' && weekday >= 5) return false;
  if (schedule === 'weekends' && weekday < 5) return false;
  if (fromHour === toHour) return true;
  return fromHour < toHour ? hour >= fromHour && hour < toHour : hour >= fromHour || hour < toHour;
}

const DAY_WORDS = { 'every-day': 'every day', weekdays: 'weekdays', weekends: 'weekends' } as const;

/** `at all times`, `weekdays 22:00 to 07:00`, `weekends all day`. */
export function scheduleWords({ schedule, fromHour, toHour }: Block): string {
  if (schedule === 'always') return 'at all times';
  const days = DAY_WORDS[schedule];
  return fromHour === toHour ? `${days} all day` : `${days} ${clockText(fromHour)} to ${clockText(toHour)}`;
}

function clockText(hour: number): string {
  return `${String(hour).padStart(2, '0')}:00`;
}
