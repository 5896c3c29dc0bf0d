import { z } from 'zod';
import { grossMargin, returnOnInvestment, revenueMultiple, revenueOf } from '#shared/cost/month/earnings.ts';
import { electricityBill } from '#shared/cost/month/electricity-bill.ts';
import { monthLedger, type HoursByState, type PowerByState } from '#shared/cost/month/month-ledger.ts';
import { rentalAmortised, rentalCash, type RentalCommitment } from '#shared/cost/month/rental-commitment.ts';
import { sumOf } from '#shared/lib/sum.ts';
import type { EnergyPrice } from '#shared/model/cost-book.ts';
import { ENERGY_DEFAULTS } from '#shared/model/cost-book-defaults.ts';
import { GPU_STATES, type GpuState } from '#shared/model/gpu-state.ts';
import { kilowattHours, usdPerGpuHour, watts } from '#shared/units/quantities.ts';
import { AMOUNT, kindOf, POSITIVE } from './kind.ts';

const HOURS_PER_DAY = 24;

/** States as a case names them: the product's, with `_` for `-`; `unknown` is the product's `unobserved`. */
const STATE = z.string().transform((name, context): GpuState => {
  const asOurs = name === 'unknown' ? 'unobserved' : name.replaceAll('_', '-');
  const state = GPU_STATES.find((one) => one === asOurs);
  if (state !== undefined) return state;
  context.addIssue(`there is no state ${name}`);
  return z.NEVER;
});

/** Amounts by state, as pairs. */
const BY_STATE = z
  .record(z.string(), AMOUNT)
  .transform((amounts) => Object.entries(amounts))
  .pipe(z.array(z.tuple([STATE, z.number()])));

const TOKEN_CLASSES = z.object({ input: AMOUNT, cached: AMOUNT, output: AMOUNT });

const INPUT = z.object({
  days: POSITIVE,
  pue: AMOUNT,
  gpu_hours_by_state: BY_STATE,
  it_kw_by_hour_of_day: z.array(AMOUNT).length(HOURS_PER_DAY),
  on_peak_hours: z.array(z.number().int().min(0).max(23)),
  on_peak_usd_per_kwh: AMOUNT,
  off_peak_usd_per_kwh: AMOUNT,
  demand_usd_per_kw_month: AMOUNT,
  fixed_usd_per_gpu_h: AMOUNT,
  state_kw_per_gpu: BY_STATE,
  rental: z.object({ usd_per_gpu_h: AMOUNT, gpus: AMOUNT, years: POSITIVE, upfront_fraction: AMOUNT }).nullish(),
  tokens: TOKEN_CLASSES,
  price_usd_per_mtok: TOKEN_CLASSES,
});

type Input = z.infer<typeof INPUT>;

/** A month's bill by state, its electricity, its rent and its margin. Economics reference, section 4.4. */
export const monthlyReport = kindOf('monthly_report', INPUT, (input) => {
  const bill = billOf(input);
  const hours: HoursByState = Object.fromEntries(input.gpu_hours_by_state);
  const power: PowerByState = Object.fromEntries(
    input.state_kw_per_gpu.map(([state, kilowatts]) => [state, watts(kilowatts * 1000)]),
  );
  const ledger = monthLedger(hours, usdPerGpuHour(input.fixed_usd_per_gpu_h), { bill, pue: input.pue, power });
  const revenue = revenueOf(classesOf(input.tokens), classesOf(input.price_usd_per_mtok));
  return {
    gpu_hours: ledger.gpuHours,
    energy_kwh: bill.energy,
    on_peak_kwh: sumOf(bill.periods, ({ period, energy }) => (period === null ? 0 : energy)),
    energy_usd: bill.energyCost,
    demand_usd: bill.demandCost,
    blended_usd_per_kwh: bill.blended,
    amortized_fixed_usd: ledger.fixed,
    total_cost_usd: ledger.total,
    idle_share: ledger.idleShare,
    idle_fixed_usd: ledger.idleFixed,
    idle_energy_usd: ledger.idleEnergy,
    idle_cost_usd: ledger.idleCost,
    unhealthy_fixed_usd: ledger.fixedByState.unhealthy,
    ...rentalFigures(input),
    revenue_usd: revenue,
    gross_margin: grossMargin(revenue, ledger.total),
    revenue_multiple_of_cost: revenueMultiple(revenue, ledger.total),
    roi: returnOnInvestment(revenue, ledger.total, ledger.total),
  };
});

/** Every day of the month drew the same: an hour at so many kW of IT is so many kWh, and PUE times that at the meter. */
function billOf(input: Input) {
  const facilityKilowatts = input.it_kw_by_hour_of_day.map((kilowatts) => kilowatts * input.pue);
  return electricityBill(
    facilityKilowatts.map((kilowatts, hour) => ({
      at: { month: 1, weekday: 1, hour },
      energy: kilowattHours(kilowatts * input.days),
    })),
    priceOf(input),
    {
      peakKilowatts: Math.max(...facilityKilowatts),
      usdPerKilowattMonth: input.demand_usd_per_kw_month,
      shareOfMonth: 1,
    },
  );
}

/** Every case is of a tariff with two prices; no hour is on-peak where none is named. */
function priceOf(input: Input): EnergyPrice {
  const onPeak = { name: 'on-peak', months: [], weekdays: [], usdPerKilowattHour: input.on_peak_usd_per_kwh };
  return {
    ...ENERGY_DEFAULTS,
    usdPerKilowattHour: input.off_peak_usd_per_kwh,
    periods: input.on_peak_hours.length === 0 ? [] : [{ ...onPeak, hours: input.on_peak_hours }],
    pue: input.pue,
    nodeOverhead: 1,
    provenance: { quality: 'entered', note: 'worked case', asOf: null },
  };
}

function rentalFigures({ rental, days }: Input) {
  if (rental === undefined || rental === null) return {};
  const commitment: RentalCommitment = {
    rate: usdPerGpuHour(rental.usd_per_gpu_h),
    gpus: rental.gpus,
    years: rental.years,
    upfrontShare: rental.upfront_fraction,
  };
  const cash = rentalCash(commitment);
  return {
    rental_contract_usd: cash.contract,
    rental_cash_first_month_usd: cash.firstMonth,
    rental_cash_later_month_usd: cash.laterMonth,
    rental_amortized_usd: rentalAmortised(commitment, days * HOURS_PER_DAY),
  };
}

/** A case counts cached input apart from `input`. */
function classesOf({ input, cached, output }: z.infer<typeof TOKEN_CLASSES>) {
  return { uncachedInput: input, cachedInput: cached, output };
}
