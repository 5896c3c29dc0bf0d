import type { QuietHours, QuietSpan } from '#shared/model/alert.ts';
import type { EpochMs } from '#shared/time/instant.ts';
import { wallClockAt } from '#shared/time/zone-clock.ts';

/**
 * Whether it is quiet at an instant. The wall clock of the zone decides: an hour that a clock change repeats is quiet twice,
 * and one that it skips is not there to be quiet.
 */
export function isQuiet(at: EpochMs, { isOn, zone, spans }: QuietHours): boolean {
  if (!isOn || spans.length === 0) return false;
  const { weekday, hour, minute } = wallClockAt(at, zone);
  return spans.some((span) => holds(span, weekday, hour * 60 + minute));
}

function holds({ days, fromMinute, toMinute }: QuietSpan, weekday: number, minute: number): boolean {
  if (fromMinute < toMinute) return days.includes(weekday) && minute >= fromMinute && minute < toMinute;
  // Over midnight: its first part lies on the day it begins, its second on the day after. From equal to to is a whole day.
  const yesterday = (weekday + 6) % 7;
  return (days.includes(weekday) && minute >= fromMinute) || (days.includes(yesterday) && minute < toMinute);
}
