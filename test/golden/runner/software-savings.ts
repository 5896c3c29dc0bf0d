import { z } from 'zod';
import { DRAWS } from '#shared/cost/savings/day-bootstrap.ts';
import { freedGpuHours, valueOfFreed } from '#shared/cost/savings/freed-capacity.ts';
import { PRESENT } from '#shared/cost/savings/support.ts';
import { updateSavings } from '#shared/cost/savings/update-savings.ts';
import { usdPerGpuHour } from '#shared/units/quantities.ts';
import { AMOUNT, kindOf } from './kind.ts';

const INPUT = z.object({
  price_usd_per_gpu_h: AMOUNT,
  equivalence_margin: AMOUNT,
  min_coverage: AMOUNT,
  min_days: AMOUNT,
  /** Used where resamples are drawn: with more than four days a side. */
  seed: z.number().int().default(1),
  replicates: z.number().int().positive().default(DRAWS),
  rows: z.array(
    z.object({
      period: z.enum(['pre', 'post']),
      day: z.union([z.string(), z.number()]).transform(String),
      stratum: z.union([z.string(), z.number()]).transform(String),
      gpu_seconds: AMOUNT,
      eq_tokens: AMOUNT,
    }),
  ),
});

type Input = z.infer<typeof INPUT>;

/**
 * What an update saved. The rows of a case are sums of days, not windows: a stratum is supported when both sides have tokens
 * of it, as the shared case shows (its `burst` has none before). Economics reference, section 5.
 */
export const softwareSavings = kindOf('software_savings', INPUT, (input) => {
  const rules = {
    support: PRESENT,
    verdict: {
      daysMin: input.min_days,
      coverageMin: input.min_coverage,
      equivalenceMargin: input.equivalence_margin,
    },
    design: 'before-after',
    seed: input.seed,
    draws: input.replicates,
  } as const;
  const changed = { before: rowsOf(input, 'pre'), after: rowsOf(input, 'post') };
  const found = updateSavings({ changed, control: null }, rules);
  const freed = found.effect === null ? null : freedGpuHours(found.effect);
  const rate = usdPerGpuHour(input.price_usd_per_gpu_h);
  return {
    savings_pct: found.saving,
    ci_low: found.interval?.low ?? null,
    ci_high: found.interval?.high ?? null,
    replicates: found.interval?.replicates ?? 0,
    laspeyres_pct: found.laspeyres,
    naive_pct: found.naive,
    placebo_pct: found.placebo,
    coverage: found.coverage,
    supported_strata: found.supportedStrata,
    gpu_hours_freed: freed,
    value_of_freed_hours_usd: freed === null ? null : valueOfFreed(freed, rate, 'still-idle').value,
    verdict: found.verdict,
    grade: found.grade,
  };
});

function rowsOf(input: Input, period: 'pre' | 'post') {
  return input.rows
    .filter((row) => row.period === period)
    .map((row) => ({
      day: row.day,
      stratum: row.stratum,
      spent: row.gpu_seconds,
      weightedTokens: row.eq_tokens,
      windows: 1,
      load: null,
    }));
}
