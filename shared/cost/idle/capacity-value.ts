import {
  energyOf,
  priceOfEnergy,
  priceOfGpuTime,
  SECONDS_PER_HOUR,
  toKilowattHours,
} from '#shared/units/arithmetic.ts';
import {
  joules,
  seconds,
  usd,
  type Usd,
  type UsdPerGpuHour,
  type UsdPerKilowattHour,
  type Watts,
} from '#shared/units/quantities.ts';
import type { ReplicaHours } from './recoverable-capacity.ts';

/** What an hour of a replica costs, and what it draws when it is loaded and quiet. */
export type ReplicaPrice = {
  readonly gpusPerReplica: number;
  /** Rate without energy. */
  readonly fixedRate: UsdPerGpuHour;
  readonly loadedIdlePower: Watts;
  readonly pue: number;
  readonly tariff: UsdPerKilowattHour;
};

/** Money behind the replica-hours of a window. */
export type CapacityValue = {
  readonly recoverableGpuHours: number;
  /** What the recoverable capacity costs: an opportunity, not cash. */
  readonly recoverable: Usd;
  /** The protective cost of headroom. */
  readonly headroom: Usd;
  /** Beyond need and yet not recoverable: too short, and transition. */
  readonly unrecoverable: Usd;
  /** Energy that would not be drawn: cash, also on owned hardware. */
  readonly avoidableEnergy: Usd;
};

/**
 *   value [USD] = replica-h x GPUs per replica x fixed rate
 *   avoidable energy [USD] = recoverable GPU-h x loaded-idle kW x PUE x tariff
 *
 * Source: economics reference, section 6.2.
 */
export function capacityValue(hours: ReplicaHours, price: ReplicaPrice): CapacityValue {
  const timeOf = (replicaHours: number) => seconds(replicaHours * price.gpusPerReplica * SECONDS_PER_HOUR);
  const valueOf = (replicaHours: number) => priceOfGpuTime(timeOf(replicaHours), price.fixedRate);
  const energy = energyOf(price.loadedIdlePower, timeOf(hours.recoverable));
  return {
    recoverableGpuHours: hours.recoverable * price.gpusPerReplica,
    recoverable: valueOf(hours.recoverable),
    headroom: valueOf(hours.headroom),
    unrecoverable: valueOf(hours.tooShort + hours.transition),
    avoidableEnergy: priceOfEnergy(toKilowattHours(joules(energy * price.pue)), price.tariff),
  };
}

/**
 * The part of a value that is cash: energy alone, unless rented capacity can be returned, and then no more GPU-hours than
 * the contract's minimum and the smallest unit it takes back let go. `returnableGpuHours` is null for owned hardware. Where
 * the rent includes power, the price has a tariff of zero.
 */
export function cashAvoidable(
  value: CapacityValue,
  { fixedRate }: ReplicaPrice,
  returnableGpuHours: number | null,
): Usd {
  if (returnableGpuHours === null) return value.avoidableEnergy;
  const returned = Math.min(value.recoverableGpuHours, returnableGpuHours);
  return usd(priceOfGpuTime(seconds(returned * SECONDS_PER_HOUR), fixedRate) + value.avoidableEnergy);
}
