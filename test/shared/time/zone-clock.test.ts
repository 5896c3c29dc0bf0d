import { describe, expect, it } from 'vitest';
import { epochMs, type EpochMs } from '#shared/time/instant.ts';
import { secondsOf } from '#shared/time/time-range.ts';
import { dateAfter, dayAt, daysOf, hourOfWeek, monthAt, startOfDay, wallClockAt } from '#shared/time/zone-clock.ts';

const at = (iso: string): EpochMs => epochMs(Date.parse(iso));

const ZONES = [
  'UTC',
  'Europe/Berlin',
  'Europe/London',
  'Europe/Lisbon',
  'America/New_York',
  'America/Los_Angeles',
  'America/St_Johns',
  'America/Sao_Paulo',
  'America/Santiago',
  'America/Havana',
  'Africa/Cairo',
  'Africa/Casablanca',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'Asia/Tokyo',
  'Asia/Beirut',
  'Asia/Tehran',
  'Australia/Lord_Howe',
  'Australia/Sydney',
  'Pacific/Chatham',
  'Pacific/Apia',
];

describe.each(ZONES)('months of %s', (zone) => {
  const months = Array.from({ length: 24 }, (_, index) =>
    monthAt(epochMs(Date.UTC(2025 + Math.floor(index / 12), index % 12, 15, 12)), zone),
  );

  it('tile two years without gap or overlap', () => {
    for (const [index, month] of months.entries()) expect(month.to).toBe(months[index + 1]?.from ?? month.to);
    expect(months.at(-1)!.to).toBeGreaterThan(months[0]!.from);
  });

  it('begin on the first of the month by the clock of the wall, with its first minute', () => {
    for (const { from } of months) {
      expect(wallClockAt(from, zone).day).toBe(1);
      expect(wallClockAt(epochMs(from - 60_000), zone).day).toBeGreaterThan(27);
    }
  });

  it('are tiled by their days, which have 23 to 25 hours', () => {
    for (const month of months) {
      const days = daysOf(month, zone);
      expect(days[0]!.from).toBe(month.from);
      expect(days.at(-1)!.to).toBe(month.to);
      days.forEach((day, index) => expect(day.to).toBe(days[index + 1]?.from ?? month.to));
      expect(days.every((day) => secondsOf(day) >= 23 * 3600 && secondsOf(day) <= 25 * 3600)).toBe(true);
    }
  });
});

describe('the clock on the wall', () => {
  it.each([
    ['2026-03-29T00:59:00Z', 'Europe/Berlin', 6 * 24 + 1],
    ['2026-03-29T01:00:00Z', 'Europe/Berlin', 6 * 24 + 3],
    ['2026-10-25T00:30:00Z', 'Europe/Berlin', 6 * 24 + 2],
    ['2026-10-25T01:30:00Z', 'Europe/Berlin', 6 * 24 + 2],
    ['2026-11-23T00:00:00Z', 'UTC', 0],
    ['2026-11-22T23:59:59Z', 'UTC', 167],
  ])('%s in %s is hour %d of the week', (iso, zone, hour) => {
    expect(hourOfWeek(at(iso), zone)).toBe(hour);
  });

  it('has days of 23 and 25 hours when it is changed', () => {
    expect(secondsOf(dayAt(at('2026-03-29T12:00Z'), 'Europe/Berlin'))).toBe(23 * 3600);
    expect(secondsOf(dayAt(at('2026-10-25T12:00Z'), 'Europe/Berlin'))).toBe(25 * 3600);
    expect(secondsOf(dayAt(at('2026-10-03T12:00Z'), 'Australia/Lord_Howe'))).toBe(24 * 3600);
    expect(secondsOf(dayAt(at('2026-10-04T01:00Z'), 'Australia/Lord_Howe'))).toBe(23.5 * 3600);
  });

  it('begins a day whose midnight is skipped when it goes on', () => {
    const day = startOfDay({ year: 2026, month: 4, day: 24 }, 'Africa/Cairo');
    expect(wallClockAt(day, 'Africa/Cairo')).toMatchObject({ day: 24, hour: 1, minute: 0 });
  });

  it('counts dates over months, years and leap days', () => {
    expect(dateAfter({ year: 2028, month: 2, day: 28 }, 1)).toEqual({ year: 2028, month: 2, day: 29 });
    expect(dateAfter({ year: 2027, month: 1, day: 1 }, -1)).toEqual({ year: 2026, month: 12, day: 31 });
    expect(dateAfter({ year: 2026, month: 2, day: 28 }, 1)).toEqual({ year: 2026, month: 3, day: 1 });
  });
});
