import { describe, expect, it } from 'vitest';
import { scheduledExcess, type ExcessHour } from '#shared/cost/idle/weekly-pattern.ts';

const RULE = { holdHours: 3, transitionHours: 0.5 };

/** Hours of so many days from a Monday on. */
function daysOf(days: number, excessOf: (weekday: number, hour: number, day: number) => number | null): ExcessHour[] {
  return Array.from({ length: days * 24 }, (_, index) => {
    const day = Math.floor(index / 24);
    const weekday = day % 7;
    const hour = index % 24;
    return { day, weekday, hour, excess: excessOf(weekday, hour, day) };
  });
}

const isNight = (hour: number): boolean => hour >= 22 || hour < 7;

describe('a schedule from hours of excess', () => {
  it('is a block of weekdays over midnight, worth most', () => {
    const hours = daysOf(14, (weekday, hour) => (weekday < 5 && isNight(hour) ? 3 : 0));
    expect(scheduledExcess(hours, RULE)).toEqual([
      {
        schedule: 'weekdays',
        level: 3,
        fromHour: 22,
        toHour: 7,
        hoursPerWeek: 45,
        releasesPerWeek: 5,
        days: 10,
      },
    ]);
  });

  it('is what can go at all times first, and the blocks beyond it', () => {
    const hours = daysOf(14, (weekday, hour) => (weekday >= 5 ? 4 : isNight(hour) ? 3 : 1));
    expect(scheduledExcess(hours, RULE)).toMatchObject([
      { schedule: 'always', level: 1, hoursPerWeek: 168, releasesPerWeek: 0, days: 14 },
      { schedule: 'weekdays', level: 2, fromHour: 22, toHour: 7 },
      { schedule: 'weekends', level: 3, fromHour: 0, toHour: 0, hoursPerWeek: 48, releasesPerWeek: 1, days: 4 },
    ]);
  });

  it('is one for every day where weekdays and weekends agree', () => {
    const hours = daysOf(7, (_, hour) => (isNight(hour) ? 2 : 0));
    expect(scheduledExcess(hours, RULE)).toMatchObject([
      { schedule: 'every-day', level: 2, fromHour: 22, toHour: 7, hoursPerWeek: 63, days: 7 },
    ]);
  });

  it('rests on nearly all days: one of ten may differ, two may not', () => {
    const but = (exceptions: number) =>
      daysOf(14, (weekday, hour, day) => (weekday < 5 && isNight(hour) && day >= exceptions ? 2 : 0));
    expect(scheduledExcess(but(1), RULE)).toMatchObject([{ level: 2, fromHour: 22, toHour: 7 }]);
    expect(scheduledExcess(but(2), RULE)).toEqual([]);
  });

  it('is none from fewer than three weekdays, of blocks shorter than the hold time, or where nothing is known', () => {
    const free = () => 2;
    expect(scheduledExcess(daysOf(2, free), RULE)).toEqual([]);
    expect(scheduledExcess(daysOf(3, free), RULE)).toMatchObject([{ schedule: 'weekdays', fromHour: 0, toHour: 0 }]);
    expect(
      scheduledExcess(
        daysOf(7, (_, hour) => (hour < 2 ? 2 : 0)),
        RULE,
      ),
    ).toEqual([]);
    expect(
      scheduledExcess(
        daysOf(7, () => null),
        RULE,
      ),
    ).toEqual([]);
  });

  it('prefers fewer replicas for longer where that is worth more', () => {
    const hours = daysOf(7, (_, hour) => (hour < 4 ? 3 : hour < 20 ? 2 : 0));
    expect(scheduledExcess(hours, RULE)).toMatchObject([{ level: 2, fromHour: 0, toHour: 20 }]);
  });
});
