import { sumOf } from '#shared/lib/sum.ts';
import type { EpochMs } from '#shared/time/instant.ts';
import { kilowattHours, usd, usdPerKilowattHour } from '#shared/units/quantities.ts';
import type { KilowattHours, Usd, UsdPerKilowattHour } from '#shared/units/quantities.ts';

/** What the highest power of a month costs. */
export type DemandCharge = {
  /** Mean facility power of the highest hour, kW. */
  readonly peakKilowatts: number;
  readonly usdPerKilowattMonth: number;
  /** The part of the month that is charged for, 0 to 1: the elapsed part of a month that is not over. */
  readonly shareOfMonth: number;
};

/** demand [USD] = highest facility kW x USD per kW and month x share of the month */
export function demandCost({ peakKilowatts, usdPerKilowattMonth, shareOfMonth }: DemandCharge): Usd {
  return usd(peakKilowatts * usdPerKilowattMonth * shareOfMonth);
}

/** Facility energy of one hour of the tariff's clock. */
export type HourOfEnergy = {
  readonly start: EpochMs;
  readonly energy: KilowattHours;
  /** Of it, what was watched as it was drawn: energy that a counter only told after a gap is no power of its hour. */
  readonly watched: KilowattHours;
};

/** A month's demand charge, shared over the energy of the same part of the month. */
export type DemandShare = DemandCharge & {
  /** Whose meter it is; null for GPUs of no known site. */
  readonly site: string | null;
  /** Such as `2026-03`. */
  readonly month: string;
  readonly peakAt: EpochMs;
  /** Energy of the charged part of the month. */
  readonly energy: KilowattHours;
  readonly cost: Usd;
  /** cost / energy: what each kWh of the month bears. */
  readonly usdPerKilowattHour: UsdPerKilowattHour;
};

/**
 *   demand per kWh [USD/kWh] = demand cost of the elapsed part of the month [USD] / energy of that part [kWh]
 *
 * Every kWh of the month bears the same, so the parts of a fleet and of a month add, and a full month is its bill. Null
 * where no energy was drawn.
 */
export function demandShareOf(
  hours: readonly HourOfEnergy[],
  of: Pick<DemandShare, 'site' | 'month' | 'usdPerKilowattMonth' | 'shareOfMonth'>,
): DemandShare | null {
  const energy = kilowattHours(sumOf(hours, (hour) => hour.energy));
  const [first] = hours;
  if (first === undefined || energy <= 0) return null;
  const highest = hours.reduce((one, other) => (other.watched > one.watched ? other : one), first);
  // A kWh in an hour is a mean kW.
  const charge = { ...of, peakKilowatts: highest.watched };
  const cost = demandCost(charge);
  return { ...charge, peakAt: highest.start, energy, cost, usdPerKilowattHour: usdPerKilowattHour(cost / energy) };
}
