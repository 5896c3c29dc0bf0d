import type { EnergyPrice } from '#shared/model/cost-book.ts';
import { priceOfEnergy, toKilowattHours } from '#shared/units/arithmetic.ts';
import { joules, usdPerKilowattHour, type Joules, type Usd } from '#shared/units/quantities.ts';

/**
 * Facility energy behind a GPU board's energy.
 *
 *   facility [J] = board [J] x node overhead x PUE
 */
export function facilityEnergyOf(board: Joules, price: EnergyPrice): Joules {
  return joules(board * price.nodeOverhead * price.pue);
}

/** IT energy behind a GPU board's energy: board x node overhead. */
export function itEnergyOf(board: Joules, price: EnergyPrice): Joules {
  return joules(board * price.nodeOverhead);
}

/**
 *   energy cost [USD] = facility energy [kWh] x tariff [USD/kWh]
 */
export function energyCostOf(board: Joules, price: EnergyPrice): Usd {
  return priceOfEnergy(toKilowattHours(facilityEnergyOf(board, price)), usdPerKilowattHour(price.usdPerKilowattHour));
}
