import type { AnswerContext } from '#backend/answers/answer-context.ts';
import { answerableWindow } from '#backend/answers/answer-context.ts';
import { figure } from '#backend/answers/figure.ts';
import { pricedGroups } from '#backend/answers/priced-groups.ts';
import { knownCost } from '#backend/answers/unit-cost.ts';
import { dollars, short } from '#backend/answers/figure-text.ts';
import { budgetState, burnPoints, type BurnAsk } from '#shared/cost/budget/budget-status.ts';
import { FORECAST_DAYS, monthForecast, reachesAt } from '#shared/cost/budget/month-forecast.ts';
import type { SpendBucket } from '#shared/cost/budget/spend-pattern.ts';
import { sumOf } from '#shared/lib/sum.ts';
import type { Budget, BudgetStatus } from '#shared/model/budget.ts';
import type { Figure } from '#shared/model/figure.ts';
import { epochMs, plusSeconds, type EpochMs } from '#shared/time/instant.ts';
import { overlapOf, secondsOf, type TimeRange } from '#shared/time/time-range.ts';
import { monthAt } from '#shared/time/zone-clock.ts';
import { forecastFigure } from './forecast-figure.ts';

/** How a budget stands in the month that is running, in its own zone. */
export async function budgetStatus(context: AnswerContext, budget: Budget): Promise<BudgetStatus> {
  const { scope, zone, usdPerMonth } = budget;
  const month = monthAt(context.clock.now(), zone);
  const known = await answerableWindow(context, { from: month.from, to: month.to });
  const now = known.to;
  const lastDayWindow = { from: plusSeconds(now, -86_400), to: now };
  const [spent, lastDay, buckets] = await Promise.all([
    figure(context, { name: 'spend', window: { from: month.from, to: now }, scope, basis: 'billed' }),
    figure(context, { name: 'spend', window: lastDayWindow, scope, basis: 'billed' }),
    spendBuckets(context, budget, { from: plusSeconds(month.from, -(FORECAST_DAYS + 2) * 86_400), to: now }),
  ]);
  const spentUsd = spent.value;
  const outcome = spentUsd === null ? null : monthForecast({ month, zone, now, spentUsd, buckets, seed: SEED });
  const burn: BurnAsk = { month, zone, now, usdPerMonth, spentUsd, buckets: within(buckets, month), outcome };
  return {
    budget,
    month,
    known,
    spent,
    spentShare: spentUsd === null ? null : spentUsd / usdPerMonth,
    monthShare: secondsOf({ from: month.from, to: now }) / secondsOf(month),
    allowedPerDay: allowedPerDay(burn, spent),
    lastDay: isWholeDay(buckets, now) ? lastDay : notWhole(lastDay),
    forecast: outcome?.kind === 'forecast' ? outcome.forecast : null,
    forecastFigure: forecastFigure(spent, outcome, { month, known }),
    usedUpAt: usedUpAt(burn),
    state: budgetState(burn),
    points: burnPoints(burn),
  };
}

/** Any fixed number: the same facts give the same range. */
const SEED = 20_261;

/** Costs of stretches of an hour; of a quarter where the zone's month begins between two hours of UTC. */
async function spendBuckets(
  context: AnswerContext,
  { scope, zone }: Budget,
  asked: TimeRange,
): Promise<readonly SpendBucket[]> {
  const window = await answerableWindow(context, asked);
  const isOnHours = monthAt(asked.to, zone).from % 3_600_000 === 0;
  const stepSeconds = isOnHours ? 3600 : 900;
  const query = { window, scope, by: [], stepSeconds };
  const { groups } = await pricedGroups(context.store, context.costBook(), query);
  return groups.flatMap((group) => {
    const range = overlapOf({ from: group.start, to: plusSeconds(group.start, stepSeconds) }, window);
    return range === null ? [] : [{ range, usd: knownCost('loaded', group).value }];
  });
}

function within(buckets: readonly SpendBucket[], month: TimeRange): readonly SpendBucket[] {
  return buckets.filter(({ range }) => range.from >= month.from);
}

/** What each day of the rest of the month may cost, for the budget to be kept. */
function allowedPerDay({ usdPerMonth, month, now }: BurnAsk, spent: Figure): Figure {
  const days = secondsOf({ from: now, to: month.to }) / 86_400;
  const left = spent.value === null ? null : Math.max(0, usdPerMonth - spent.value);
  const value = left === null || days <= 0 ? null : left / days;
  return {
    value,
    unit: 'USD',
    absence: value === null ? (spent.absence ?? 'not-observed') : null,
    formula: '(budget − spent so far, at least 0) ÷ days that are left',
    working: value === null || left === null ? '–' : `${dollars(left)} ÷ ${short(days)} days = ${dollars(value)}`,
    parts: [],
    inputs: [
      { label: 'Budget of the month', value: usdPerMonth, unit: 'USD', source: 'this budget', quality: 'entered' },
      { label: 'Spent so far', value: spent.value, unit: 'USD', source: spent.formula, quality: 'measured' },
      {
        label: 'Days that are left',
        value: days,
        unit: 'count',
        source: 'to the end of the month in its zone',
        quality: 'measured',
      },
    ],
    coverage: spent.coverage,
    powerBoundary: spent.powerBoundary,
    notes: spent.notes,
  };
}

/** Whether the last 24 hours are known, all of them. */
function isWholeDay(buckets: readonly SpendBucket[], now: EpochMs): boolean {
  const from = plusSeconds(now, -86_400);
  const parts = buckets.flatMap(({ range, usd }) => {
    const inside = overlapOf(range, { from, to: now });
    return inside === null ? [] : [{ seconds: secondsOf(inside), usd }];
  });
  return sumOf(parts, ({ seconds }) => seconds) >= 86_399 && parts.every(({ usd }) => usd !== null);
}

/** A part of a day would read like a cheap one. */
function notWhole(figure: Figure): Figure {
  return { ...figure, value: null, absence: figure.absence ?? 'not-observed', working: '–', parts: [] };
}

function usedUpAt({ spentUsd, usdPerMonth, now, month, zone, outcome, buckets }: BurnAsk): EpochMs | null {
  if (spentUsd === null) return null;
  if (spentUsd >= usdPerMonth) return passedAt(buckets, usdPerMonth);
  if (outcome?.kind !== 'forecast') return null;
  return reachesAt(usdPerMonth, { at: now, usd: spentUsd }, { pattern: outcome.pattern, zone, until: month.to });
}

/** When the running sum of known buckets passed an amount. */
function passedAt(buckets: readonly SpendBucket[], limitUsd: number): EpochMs | null {
  let usd = 0;
  for (const { range, usd: cost } of buckets) {
    if (cost === null) return null;
    if (usd + cost >= limitUsd && cost > 0)
      return epochMs(Math.round(range.from + ((limitUsd - usd) / cost) * (range.to - range.from)));
    usd += cost;
  }
  return null;
}
