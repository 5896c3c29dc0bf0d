import { answerableWindow, type AnswerContext } from '#backend/answers/answer-context.ts';
import { tokensOf } from '#backend/answers/priced-group.ts';
import { pricedGroups } from '#backend/answers/priced-groups.ts';
import { knownCost } from '#backend/answers/unit-cost.ts';
import type { CallScope } from '#shared/contract/backend-api.ts';
import type { Coverage } from '#shared/model/figure.ts';
import type { MonthState } from '#shared/model/report.ts';
import { overlapOf, secondsOf } from '#shared/time/time-range.ts';
import { monthWindow } from '../report-period.ts';
import { monthOffset } from './month-before.ts';

/** One month of the past year, as far as facts go. */
export type MonthTotal = {
  readonly month: string;
  readonly state: MonthState;
  readonly cost: number | null;
  readonly servingCost: number | null;
  /** Input and output; null where no engine counted. */
  readonly tokens: number | null;
  readonly coverage: Coverage;
  /** Hours that are known, of those of the month. */
  readonly hours: number;
  readonly hoursOfMonth: number;
};

const MONTHS = 13;

/** A month and the twelve before it, those without facts left out. Prices are those of their time. */
export async function monthHistory(
  context: AnswerContext,
  { month, zone, scope }: { readonly month: string; readonly zone: string; readonly scope: CallScope },
): Promise<readonly MonthTotal[]> {
  const extent = await context.store.extent();
  if (extent === null) return [];
  const months = Array.from({ length: MONTHS }, (_, index) => monthOffset(month, index - MONTHS + 1));
  const totals: MonthTotal[] = [];
  // One after another: each reads a month.
  for (const one of months) {
    if (overlapOf(monthWindow(one, zone), extent) !== null) totals.push(await monthTotal(context, one, zone, scope));
  }
  return totals;
}

async function monthTotal(context: AnswerContext, month: string, zone: string, scope: CallScope): Promise<MonthTotal> {
  const whole = monthWindow(month, zone);
  const window = await answerableWindow(context, whole);
  const { whole: group } = await pricedGroups(context.store, context.costBook(), {
    window,
    scope,
    by: [],
    stepSeconds: null,
  });
  return {
    month,
    state: whole.to > context.clock.now() ? 'open' : 'provisional',
    cost: knownCost('loaded', group).value,
    servingCost: knownCost('serving', group).value,
    tokens: group.hasTokens ? tokensOf(group, 'total') : null,
    coverage: group.coverage,
    hours: secondsOf(window) / 3600,
    hoursOfMonth: secondsOf(whole) / 3600,
  };
}
