import { describe, expect, it } from 'vitest';
import { dueAt, monthsToWrite, newestDue } from '#backend/reports/schedule/due-month.ts';
import { epochMs } from '#shared/time/instant.ts';

const at = (text: string) => epochMs(Date.parse(text));
const FIRST_AT_8 = { day: 1, hour: 8 };

describe('when the report of a month is due', () => {
  it.each([
    ['2026-10', 'UTC', '2026-11-01T08:00:00Z'],
    ['2026-12', 'UTC', '2027-01-01T08:00:00Z'],
    ['2026-10', 'America/Chicago', '2026-11-01T14:00:00Z'],
    ['2026-09', 'Asia/Kolkata', '2026-10-01T02:30:00Z'],
  ])('%s in %s: %s', (month, zone, due) => {
    expect(dueAt(month, FIRST_AT_8, zone)).toBe(at(due));
  });

  it('is eight on the wall also on a day whose clocks change at night', () => {
    // The night before Berlin goes to UTC+2.
    expect(dueAt('2026-02', { day: 28, hour: 8 }, 'Europe/Berlin')).toBe(at('2026-03-28T07:00:00Z'));
    // 1 November 2026: Chicago goes back at 02:00.
    expect(dueAt('2026-10', { day: 1, hour: 1 }, 'America/Chicago')).toBe(at('2026-11-01T06:00:00Z'));
    expect(dueAt('2026-10', { day: 1, hour: 4 }, 'America/Chicago')).toBe(at('2026-11-01T10:00:00Z'));
  });

  it('makes the month before due at that minute and not before it', () => {
    const before = newestDue(at('2026-11-01T07:59:59Z'), FIRST_AT_8, 'UTC');
    expect(before).toMatchObject({ month: '2026-09', nextMonth: '2026-10', nextAt: at('2026-11-01T08:00:00Z') });
    expect(newestDue(at('2026-11-01T08:00:00Z'), FIRST_AT_8, 'UTC').month).toBe('2026-10');
  });
});

describe('months that were missed', () => {
  it('are written oldest first, a year at most', () => {
    expect(monthsToWrite('2026-08', '2026-10')).toEqual(['2026-09', '2026-10']);
    expect(monthsToWrite('2026-10', '2026-10')).toEqual([]);
    expect(monthsToWrite('2020-01', '2026-10')).toHaveLength(12);
  });
});
