import {
  joules,
  kilowattHours,
  usd,
  usdPerMillionTokens,
  type Joules,
  type KilowattHours,
  type Seconds,
  type Tokens,
  type Usd,
  type UsdPerGpuHour,
  type UsdPerKilowattHour,
  type UsdPerMillionTokens,
  type Watts,
} from './quantities.ts';

/** The only places where one unit becomes another. */

export const SECONDS_PER_HOUR = 3600;

/** Hours in an average month, 8,760 / 12: the divisor of monthly prices. */
export const HOURS_PER_AVERAGE_MONTH = 730;

/** Hours in a year of 365 days: the divisor of yearly prices. */
export const HOURS_PER_YEAR = 8760;

const JOULES_PER_KILOWATT_HOUR = 3.6e6;

/** energy [J] = power [W] x time [s] */
export function energyOf(power: Watts, span: Seconds): Joules {
  return joules(power * span);
}

/** 1 kWh = 3.6e6 J */
export function toKilowattHours(energy: Joules): KilowattHours {
  return kilowattHours(energy / JOULES_PER_KILOWATT_HOUR);
}

/** 1 kWh = 3.6e6 J */
export function toJoules(energy: KilowattHours): Joules {
  return joules(energy * JOULES_PER_KILOWATT_HOUR);
}

/** cost [USD] = energy [kWh] x tariff [USD/kWh] */
export function priceOfEnergy(energy: KilowattHours, tariff: UsdPerKilowattHour): Usd {
  return usd(energy * tariff);
}

/** cost [USD] = GPU time [s] / 3600 x rate [USD/GPU-h] */
export function priceOfGpuTime(gpuTime: Seconds, rate: UsdPerGpuHour): Usd {
  return usd((gpuTime / SECONDS_PER_HOUR) * rate);
}

/** unit cost [USD/Mtok] = cost [USD] / tokens x 1e6, or null where there are no tokens: a division is a decision. */
export function perMillionTokens(cost: Usd, count: Tokens): UsdPerMillionTokens | null {
  return count > 0 ? usdPerMillionTokens((cost / count) * 1e6) : null;
}
