import { assertNever } from '#shared/lib/assert.ts';
import type { EnergyPrice } from '#shared/model/cost-book.ts';
import type { PowerBoundary } from '#shared/model/power-boundary.ts';
import { priceOfEnergy, toKilowattHours } from '#shared/units/arithmetic.ts';
import { joules, usdPerKilowattHour, type Joules, type Usd } from '#shared/units/quantities.ts';
import type { Tariff } from './tariff.ts';

/** Energy and what it covers: the same joules mean another cost at the boards, at the node and at the wall. */
export type MeasuredEnergy = { readonly joules: Joules; readonly boundary: PowerBoundary };

/**
 * IT energy behind measured energy: what is not measured is added by the stated factor.
 *
 *   IT [J] = boards x node overhead = modules x module overhead = (boards + CPU sockets) x module overhead
 *          = nodes = racks = wall / PUE
 */
export function itEnergyOf({ joules: measured, boundary }: MeasuredEnergy, price: EnergyPrice): Joules {
  return joules(boundary === 'wall' ? measured / price.pue : measured * overheadOf(boundary, price));
}

/**
 * Facility energy behind measured energy.
 *
 *   facility [J] = IT [J] x PUE, and at the wall the measured energy itself
 */
export function facilityEnergyOf(energy: MeasuredEnergy, price: EnergyPrice): Joules {
  return energy.boundary === 'wall' ? energy.joules : joules(itEnergyOf(energy, price) * price.pue);
}

/** What stands between measured energy and the node around it; 1 where the node, or more, is measured. */
export function overheadOf(boundary: PowerBoundary, price: EnergyPrice): number {
  switch (boundary) {
    case 'board':
      return price.nodeOverhead;
    case 'cpu':
    case 'module':
      return price.moduleOverhead;
    case 'node':
    case 'rack':
    case 'wall':
      return 1;
    default:
      return assertNever(boundary);
  }
}

/**
 *   energy cost [USD] = facility energy [kWh] x (tariff + what a kWh bears of its month's demand charge) [USD/kWh]
 *
 * Null where the tariff's currency has no exchange rate.
 */
export function energyCostOf(
  energy: MeasuredEnergy,
  { price, usdPerKilowattHour: tariff, demand }: Tariff,
): Usd | null {
  if (tariff === null) return null;
  const whole = usdPerKilowattHour(tariff + (demand?.usdPerKilowattHour ?? 0));
  return priceOfEnergy(toKilowattHours(facilityEnergyOf(energy, price)), whole);
}
