import { describe, expect, it } from 'vitest';
import { demandShareOf, type HourOfEnergy } from '#shared/cost/demand-charge.ts';
import { electricityBill } from '#shared/cost/month/electricity-bill.ts';
import { SAMPLE_COST_BOOK } from '#shared/cost/sample-cost-book.ts';
import { tariffCalendar, type TariffCalendar } from '#shared/cost/tariff-calendar.ts';
import { hiddenPeriods, periodAt } from '#shared/cost/tariff-periods.ts';
import type { CostBookRevision, EnergyPrice, TariffPeriod } from '#shared/model/cost-book.ts';
import { epochMs } from '#shared/time/instant.ts';
import { secondsOf, type TimeRange } from '#shared/time/time-range.ts';
import { daysOf, monthAt, wallClockAt } from '#shared/time/zone-clock.ts';
import { kilowattHours } from '#shared/units/quantities.ts';

const BASE = SAMPLE_COST_BOOK.revisions[0]!;

const PEAK: TariffPeriod = {
  name: 'peak',
  months: [],
  weekdays: [1, 2, 3, 4, 5],
  hours: [14, 15, 16],
  usdPerKilowattHour: 0.2,
};
const SUMMER: TariffPeriod = { ...PEAK, name: 'summer peak', months: [6, 7, 8, 9], usdPerKilowattHour: 0.3 };

function withEnergy(zone: string, more: Partial<EnergyPrice> = {}): CostBookRevision {
  return { ...BASE, energy: { ...BASE.energy, zone, periods: [SUMMER, PEAK], ...more } };
}

function at(year: number, month: number, day: number, hour = 0): number {
  return Date.UTC(year, month - 1, day, hour);
}

function range(from: number, to: number): TimeRange {
  return { from: epochMs(from), to: epochMs(to) };
}

/** Seconds of a calendar by the name of the period. */
function secondsByPeriod(revision: CostBookRevision, calendar: TariffCalendar): Record<string, number> {
  const seconds: Record<string, number> = {};
  for (const kind of calendar.kindOf) {
    const name = calendar.kinds[kind]!.get(revision.energy)!.period?.name ?? 'other';
    seconds[name] = (seconds[name] ?? 0) + calendar.stepSeconds;
  }
  return seconds;
}

describe('the period of an hour', () => {
  const { energy } = withEnergy('UTC');

  it('is the first that matches, else none', () => {
    expect(periodAt(energy, { month: 7, weekday: 1, hour: 15 })).toBe(SUMMER);
    expect(periodAt(energy, { month: 1, weekday: 1, hour: 15 })).toBe(PEAK);
    expect(periodAt(energy, { month: 7, weekday: 6, hour: 15 })).toBeNull();
    expect(periodAt(energy, { month: 7, weekday: 1, hour: 17 })).toBeNull();
    expect(hiddenPeriods(energy)).toEqual([]);
    expect(hiddenPeriods({ ...energy, periods: [PEAK, SUMMER] })).toEqual(['summer peak']);
  });
});

