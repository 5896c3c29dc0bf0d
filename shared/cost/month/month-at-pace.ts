import { HOURS_PER_AVERAGE_MONTH } from '#shared/units/arithmetic.ts';

/** month at this pace [USD] = spend per hour [USD/h] x 730 h, an average month. What any hour's amount comes to in it. */
export function monthAtPace(usdPerHour: number): number {
  return usdPerHour * HOURS_PER_AVERAGE_MONTH;
}
