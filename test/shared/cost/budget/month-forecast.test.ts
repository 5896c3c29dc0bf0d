import { describe, expect, it } from 'vitest';
import { budgetState, burnPoints } from '#shared/cost/budget/budget-status.ts';
import { monthForecast, reachesAt, type ForecastAsk } from '#shared/cost/budget/month-forecast.ts';
import type { SpendBucket } from '#shared/cost/budget/spend-pattern.ts';
import { seededRandom } from '#shared/lib/seeded-random.ts';
import { sum } from '#shared/lib/sum.ts';
import { epochMs, type EpochMs } from '#shared/time/instant.ts';
import { monthAt, wallClockAt, type WallClock } from '#shared/time/zone-clock.ts';

const HOUR = 3_600_000;

type World = {
  readonly zone: string;
  readonly now: string;
  readonly usdOf: (wall: WallClock, at: EpochMs) => number | null;
};

/** Hours from 40 days before now, and what the running month cost so far. */
function worldOf({ zone, now: iso, usdOf }: World): ForecastAsk {
  const now = epochMs(Date.parse(iso));
  const month = monthAt(now, zone);
  const buckets: SpendBucket[] = [];
  for (let at = Math.floor((now - 40 * 24 * HOUR) / HOUR) * HOUR; at < now; at += HOUR) {
    const range = { from: epochMs(at), to: epochMs(Math.min(now, at + HOUR)) };
    const usd = usdOf(wallClockAt(range.from, zone), range.from);
    buckets.push({ range, usd: usd === null ? null : (usd * (range.to - range.from)) / HOUR });
  }
  const inside = buckets.filter(({ range }) => range.from >= month.from);
  return { month, zone, now, spentUsd: sum(inside.map(({ usd }) => usd ?? 0)), buckets, seed: 7 };
}

function forecastOf(world: World) {
  const outcome = monthForecast(worldOf(world));
  if (outcome.kind !== 'forecast') throw new Error(`no forecast: ${outcome.wholeDays} days`);
  return outcome;
}

const flat = () => 10;
/** Weekdays cost 20 an hour from 8 to 18 and 5 else, weekends 5. */
const weekly = ({ weekday, hour }: WallClock): number => (weekday < 5 && hour >= 8 && hour < 18 ? 20 : 5);

describe('the forecast of a month', () => {
  it.each([
    ['a month of 30 days', 'UTC', '2026-11-13T09:30:00Z', 720],
    ['February', 'UTC', '2026-02-10T00:00:00Z', 672],
    ['March in Berlin, an hour short', 'Europe/Berlin', '2026-03-12T10:00:00Z', 743],
    ['October in Berlin, an hour long', 'Europe/Berlin', '2026-10-12T10:00:00Z', 745],
    ['November in New York, an hour long', 'America/New_York', '2026-11-20T10:15:00Z', 721],
    ['the last minute of a month', 'UTC', '2026-11-30T23:59:00Z', 720],
  ])('of %s at a flat rate is the rate times its hours, and sure', (_, zone, now, hours) => {
    const { forecast } = forecastOf({ zone, now, usdOf: flat });
    for (const usd of [forecast.usd, forecast.low, forecast.high]) expect(usd).toBeCloseTo(10 * hours, 6);
  });

  it('knows the hours of the week: weekends that are left cost what weekends cost', () => {
    // November 2026 has 21 weekdays and 9 days of weekends.
    const { forecast, days } = forecastOf({ zone: 'UTC', now: '2026-11-16T00:00:00Z', usdOf: weekly });
    expect(forecast.usd).toBeCloseTo(21 * (10 * 20 + 14 * 5) + 9 * 24 * 5, 6);
    expect(forecast.high - forecast.low).toBeCloseTo(0, 6);
    expect(days).toHaveLength(15);
    expect(days[5]!.usd - days[4]!.usd).toBeCloseTo(24 * 5, 6);
  });

  it('knows them by the clock of its zone', () => {
    const { forecast } = forecastOf({ zone: 'Asia/Tokyo', now: '2026-11-16T00:00:00Z', usdOf: weekly });
    expect(forecast.usd).toBeCloseTo(21 * 270 + 9 * 120, 6);
  });

  it('has a range as wide as its days vary, drawn the same from the same seed', () => {
    const noise = new Map<number, number>();
    const random = seededRandom(3);
    const varying = (wall: WallClock, at: EpochMs): number => {
      const day = Math.floor(at / (24 * HOUR));
      const factor = noise.get(day) ?? 0.8 + 0.4 * random();
      noise.set(day, factor);
      return weekly(wall) * factor;
    };
    const world = { zone: 'UTC', now: '2026-11-16T00:00:00Z', usdOf: varying };
    const { forecast } = forecastOf(world);
    expect(forecast.low).toBeLessThan(forecast.usd);
    expect(forecast.high).toBeGreaterThan(forecast.usd);
    // 15 remaining days of about 11.5 % each, their pattern known from 28: about ± 1.64 x 11.5 % x sqrt(1/15 + 1/28).
    const half = (forecast.high - forecast.low) / 2 / (forecast.usd - worldOf(world).spentUsd);
    expect(half).toBeGreaterThan(0.03);
    expect(half).toBeLessThan(0.1);
    expect(forecastOf(world).forecast).toEqual(forecast);
  });

  it('does not call a week of history sure that it never tested on another', () => {
    const growing = (_: WallClock, at: EpochMs): number | null => {
      const day = Math.floor((at - Date.parse('2026-11-09T00:00:00Z')) / (24 * HOUR));
      return day < 0 ? null : 10 + 2 * day;
    };
    const { forecast } = forecastOf({ zone: 'UTC', now: '2026-11-16T00:00:00Z', usdOf: growing });
    expect(forecast.daysLearnt).toBe(7);
    expect((forecast.high - forecast.low) / forecast.usd).toBeGreaterThan(0.2);
  });

  it.each([0, 1, 2])('is not made of %d whole days', (days) => {
    const since = Date.parse('2026-11-16T00:00:00Z') - days * 24 * HOUR;
    const outcome = monthForecast(
      worldOf({ zone: 'UTC', now: '2026-11-16T05:00:00Z', usdOf: (_, at) => (at >= since ? 10 : null) }),
    );
    expect(outcome).toEqual({ kind: 'not-enough-history', wholeDays: days });
  });

  it('learns from no day of which an hour is not known', () => {
    const bad = Date.parse('2026-11-12T05:00:00Z');
    const usdOf = (_: WallClock, at: EpochMs): number | null => (at === bad ? null : 10);
    expect(forecastOf({ zone: 'UTC', now: '2026-11-16T05:00:00Z', usdOf }).forecast.daysLearnt).toBe(27);
  });

  it('splits its day by hours of zones that differ from UTC by quarters', () => {
    const zone = 'Asia/Kathmandu';
    const ask = worldOf({ zone, now: '2026-11-16T00:15:00Z', usdOf: flat });
    const quarters = ask.buckets.flatMap(({ range, usd }) =>
      Array.from({ length: Math.ceil((range.to - range.from) / (HOUR / 4)) }, (_, index) => {
        const from = epochMs(range.from + (index * HOUR) / 4);
        const to = epochMs(Math.min(range.to, from + HOUR / 4));
        return { range: { from, to }, usd: ((usd ?? 0) * (to - from)) / (range.to - range.from) };
      }),
    );
    const spentUsd = (10 * (ask.now - ask.month.from)) / HOUR;
    const outcome = monthForecast({ ...ask, spentUsd, buckets: quarters });
    expect(outcome).toMatchObject({ kind: 'forecast', forecast: { daysLearnt: 28 } });
    expect(outcome.kind === 'forecast' && outcome.forecast.usd).toBeCloseTo(7200, 6);
  });
});

