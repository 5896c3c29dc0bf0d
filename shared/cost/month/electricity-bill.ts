import { sumOf } from '#shared/lib/sum.ts';
import { priceOfEnergy } from '#shared/units/arithmetic.ts';
import {
  kilowattHours,
  usd,
  usdPerKilowattHour,
  type KilowattHours,
  type Usd,
  type UsdPerKilowattHour,
} from '#shared/units/quantities.ts';

/** Facility energy in hours of the day of one number, on the local clock of the tariff. */
export type HourOfUse = { readonly hourOfDay: number; readonly energy: KilowattHours };

/** A tariff with two prices. An hour is on-peak from its first minute to its last. */
export type TimeOfUseTariff = {
  readonly onPeakHours: readonly number[];
  readonly onPeak: UsdPerKilowattHour;
  readonly offPeak: UsdPerKilowattHour;
};

/** What the highest power of the month costs. */
export type DemandCharge = { readonly peakKilowatts: number; readonly usdPerKilowattMonth: number };

/** The electricity of a month: its lines add to `total`. */
export type ElectricityBill = {
  readonly energy: KilowattHours;
  readonly onPeakEnergy: KilowattHours;
  readonly energyCost: Usd;
  readonly demandCost: Usd;
  readonly total: Usd;
  /** total / energy, demand charge included; null where none was drawn. */
  readonly blended: UsdPerKilowattHour | null;
};

/**
 *   energy [USD] = on-peak kWh x on-peak tariff + off-peak kWh x off-peak tariff
 *   demand [USD] = highest facility kW of the month x USD per kW and month
 *   blended [USD/kWh] = (energy + demand) / kWh
 *
 * Source: economics reference, section 4.4, the 30-day month.
 */
export function electricityBill(
  hours: readonly HourOfUse[],
  tariff: TimeOfUseTariff,
  demand: DemandCharge,
): ElectricityBill {
  const isOnPeak = ({ hourOfDay }: HourOfUse) => tariff.onPeakHours.includes(hourOfDay);
  const energy = kilowattHours(sumOf(hours, (hour) => hour.energy));
  const onPeakEnergy = kilowattHours(sumOf(hours.filter(isOnPeak), (hour) => hour.energy));
  const offPeakEnergy = kilowattHours(sumOf(hours, (hour) => (isOnPeak(hour) ? 0 : hour.energy)));
  const energyCost = usd(priceOfEnergy(onPeakEnergy, tariff.onPeak) + priceOfEnergy(offPeakEnergy, tariff.offPeak));
  const demandCost = usd(demand.peakKilowatts * demand.usdPerKilowattMonth);
  const total = usd(energyCost + demandCost);
  return {
    energy,
    onPeakEnergy,
    energyCost,
    demandCost,
    total,
    blended: energy > 0 ? usdPerKilowattHour(total / energy) : null,
  };
}
