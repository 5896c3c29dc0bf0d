import type { CostBookRevision, EnergyPrice, TariffPeriod } from '#shared/model/cost-book.ts';
import { bucketStarts } from '#shared/time/buckets.ts';
import type { EpochMs } from '#shared/time/instant.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import { wallClockAt, type WallClock } from '#shared/time/zone-clock.ts';
import { periodAt } from './tariff-periods.ts';

/** What an electricity price says of some hours: their period, and the month that a demand charge counts them in. */
export type PricedHours = {
  /** Null for hours that no period names. */
  readonly period: TariffPeriod | null;
  /** Such as `2026-03`, in the zone of the price; null where there is no demand charge. */
  readonly month: string | null;
};

/**
 * The hours of a window by what they cost: each UTC-aligned bucket of `stepSeconds` from `first` on has the number of its
 * kind, and of each kind all is known that a price depends on. So a window is cut where the tariff changes, whatever the
 * length of its days, and months of hours are a handful of sums.
 */
export type TariffCalendar = {
  /** An hour; less where the clock of a zone stands half an hour, or a quarter, beside UTC. */
  readonly stepSeconds: number;
  readonly first: EpochMs;
  readonly kindOf: readonly number[];
  /** What each electricity price of the revision says of a kind; a price that is left out has one price at all hours. */
  readonly kinds: readonly ReadonlyMap<EnergyPrice, PricedHours>[];
};

/** The calendar of a window under one revision; null where electricity costs the same at all hours. */
export function tariffCalendar(revision: CostBookRevision, window: TimeRange): TariffCalendar | null {
  const prices = [revision.energy, ...revision.siteEnergy.map(({ energy }) => energy)].filter(dependsOnHour);
  if (prices.length === 0) return null;
  const zones = [...new Set(prices.map(({ zone }) => zone))];
  const stepSeconds = stepOfZones(zones, window);
  const starts = bucketStarts(window, stepSeconds);
  const kinds = new Map<string, { readonly number: number; readonly hours: ReadonlyMap<EnergyPrice, PricedHours> }>();
  const kindOf = starts.map((start) => {
    const clocks = new Map(zones.map((zone) => [zone, wallClockAt(start, zone)]));
    const hours = prices.map((price) => [price, pricedHours(price, clocks.get(price.zone))] as const);
    const key = hours
      .map(([price, { period, month }]) => `${period === null ? -1 : price.periods.indexOf(period)} ${month ?? ''}`)
      .join();
    const known = kinds.get(key) ?? { number: kinds.size, hours: new Map(hours) };
    kinds.set(key, known);
    return known.number;
  });
  return { stepSeconds, first: starts[0] ?? window.from, kindOf, kinds: [...kinds.values()].map(({ hours }) => hours) };
}

/** Whether a price is another at some hours than at others, or in some months. */
export function dependsOnHour({ periods, demandUsdPerKilowattMonth }: EnergyPrice): boolean {
  return periods.length > 0 || demandUsdPerKilowattMonth > 0;
}

function pricedHours(price: EnergyPrice, clock: WallClock | undefined): PricedHours {
  if (clock === undefined) return { period: null, month: null };
  const { year, month, weekday, hour } = clock;
  return {
    period: periodAt(price, { month, weekday: weekday + 1, hour }),
    month: price.demandUsdPerKilowattMonth > 0 ? monthName(year, month) : null,
  };
}

/** `2026-03` */
export function monthName(year: number, month: number): string {
  return `${year}-${String(month).padStart(2, '0')}`;
}

const HOUR_SECONDS = 3600;

/** The longest bucket whose edges meet all full hours of the clocks of some zones in a window, s. */
export function stepOfZones(zones: readonly string[], window: TimeRange): number {
  return Math.min(...zones.map((zone) => stepOfZone(zone, window)));
}

function stepOfZone(zone: string, window: TimeRange): number {
  const minutes = new Set(bucketStarts(window, HOUR_SECONDS).map((start) => wallClockAt(start, zone).minute));
  if ([...minutes].every((minute) => minute === 0)) return HOUR_SECONDS;
  return [...minutes].every((minute) => minute % 30 === 0) ? HOUR_SECONDS / 2 : HOUR_SECONDS / 4;
}
