import { sumOf } from '#shared/lib/sum.ts';
import { GPU_STATES, type GpuState } from '#shared/model/gpu-state.ts';
import {
  energyOf,
  priceOfEnergy,
  priceOfGpuTime,
  SECONDS_PER_HOUR,
  toKilowattHours,
} from '#shared/units/arithmetic.ts';
import { joules, seconds, usd, type Usd, type UsdPerGpuHour, type Watts } from '#shared/units/quantities.ts';
import { IDLE_STATES } from '../cost-per-million-tokens.ts';
import type { ElectricityBill } from './electricity-bill.ts';

/** GPU-hours of a month by state; what is left out is none. Each GPU-hour lies in exactly one. */
export type HoursByState = { readonly [State in GpuState]?: number };

/** Power of one GPU with its share of the node, by state, W. */
export type PowerByState = { readonly [State in GpuState]?: Watts };

/** The ledger of a month: fixed cost by state adds to `fixed`, and fixed, energy and demand add to `total`. */
export type MonthLedger = {
  readonly gpuHours: number;
  readonly fixedByState: { readonly [State in GpuState]: Usd };
  readonly fixed: Usd;
  readonly total: Usd;
  /** Idle GPU-hours / all of them; null of none. */
  readonly idleShare: number | null;
  readonly idleFixed: Usd;
  /** Null where the power of an idle state, or the price of a kWh, is not known. */
  readonly idleEnergy: Usd | null;
  readonly idleCost: Usd | null;
};

/**
 *   fixed [USD] = GPU-h x fixed rate, observed or not
 *   total = fixed + energy + demand
 *   idle cost = fixed rate x idle GPU-h + sum over idle states of (GPU-h x kW x PUE) x blended [USD/kWh]
 *
 * Idle is loaded-idle and unallocated. Source: economics reference, sections 4.2 and 4.4.
 */
export function monthLedger(
  hours: HoursByState,
  fixedRate: UsdPerGpuHour,
  electricity: { readonly bill: ElectricityBill; readonly pue: number; readonly power: PowerByState },
): MonthLedger {
  const hoursOf = (state: GpuState) => hours[state] ?? 0;
  const costOf = (gpuHours: number) => priceOfGpuTime(seconds(gpuHours * SECONDS_PER_HOUR), fixedRate);
  const gpuHours = sumOf(GPU_STATES, hoursOf);
  const idleHours = sumOf(IDLE_STATES, hoursOf);
  const fixed = costOf(gpuHours);
  const idleFixed = costOf(idleHours);
  const idleEnergy = idleEnergyCost(hours, electricity);
  return {
    gpuHours,
    fixedByState: Object.fromEntries(
      GPU_STATES.map((state) => [state, costOf(hoursOf(state))]),
    ) as MonthLedger['fixedByState'],
    fixed,
    total: usd(fixed + electricity.bill.total),
    idleShare: gpuHours > 0 ? idleHours / gpuHours : null,
    idleFixed,
    idleEnergy,
    idleCost: idleEnergy === null ? null : usd(idleFixed + idleEnergy),
  };
}

function idleEnergyCost(
  hours: HoursByState,
  { bill, pue, power }: { readonly bill: ElectricityBill; readonly pue: number; readonly power: PowerByState },
): Usd | null {
  const occurring = IDLE_STATES.filter((state) => (hours[state] ?? 0) > 0);
  if (occurring.length === 0) return usd(0);
  if (bill.blended === null || occurring.some((state) => power[state] === undefined)) return null;
  const drawn = sumOf(occurring, (state) => {
    const draw = power[state];
    return draw === undefined ? 0 : energyOf(draw, seconds((hours[state] ?? 0) * SECONDS_PER_HOUR));
  });
  return priceOfEnergy(toKilowattHours(joules(drawn * pue)), bill.blended);
}
