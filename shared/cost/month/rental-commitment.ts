import { HOURS_PER_YEAR, priceOfGpuTime, SECONDS_PER_HOUR } from '#shared/units/arithmetic.ts';
import { seconds, usd, type Usd, type UsdPerGpuHour } from '#shared/units/quantities.ts';

const MONTHS_PER_YEAR = 12;

/** GPUs rented for years, a share of it paid before the first month. */
export type RentalCommitment = {
  readonly rate: UsdPerGpuHour;
  readonly gpus: number;
  readonly years: number;
  readonly upfrontShare: number;
};

/** The invoice view of a commitment. First month, with the prepayment, and all later months add to `contract`. */
export type RentalCash = { readonly contract: Usd; readonly firstMonth: Usd; readonly laterMonth: Usd };

/**
 *   contract [USD] = rate x GPUs x years x 8,760 h
 *   later month = contract x (1 - upfront share) / months        first month = contract x upfront share + a later month
 *
 * Cash is FOCUS BilledCost; `rentalAmortised` is its EffectiveCost. Source: economics reference, sections 4.3 and 4.4.
 */
export function rentalCash({ rate, gpus, years, upfrontShare }: RentalCommitment): RentalCash {
  const contract = priceOfGpuTime(seconds(gpus * years * HOURS_PER_YEAR * SECONDS_PER_HOUR), rate);
  const laterMonth = usd((contract * (1 - upfrontShare)) / (years * MONTHS_PER_YEAR));
  return { contract, firstMonth: usd(contract * upfrontShare + laterMonth), laterMonth };
}

/** amortised [USD] = rate x GPUs x hours of the period: what was used up, whenever it was paid. */
export function rentalAmortised({ rate, gpus }: RentalCommitment, hours: number): Usd {
  return priceOfGpuTime(seconds(gpus * hours * SECONDS_PER_HOUR), rate);
}
