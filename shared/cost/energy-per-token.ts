import { energyOf, perMillionTokens, priceOfEnergy, toKilowattHours } from '#shared/units/arithmetic.ts';
import {
  joules,
  type Joules,
  type Seconds,
  type Tokens,
  type UsdPerKilowattHour,
  type UsdPerMillionTokens,
  type Watts,
} from '#shared/units/quantities.ts';

/*
 * Energy behind tokens. Every figure is in the boundary of the energy it is given (boards, IT or facility): name it
 * wherever the figure is shown. Source: economics reference, section 4.2.
 */

/** efficiency [tok/J] = tokens / energy [J]; null without energy. */
export function tokensPerJoule(count: Tokens, energy: Joules): number | null {
  return energy > 0 ? count / energy : null;
}

const WATTS_PER_MEGAWATT = 1e6;

/** throughput per MW [tok/s/MW] = tok/s / MW in the same boundary = tok/J x 1e6; null without energy. */
export function tokensPerSecondPerMegawatt(count: Tokens, energy: Joules): number | null {
  const perJoule = tokensPerJoule(count, energy);
  return perJoule === null ? null : perJoule * WATTS_PER_MEGAWATT;
}

/** Energy behind some tokens, and what it costs. */
export type EnergyBill = {
  /** IT energy of the scope, J. */
  readonly itEnergy: Joules;
  readonly pue: number;
  readonly tariff: UsdPerKilowattHour;
};

/** attributed energy [USD/Mtok] = IT energy [kWh] x PUE x tariff / tokens x 1e6 */
export function attributedEnergyCost(bill: EnergyBill, count: Tokens): UsdPerMillionTokens | null {
  const facility = toKilowattHours(joules(bill.itEnergy * bill.pue));
  return perMillionTokens(priceOfEnergy(facility, bill.tariff), count);
}

/**
 * Energy that the tokens added to what idle GPUs would have drawn.
 *
 *   marginal energy [USD/Mtok] = (IT energy - loaded-idle power x GPU time) x PUE x tariff / tokens x 1e6
 *
 * Below zero when GPUs drew less than the idle power says: that power is then entered too high.
 */
export function marginalEnergyCost(
  bill: EnergyBill,
  idle: { readonly loadedIdlePower: Watts; readonly gpuTime: Seconds },
  count: Tokens,
): UsdPerMillionTokens | null {
  const idleEnergy = energyOf(idle.loadedIdlePower, idle.gpuTime);
  return attributedEnergyCost({ ...bill, itEnergy: joules(bill.itEnergy - idleEnergy) }, count);
}
