import { HOURS_PER_AVERAGE_MONTH, SECONDS_PER_HOUR } from '#shared/units/arithmetic.ts';
import { usd, type Usd } from '#shared/units/quantities.ts';
import { epochMs } from '#shared/time/instant.ts';
import { overlapSeconds, type TimeRange } from '#shared/time/time-range.ts';
import { termOf } from './commitments.ts';
import { rentalAmortised, rentalCash, type RentalCommitment } from './month/rental-commitment.ts';

const MONTHS_PER_YEAR = 12;

/** A commitment in a window: what is paid in it, and what of it is used up, whether GPUs worked or not. */
export type CommitmentView = {
  readonly cash: Usd;
  readonly amortised: Usd;
  readonly committedGpuHours: number;
};

/**
 *   amortised [USD] = rate x GPUs x hours of the term in the window
 *   cash [USD] = prepayment, if the term begins in the window + a monthly payment for each month that begins in it
 *
 * A month of the contract is 730 h, so that payments and amortised cost add to the same contract over its term of years of
 * 8,760 h. Source: economics reference, section 4.3.
 */
export function commitmentView(
  commitment: RentalCommitment & { readonly since: number },
  window: TimeRange,
): CommitmentView {
  const { since, years } = commitment;
  const monthMs = HOURS_PER_AVERAGE_MONTH * SECONDS_PER_HOUR * 1000;
  const hours = overlapSeconds(termOf({ since: epochMs(since), years }), window) / SECONDS_PER_HOUR;
  const { firstMonth, laterMonth } = rentalCash(commitment);
  const months = Array.from({ length: Math.round(years * MONTHS_PER_YEAR) }, (_, month) => since + month * monthMs);
  const paid = months.filter((at) => at >= window.from && at < window.to);
  const isBegun = paid[0] === since;
  const later = isBegun ? paid.length - 1 : paid.length;
  return {
    cash: usd((isBegun ? firstMonth : 0) + later * laterMonth),
    amortised: rentalAmortised(commitment, hours),
    committedGpuHours: commitment.gpus * hours,
  };
}
