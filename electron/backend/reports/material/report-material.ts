import { readBudgets, readState } from '#backend/alerts/alert-documents.ts';
import { budgetStatus } from '#backend/answers/budgets/budget-status.ts';
import { limits } from '#backend/answers/cost/limits.ts';
import { figure } from '#backend/answers/figure.ts';
import { idleCapacity } from '#backend/answers/idle/idle-capacity.ts';
import { updates } from '#backend/answers/updates/updates.ts';
import type { LimitsAnswer } from '#shared/contract/cost-schema.ts';
import type { IdleCapacity } from '#shared/contract/idle-schema.ts';
import type { ReportAsk } from '#shared/contract/report-schema.ts';
import type { UpdatesAnswer } from '#shared/contract/savings-schema.ts';
import type { Alert } from '#shared/model/alert.ts';
import type { BudgetStatus } from '#shared/model/budget.ts';
import type { ChargeLedger } from '#shared/model/charge-row.ts';
import type { CostBook } from '#shared/model/cost-book.ts';
import type { FleetEvent } from '#shared/model/fact.ts';
import type { Figure } from '#shared/model/figure.ts';
import { epochMs } from '#shared/time/instant.ts';
import type { TimeRange } from '#shared/time/time-range.ts';
import { chargeLedger } from '../ledger/charge-ledger.ts';
import type { ReportContext, BuildWatch } from '../report-context.ts';
import type { ReportPeriod } from '../report-period.ts';
import { monthBefore, type Before } from './month-before.ts';
import { monthHistory, type MonthTotal } from './month-history.ts';

/** Everything that the sections are made from, asked for once. */
export type ReportMaterial = {
  readonly ask: ReportAsk;
  readonly period: ReportPeriod;
  readonly known: TimeRange;
  readonly costBook: CostBook;
  readonly ledger: ChargeLedger;
  readonly before: Before;
  /** The month and the year before it; empty for a window of its own. */
  readonly history: readonly MonthTotal[];
  /** What the screens show as spend, with everything to know of it: the ledger must agree. */
  readonly spend: Figure;
  readonly idle: IdleCapacity;
  readonly updates: UpdatesAnswer;
  readonly budgets: readonly BudgetStatus[];
  readonly limits: LimitsAnswer;
  readonly alerts: readonly Alert[];
  readonly events: readonly FleetEvent[];
};

/** Reads what a report needs, part by part. Throws where it is given up between two of them. */
export async function readMaterial(
  context: ReportContext,
  ask: ReportAsk,
  { period, known }: { readonly period: ReportPeriod; readonly known: TimeRange },
  work: BuildWatch,
): Promise<ReportMaterial> {
  const { answers, assess } = context;
  const { scope } = ask;
  const { zone } = period;
  const step = stepsOf(work);
  const asked = { window: known, scope };
  const ended = {
    ...answers,
    clock: { ...answers.clock, now: () => epochMs(Math.min(answers.clock.now(), period.window.to - 1)) },
  };
  return {
    ask,
    period,
    known,
    costBook: answers.costBook(),
    ledger: await step('the ledger of charges', () => chargeLedger(answers, { window: period.window, zone, scope })),
    before: await step('the month before', () => monthBefore(answers, { period, known, scope })),
    history: await step('the year before', async () =>
      period.month === null ? [] : await monthHistory(answers, { month: period.month, zone, scope }),
    ),
    spend: await step('spend', () => figure(answers, { name: 'spend', window: period.window, scope, basis: 'total' })),
    idle: await step('idle capacity', () => idleCapacity(answers, { ...asked, zone, nodesMax: 1 })),
    updates: await step('software updates', () => updates(answers, assess, asked)),
    budgets: await step('budgets', async () => {
      const budgets = period.month === null ? [] : await readBudgets(answers.store);
      return await Promise.all(budgets.map((budget) => budgetStatus(ended, budget)));
    }),
    limits: await step('limits', () => limits(answers, { ...asked, limit: LIMITS_MAX })),
    alerts: await step('alerts', async () => alertsIn((await readState(answers.store)).alerts, known)),
    events: await step('events', () => answers.store.events(known)),
  };
}

const LIMITS_MAX = 50;
const STEPS = 10;

function alertsIn(alerts: readonly Alert[], window: TimeRange): readonly Alert[] {
  return alerts.filter(({ openedAt, endedAt }) => openedAt < window.to && (endedAt ?? window.to) > window.from);
}

function stepsOf({ signal, onProgress }: BuildWatch) {
  let done = 0;
  return async <Value>(part: string, read: () => Promise<Value>): Promise<Value> => {
    signal?.throwIfAborted();
    onProgress?.({ done, of: STEPS, part });
    done += 1;
    return await read();
  };
}
