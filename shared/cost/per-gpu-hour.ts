import { HOURS_PER_AVERAGE_MONTH, HOURS_PER_YEAR } from '#shared/units/arithmetic.ts';
import { usdPerGpuHour, type UsdPerGpuHour } from '#shared/units/quantities.ts';

/*
 * Prices that are agreed by the month, by the year or by the kilowatt, brought to one hour of one GPU.
 * 730 h = average month, 8,760 h = year. Source: economics reference, sections 4.2 and 8; worked case in section 4.4.
 */

/** colocation [USD/GPU-h] = USD per kW and month x provisioned kW per GPU / 730 */
export function colocationPerGpuHour(facility: {
  readonly usdPerKilowattMonth: number;
  readonly provisionedKilowatts: number;
}): UsdPerGpuHour {
  return usdPerGpuHour((facility.usdPerKilowattMonth * facility.provisionedKilowatts) / HOURS_PER_AVERAGE_MONTH);
}

/** operations [USD/GPU-h] = capex per GPU [USD] x share of it spent on operations each year / 8,760 */
export function operationsPerGpuHour(spent: {
  readonly capexUsd: number;
  readonly shareOfCapexPerYear: number;
}): UsdPerGpuHour {
  return usdPerGpuHour((spent.capexUsd * spent.shareOfCapexPerYear) / HOURS_PER_YEAR);
}

/** licences [USD/GPU-h] = USD per GPU and year / 8,760 */
export function licencePerGpuHour(usdPerGpuYear: number): UsdPerGpuHour {
  return usdPerGpuHour(usdPerGpuYear / HOURS_PER_YEAR);
}

/** energy [USD/GPU-h] = IT power of one GPU with its share of the node [kW] x PUE x tariff [USD/kWh] */
export function energyPerGpuHour(drawn: {
  readonly itKilowatts: number;
  readonly pue: number;
  readonly usdPerKilowattHour: number;
}): UsdPerGpuHour {
  return usdPerGpuHour(drawn.itKilowatts * drawn.pue * drawn.usdPerKilowattHour);
}
