import type { BucketSlots } from '#backend/store/bucket-slots.ts';
import { stepOfZones, type TariffCalendar } from '#shared/cost/tariff-calendar.ts';
import { bucketStarts } from '#shared/time/buckets.ts';
import type { ChargePlace } from '#shared/model/charge-row.ts';
import type { EpochMs } from '#shared/time/instant.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import { daysOf } from '#shared/time/zone-clock.ts';
import { formatInstant } from '#shared/units/format-time.ts';

/** What the ledger tells apart besides days and prices. */
export const TOLD = ['site', 'pool', 'model', 'tenant', 'version'] as const;

/** A whole day of a zone, and its date, such as `2026-07-31`. */
type LocalDay = { readonly day: string; readonly period: TimeRange };

/** The local days that a window touches. */
export function localDays(window: TimeRange, zone: string): LocalDay[] {
  return daysOf(window, zone).map((period) => ({ day: formatInstant(period.from, zone, 'date'), period }));
}

/** The part of the fleet that some values of `TOLD` name, on a day. */
export function placeOnDay(day: LocalDay | undefined, by: readonly (string | null)[]): ChargePlace {
  if (day === undefined) throw new Error('a window lies in its local days');
  const [site = null, pool = null, model = null, tenant = null, version = null] = by;
  return { ...day, site, pool, model, tenant, version };
}

/**
 * The hours of a window told apart by local day and by what electricity costs in them, so that a month is one question to
 * the store.
 */
export type DaySlots = {
  readonly days: readonly LocalDay[];
  readonly slots: BucketSlots;
  /** The day of a slot. */
  readonly dayOf: (slot: number) => number;
  /** The kind of hours of the tariff's calendar. */
  readonly kindOf: (slot: number) => number;
};

export function daySlots(window: TimeRange, zone: string, calendar: TariffCalendar | null): DaySlots {
  const days = localDays(window, zone);
  const stepSeconds = Math.min(stepOfZones([zone], window), calendar?.stepSeconds ?? Number.POSITIVE_INFINITY);
  const starts = bucketStarts(window, stepSeconds);
  const kinds = Math.max(1, calendar?.kinds.length ?? 1);
  const dayOf = dayFinder(days);
  const slotOf = (start: EpochMs): number => {
    const day = dayOf(Math.max(start, window.from));
    return day * kinds + kindAt(calendar, start);
  };
  return {
    days,
    slots: { stepSeconds, first: starts[0] ?? window.from, of: starts.map(slotOf) },
    dayOf: (slot) => Math.floor(slot / kinds),
    kindOf: (slot) => slot % kinds,
  };
}

/** The index of the day that holds an instant; instants beyond the last day are of the last. */
export function dayFinder(days: readonly LocalDay[]): (at: number) => number {
  return (at) => {
    const next = days.findIndex(({ period }) => at < period.to);
    return next === -1 ? days.length - 1 : next;
  };
}

function kindAt(calendar: TariffCalendar | null, at: EpochMs): number {
  if (calendar === null) return 0;
  return calendar.kindOf[Math.floor((at - calendar.first) / (calendar.stepSeconds * 1000))] ?? 0;
}
