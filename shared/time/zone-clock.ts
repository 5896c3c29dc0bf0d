import { epochMs, type EpochMs } from './instant.ts';
import type { TimeRange } from './time-range.ts';

/**
 * What the clock on the wall of a named zone shows, and the days and months that it makes. Days have 23, 24 or 25 hours,
 * so nothing here adds 86,400 seconds to an instant: local days are found by their dates.
 */

/** A calendar date; months and days count from 1. */
export type CalendarDate = { readonly year: number; readonly month: number; readonly day: number };

/** `weekday`: 0 is Monday. */
export type WallClock = CalendarDate & { readonly weekday: number; readonly hour: number; readonly minute: number };

const DAY_MS = 86_400_000;

export function wallClockAt(at: EpochMs, zone: string): WallClock {
  const date = readParts(at, zone);
  return { ...date, weekday: weekdayOf(date) };
}

/** Hours since Monday 00:00 on the wall, 0 to 167. An hour that a clock change repeats has the same number twice. */
export function hourOfWeek(at: EpochMs, zone: string): number {
  const { weekday, hour } = wallClockAt(at, zone);
  return weekday * 24 + hour;
}

/** The first instant of a local day. A day whose midnight is skipped begins when its clocks go on. */
export function startOfDay(date: CalendarDate, zone: string): EpochMs {
  const wall = daysSinceEpoch(date) * DAY_MS;
  const candidates = [wall - offsetAt(wall - DAY_MS, zone), wall - offsetAt(wall + DAY_MS, zone)];
  const inside = candidates.filter((at) => isSameDate(readParts(at, zone), date));
  return epochMs(Math.min(...(inside.length === 0 ? candidates.slice(1) : inside)));
}

/** The local day that holds an instant. */
export function dayAt(at: EpochMs, zone: string): TimeRange {
  const date = wallClockAt(at, zone);
  return { from: startOfDay(date, zone), to: startOfDay(dateAfter(date, 1), zone) };
}

/** The calendar month that holds an instant. */
export function monthAt(at: EpochMs, zone: string): TimeRange {
  const { year, month } = wallClockAt(at, zone);
  const next = month === 12 ? { year: year + 1, month: 1 } : { year, month: month + 1 };
  return { from: startOfDay({ year, month, day: 1 }, zone), to: startOfDay({ ...next, day: 1 }, zone) };
}

/** Local days that a range touches, whole, in order: they tile. */
export function daysOf(range: TimeRange, zone: string): readonly TimeRange[] {
  const days: TimeRange[] = [];
  for (let day = dayAt(range.from, zone); day.from < range.to; day = dayAt(day.to, zone)) days.push(day);
  return days;
}

/** The date so many days after (or, when negative, before) another, by the calendar alone. */
export function dateAfter(date: CalendarDate, days: number): CalendarDate {
  return dateOf(daysSinceEpoch(date) + days);
}

function weekdayOf(date: CalendarDate): number {
  // 1970-01-01 was a Thursday.
  return (((daysSinceEpoch(date) + 3) % 7) + 7) % 7;
}

function isSameDate(one: CalendarDate, other: CalendarDate): boolean {
  return one.year === other.year && one.month === other.month && one.day === other.day;
}

/** Difference of the wall clock to UTC, ms. Asking the system is slow, and most days of UTC hold one offset. */
function offsetAt(at: number, zone: string): number {
  const day = Math.floor(at / DAY_MS) * DAY_MS;
  const before = keptOffset(day, zone);
  return before === keptOffset(day + DAY_MS, zone) ? before : askedOffset(at, zone);
}

const offsets = new Map<string, number>();

/** Some decades of one zone, or years of several. */
const OFFSETS_MAX = 20_000;

function keptOffset(at: number, zone: string): number {
  const key = `${zone} ${at}`;
  const known = offsets.get(key);
  if (known !== undefined) return known;
  const asked = askedOffset(at, zone);
  if (offsets.size >= OFFSETS_MAX) offsets.clear();
  offsets.set(key, asked);
  return asked;
}

function askedOffset(at: number, zone: string): number {
  const part = askedParts(at, zone);
  const wall = daysSinceEpoch(part) * DAY_MS + (part.hour * 60 + part.minute) * 60_000;
  return wall - Math.floor(at / 60_000) * 60_000;
}

/** Days from 1970-01-01 in the Gregorian calendar, years counted from March: H. Hinnant, "chrono-compatible dates". */
function daysSinceEpoch({ year, month, day }: CalendarDate): number {
  const marchYear = month <= 2 ? year - 1 : year;
  const era = Math.floor(marchYear / 400);
  const yearOfEra = marchYear - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

function dateOf(days: number): CalendarDate {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1,
  };
}

type ClockParts = CalendarDate & { readonly hour: number; readonly minute: number };

function readParts(at: number, zone: string): ClockParts {
  const wall = at + offsetAt(at, zone);
  const minuteOfDay = Math.floor((((wall % DAY_MS) + DAY_MS) % DAY_MS) / 60_000);
  return { ...dateOf(Math.floor(wall / DAY_MS)), hour: Math.floor(minuteOfDay / 60), minute: minuteOfDay % 60 };
}

function askedParts(at: number, zone: string): ClockParts {
  const found = new Map(
    formatOf(zone)
      .formatToParts(at)
      .map((part) => [part.type, Number(part.value)]),
  );
  const read = (type: Intl.DateTimeFormatPartTypes): number => found.get(type) ?? 0;
  return { year: read('year'), month: read('month'), day: read('day'), hour: read('hour'), minute: read('minute') };
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Formatters cost far more to make than to use, and there are as many as zones in use. */
function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  });
  formats.set(zone, made);
  return made;
}
