import type { Schedule } from '#shared/model/idle-schedule.ts';

/*
 * Hours of the week in which capacity was beyond need on nearly all days seen: what a schedule can be made from.
 */

/** Capacity beyond need in an hour of a local day; null where it is not known. */
export type ExcessHour = {
  /** Numbers the local day: hours of one day share it. */
  readonly day: number;
  /** 0 Monday to 6 Sunday. */
  readonly weekday: number;
  /** 0 to 23. */
  readonly hour: number;
  readonly excess: number | null;
};

/** So many replicas could go in these hours. `fromHour` equal to `toHour` is the whole day. */
export type ScheduledExcess = {
  readonly schedule: Schedule;
  readonly level: number;
  readonly fromHour: number;
  readonly toHour: number;
  readonly hoursPerWeek: number;
  readonly releasesPerWeek: number;
  /** Days it was seen on. */
  readonly days: number;
};

/** The excess held on at least this share of the days. */
const HELD_SHARE = 0.9;

const DAYS_MIN = { weekdays: 3, weekends: 2 } as const;
const HOURS = Array.from({ length: 24 }, (_, hour) => hour);

/**
 * Schedules that the excess of a window supports, the steady part first: what could go at all times, then beyond that the
 * block of hours of weekdays and of weekends worth most. `holdHours` is the shortest block, `transitionHours` what each loses.
 */
export function scheduledExcess(
  hours: readonly ExcessHour[],
  rule: { readonly holdHours: number; readonly transitionHours: number },
): ScheduledExcess[] {
  const weekdays = levelsOf(
    hours.filter(({ weekday }) => weekday < 5),
    DAYS_MIN.weekdays,
  );
  const weekends = levelsOf(
    hours.filter(({ weekday }) => weekday >= 5),
    DAYS_MIN.weekends,
  );
  const always = weekdays === null || weekends === null ? 0 : Math.min(...weekdays.levels, ...weekends.levels);
  const days = (weekdays?.days ?? 0) + (weekends?.days ?? 0);
  const steady: ScheduledExcess[] =
    always > 0
      ? [{ schedule: 'always', level: always, fromHour: 0, toHour: 0, hoursPerWeek: 168, releasesPerWeek: 0, days }]
      : [];
  const blocks = [blockOf('weekdays', weekdays, always, rule), blockOf('weekends', weekends, always, rule)].filter(
    (block) => block !== null,
  );
  return [...steady, ...joined(blocks)];
}

type Levels = { readonly levels: readonly number[]; readonly days: number };

/** By hour of the day, the excess that held on nearly all days; null where too few days were seen in any hour. */
function levelsOf(hours: readonly ExcessHour[], daysMin: number): Levels | null {
  const byHour = Map.groupBy(
    hours.filter(({ excess }) => excess !== null),
    ({ hour }) => hour,
  );
  const perHour = HOURS.map((hour) => {
    const byDay = Map.groupBy(byHour.get(hour) ?? [], ({ day }) => day);
    return [...byDay.values()].map((list) => Math.min(...list.map(({ excess }) => excess ?? 0)));
  });
  const days = Math.min(...perHour.map((list) => list.length));
  return days < daysMin ? null : { levels: perHour.map(heldLevel), days };
}

/** The largest excess that at least nine tenths of the days reached. */
function heldLevel(excess: readonly number[]): number {
  const descending = excess.toSorted((one, other) => other - one);
  return descending[Math.ceil(descending.length * HELD_SHARE) - 1] ?? 0;
}

const DAYS_PER_WEEK = { weekdays: 5, weekends: 2 } as const;

function blockOf(
  schedule: 'weekdays' | 'weekends',
  found: Levels | null,
  steady: number,
  rule: { readonly holdHours: number; readonly transitionHours: number },
): ScheduledExcess | null {
  if (found === null) return null;
  const levels = found.levels.map((level) => level - steady);
  const highest = Math.max(...levels);
  const candidates = Array.from({ length: highest }, (_, index) => index + 1).flatMap((level) =>
    circularRuns(levels, level)
      .filter((run) => run.hours >= rule.holdHours)
      .map((run) => ({ ...run, level, worth: level * (run.hours - Math.min(run.hours, rule.transitionHours)) })),
  );
  const best = candidates.toSorted((one, other) => other.worth - one.worth || one.level - other.level)[0];
  if (best === undefined || best.worth <= 0) return null;
  const days = DAYS_PER_WEEK[schedule];
  return {
    schedule,
    level: best.level,
    fromHour: best.from,
    toHour: (best.from + best.hours) % 24,
    hoursPerWeek: days * best.hours,
    releasesPerWeek: best.hours === 24 ? 1 : days,
    days: found.days,
  };
}

/** Runs of hours with at least a level, over midnight where they go on. */
function circularRuns(levels: readonly number[], level: number): { readonly from: number; readonly hours: number }[] {
  if (levels.every((one) => one >= level)) return [{ from: 0, hours: 24 }];
  const isFree = (hour: number): boolean => (levels[hour % 24] ?? 0) >= level;
  const starts = HOURS.filter((hour) => isFree(hour) && !isFree(hour + 23));
  return starts.map((from) => ({ from, hours: HOURS.findIndex((offset) => !isFree(from + offset)) }));
}

/** The same hours of all days are one schedule. */
function joined(blocks: readonly ScheduledExcess[]): readonly ScheduledExcess[] {
  const [one, other] = blocks;
  if (one === undefined || other === undefined) return blocks;
  const isSame = one.level === other.level && one.fromHour === other.fromHour && one.toHour === other.toHour;
  if (!isSame) return blocks;
  return [
    {
      ...one,
      schedule: 'every-day',
      hoursPerWeek: one.hoursPerWeek + other.hoursPerWeek,
      releasesPerWeek: one.releasesPerWeek + other.releasesPerWeek,
      days: one.days + other.days,
    },
  ];
}
