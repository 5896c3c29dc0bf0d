import type { ReportSchedule } from '#shared/model/report-settings.ts';
import { monthAfter, monthBefore, monthName, parseMonth } from '#shared/time/calendar-month.ts';
import { epochMs, plusSeconds, type EpochMs } from '#shared/time/instant.ts';
import { startOfDay, wallClockAt } from '#shared/time/zone-clock.ts';

type When = Pick<ReportSchedule, 'day' | 'hour'>;

/** When the report of a month is due: on the day and hour of the next month, by the clock of the zone. */
export function dueAt(month: string, { day, hour }: When, zone: string): EpochMs {
  const { year, month: number } = parseMonth(monthAfter(month));
  const midnight = startOfDay({ year, month: number, day }, zone);
  const planned = plusSeconds(midnight, hour * 3600);
  // Clocks that go on or back in the night shift what is so many hours after midnight.
  const shift = hour - wallClockAt(planned, zone).hour;
  return Math.abs(shift) > 2 ? planned : epochMs(planned + shift * 3_600_000);
}

/** The newest month whose report is due, and when the one after it will be. */
export function newestDue(
  now: EpochMs,
  when: When,
  zone: string,
): { readonly month: string; readonly nextAt: EpochMs; readonly nextMonth: string } {
  const { year, month: number } = wallClockAt(now, zone);
  const current = monthName({ year, month: number });
  const before = monthBefore(current);
  const month = dueAt(before, when, zone) <= now ? before : monthBefore(before);
  return { month, nextMonth: monthAfter(month), nextAt: dueAt(monthAfter(month), when, zone) };
}

/** Catching up goes back this far: a machine that was off for a year wants the year. */
const CATCH_UP_MAX = 12;

/** Months after `handled` up to `newest`, oldest first. */
export function monthsToWrite(handled: string, newest: string): readonly string[] {
  const months: string[] = [];
  for (let month = newest; month > handled && months.length < CATCH_UP_MAX; month = monthBefore(month))
    months.push(month);
  return months.toReversed();
}
