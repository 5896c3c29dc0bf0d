import { sumOf } from '#shared/lib/sum.ts';
import type { EnergyPrice, TariffPeriod } from '#shared/model/cost-book.ts';
import { priceOfEnergy } from '#shared/units/arithmetic.ts';
import {
  kilowattHours,
  usd,
  usdPerKilowattHour,
  type KilowattHours,
  type Usd,
  type UsdPerKilowattHour,
} from '#shared/units/quantities.ts';
import { demandCost, type DemandCharge } from '../demand-charge.ts';
import { periodAt, type ClockHour } from '../tariff-periods.ts';

/** Facility energy in hours that the tariff's local clock names alike. */
export type HourOfUse = { readonly at: ClockHour; readonly energy: KilowattHours };

/** What was drawn in the hours of one period, and what it cost. `period` is null for hours that none names. */
export type BilledPeriod = { readonly period: TariffPeriod | null; readonly energy: KilowattHours; readonly cost: Usd };

/** The electricity of a month: its lines add to `total`. */
export type ElectricityBill = {
  readonly energy: KilowattHours;
  readonly periods: readonly BilledPeriod[];
  readonly energyCost: Usd;
  readonly demandCost: Usd;
  readonly total: Usd;
  /** total / energy, demand charge included; null where none was drawn. */
  readonly blended: UsdPerKilowattHour | null;
};

/**
 *   energy [USD] = sum over periods of (kWh in its hours x its tariff)
 *   demand [USD] = highest facility kW of the month x USD per kW and month
 *   blended [USD/kWh] = (energy + demand) / kWh
 *
 * The price's amounts are in USD. Source: economics reference, section 4.4, the 30-day month.
 */
export function electricityBill(
  hours: readonly HourOfUse[],
  price: EnergyPrice,
  demand: DemandCharge,
): ElectricityBill {
  const periods = [...Map.groupBy(hours, ({ at }) => periodAt(price, at))].map(([period, list]): BilledPeriod => {
    const energy = kilowattHours(sumOf(list, (hour) => hour.energy));
    const tariff = usdPerKilowattHour(period?.usdPerKilowattHour ?? price.usdPerKilowattHour);
    return { period, energy, cost: priceOfEnergy(energy, tariff) };
  });
  const energy = kilowattHours(sumOf(periods, (period) => period.energy));
  const energyCost = usd(sumOf(periods, (period) => period.cost));
  const ofDemand = demandCost(demand);
  const total = usd(energyCost + ofDemand);
  return {
    energy,
    periods,
    energyCost,
    demandCost: ofDemand,
    total,
    blended: energy > 0 ? usdPerKilowattHour(total / energy) : null,
  };
}