describe('a calendar of the tariff', () => {
  it('is none where electricity costs the same at all hours', () => {
    expect(tariffCalendar(BASE, range(at(2026, 3, 1), at(2026, 4, 1)))).toBeNull();
  });

  it.each([
    // Working days of March 2026: 22. Clocks go on in Chicago on the 8th, in Berlin on the 29th.
    ['UTC', 3600],
    ['America/Chicago', 3600],
    ['Europe/Berlin', 3600],
    ['Asia/Kolkata', 1800],
    ['Asia/Kathmandu', 900],
  ])('in %s steps by %i s, and a local month has its local peak hours', (zone, stepSeconds) => {
    const revision = withEnergy(zone);
    const month = monthAt(epochMs(at(2026, 3, 15)), zone);
    const calendar = tariffCalendar(revision, month)!;
    expect(calendar.stepSeconds).toBe(stepSeconds);
    const seconds = secondsByPeriod(revision, calendar);
    expect(seconds['peak']).toBe(22 * 3 * 3600);
    expect(seconds['summer peak']).toBeUndefined();
    expect(seconds['peak']! + seconds['other']!).toBe(secondsOf(month));
  });

  it('meets a clock that goes back by half an hour', () => {
    const revision = withEnergy('Australia/Lord_Howe');
    const april = monthAt(epochMs(at(2026, 4, 15)), 'Australia/Lord_Howe');
    const calendar = tariffCalendar(revision, april)!;
    expect(calendar.stepSeconds).toBe(1800);
    expect(secondsByPeriod(revision, calendar)['peak']).toBe(22 * 3 * 3600);
  });

  it('knows a day of 23 and one of 25 hours', () => {
    const night: TariffPeriod = { name: 'night', months: [], weekdays: [], hours: [1, 2], usdPerKilowattHour: 0.01 };
    const revision = withEnergy('Europe/Berlin', { periods: [night] });
    const hoursOfNight = (day: number): number => {
      const [local] = daysOf(range(day, day + 1), 'Europe/Berlin');
      return secondsByPeriod(revision, tariffCalendar(revision, local!)!)['night']! / 3600;
    };
    // At 02:00 on 29 March the clock reads 03:00; at 03:00 on 25 October it reads 02:00 again.
    expect(hoursOfNight(at(2026, 3, 28, 12))).toBe(2);
    expect(hoursOfNight(at(2026, 3, 29, 12))).toBe(1);
    expect(hoursOfNight(at(2026, 10, 25, 12))).toBe(3);
  });

  it('tells months apart by the clock of the zone where there is a demand charge', () => {
    const revision = withEnergy('America/Chicago', { periods: [], demandUsdPerKilowattMonth: 12 });
    const calendar = tariffCalendar(revision, range(at(2026, 2, 1), at(2026, 2, 2)))!;
    const months = calendar.kindOf.map((kind) => calendar.kinds[kind]!.get(revision.energy)!.month);
    // Midnight in Chicago is 06:00 UTC.
    expect(months.filter((month) => month === '2026-01')).toHaveLength(6);
    expect(months.filter((month) => month === '2026-02')).toHaveLength(18);
  });

  it('has a price for each site, and one kind for all hours that agree on all of them', () => {
    const north = { ...BASE.energy, zone: 'UTC', periods: [PEAK] };
    const revision = { ...withEnergy('UTC'), siteEnergy: [{ site: 'north', energy: north }] };
    const calendar = tariffCalendar(revision, range(at(2026, 1, 1), at(2027, 1, 1)))!;
    expect(calendar.kinds).toHaveLength(3);
    const names = calendar.kinds.map((kind) => [revision.energy, north].map((price) => kind.get(price)!.period?.name));
    expect(names).toContainEqual(['summer peak', 'peak']);
  });
});

describe('a demand charge', () => {
  const month = monthAt(epochMs(at(2026, 4, 15)), 'UTC');
  const hours = Array.from({ length: secondsOf(month) / 3600 }, (_, hour): HourOfEnergy => {
    const energy = kilowattHours(60 + ((hour * 37) % 41) + (hour % 24));
    return { start: epochMs(month.from + hour * 3_600_000), energy, watched: energy };
  });
  const of = { site: null, month: '2026-04', usdPerKilowattMonth: 12, shareOfMonth: 1 };

  it('of a whole month is that of its bill, whatever parts its energy is added in', () => {
    const clock = (start: HourOfEnergy['start']) => {
      const { month: number, weekday, hour } = wallClockAt(start, 'UTC');
      return { month: number, weekday: weekday + 1, hour };
    };
    const share = demandShareOf(hours, of)!;
    const demand = {
      peakKilowatts: Math.max(...hours.map(({ energy }) => energy)),
      usdPerKilowattMonth: 12,
      shareOfMonth: 1,
    };
    const use = hours.map(({ start, energy }) => ({ at: clock(start), energy }));
    const bill = electricityBill(use, withEnergy('UTC').energy, demand);
    const borne = hours.reduce((sum, { energy }) => sum + energy * share.usdPerKilowattHour, 0);
    expect(share.cost).toBe(bill.demandCost);
    expect(borne / bill.demandCost).toBeCloseTo(1, 12);
  });

  it('of part of a month is its highest hour so far, in proportion to the time', () => {
    const share = demandShareOf(hours.slice(0, 240), { ...of, shareOfMonth: 240 / hours.length })!;
    const peak = Math.max(...hours.slice(0, 240).map(({ energy }) => energy));
    expect(share.cost).toBeCloseTo((peak * 12) / 3, 12);
    expect(share.peakKilowatts).toBe(peak);
  });

  it('takes no power from what a counter told after a gap', () => {
    const bridged = { ...hours[5]!, energy: kilowattHours(5000), watched: kilowattHours(0) };
    const share = demandShareOf([...hours.slice(0, 5), bridged], of)!;
    expect(share.peakKilowatts).toBe(Math.max(...hours.slice(0, 5).map(({ energy }) => energy)));
    expect(share.energy).toBeGreaterThan(5000);
  });

  it('is none where nothing was drawn', () => {
    expect(demandShareOf([], of)).toBeNull();
    expect(demandShareOf([{ ...hours[0]!, energy: kilowattHours(0) }], of)).toBeNull();
  });
});
