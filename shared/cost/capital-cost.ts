import type { Ownership, Rental } from '#shared/model/cost-book.ts';
import { HOURS_PER_AVERAGE_MONTH } from '#shared/units/arithmetic.ts';
import { usdPerGpuHour, type UsdPerGpuHour } from '#shared/units/quantities.ts';

const MONTHS_PER_YEAR = 12;

/**
 * What an hour of one GPU costs in capital, observed or not.
 *
 *   annuity:        (P - S / (1+r)^n) * r / (1 - (1+r)^-n) / 730    [USD/GPU-h]
 *   straight line:  (P - S) / n / 730
 *   rental:         the price itself
 *
 * P capex, S residual (USD per GPU), n months, r monthly rate = annual rate / 12, 730 h = average month.
 * Source: economics reference, section 4.2; oracle in section 4.4.
 */
export function capitalPerGpuHour(terms: Ownership | Rental): UsdPerGpuHour {
  if (terms.kind === 'rented') return usdPerGpuHour(terms.usdPerGpuHour);
  const { capexUsd, residualUsd, termMonths, annualRate, method } = terms;
  const rate = annualRate / MONTHS_PER_YEAR;
  if (method === 'straight-line' || rate === 0) {
    return usdPerGpuHour((capexUsd - residualUsd) / termMonths / HOURS_PER_AVERAGE_MONTH);
  }
  // (1+r)^n - 1 without taking 1 from a number near 1: at tiny rates that leaves rounding alone, or a division by zero.
  const growthLessOne = Math.expm1(termMonths * Math.log1p(rate));
  const monthly = ((capexUsd - residualUsd) / growthLessOne + capexUsd) * rate;
  return usdPerGpuHour(monthly / HOURS_PER_AVERAGE_MONTH);
}