describe('a budget', () => {
  const ask = worldOf({ zone: 'UTC', now: '2026-11-16T00:00:00Z', usdOf: flat });
  const outcome = monthForecast(ask);
  const buckets = ask.buckets.filter(({ range }) => range.from >= ask.month.from);
  const burn = (usdPerMonth: number) => ({ ...ask, buckets, usdPerMonth, outcome });

  it('is used up when its running cost gets there, to the minute', () => {
    if (outcome.kind !== 'forecast') throw new Error('no forecast');
    const until = { pattern: outcome.pattern, zone: 'UTC', until: ask.month.to };
    expect(reachesAt(3605, { at: ask.now, usd: 3600 }, until)).toBe(Date.parse('2026-11-16T00:30:00Z'));
    expect(reachesAt(7201, { at: ask.now, usd: 3600 }, until)).toBe(null);
    expect(reachesAt(3600, { at: ask.now, usd: 3600 }, until)).toBe(ask.now);
  });

  it.each([
    [8000, 'on-track'],
    [7100, 'likely-over'],
    [3600, 'over'],
  ] as const)('of %d is %s', (usdPerMonth, state) => {
    expect(budgetState(burn(usdPerMonth))).toBe(state);
  });

  it('is unknown where what was spent is', () => {
    expect(budgetState({ spentUsd: null, usdPerMonth: 1, outcome: null })).toBe('unknown');
    expect(budgetState({ spentUsd: 5, usdPerMonth: 10, outcome: { kind: 'not-enough-history', wholeDays: 1 } })).toBe(
      'unknown',
    );
  });

  it('burns beside an even line, and its fan begins at what is spent', () => {
    const points = burnPoints(burn(7200));
    expect(points).toHaveLength(31);
    expect(points[0]).toEqual({ at: ask.month.from, actual: 0, even: 0, forecast: null, low: null, high: null });
    for (const point of points.slice(0, 16)) expect(point.actual).toBeCloseTo(point.even, 6);
    expect(points[15]).toMatchObject({ at: ask.now, actual: 3600, forecast: 3600, low: 3600, high: 3600 });
    expect(points.slice(16).every(({ actual }) => actual === null)).toBe(true);
    expect(points.at(-1)).toMatchObject({ at: ask.month.to, even: 7200 });
    expect(points.at(-1)!.forecast).toBeCloseTo(7200, 6);
  });
});
