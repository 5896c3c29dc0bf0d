import { scopeText } from '#shared/alerts/alert-text.ts';
import { monthAtPace } from '#shared/cost/month/month-at-pace.ts';
import { ratioOf } from '#shared/cost/charges/charge-sums.ts';
import type { BudgetStatus } from '#shared/model/budget.ts';
import type { ReportCell, ReportChart, ReportSection, ReportTable } from '#shared/model/report.ts';
import { secondsOf } from '#shared/time/time-range.ts';
import type { ReportMaterial } from '../material/report-material.ts';
import { plainColumn, sectionOf, tableOf, textColumn } from './tables.ts';
import { dollars } from './words.ts';

const CHARTS_MAX = 4;

/** Budgets of the month: what is spent, what is likely, how sure that is. */
export function budgetSection(material: ReportMaterial): ReportSection {
  const { budgets, period } = material;
  const head = { id: 'budget', title: 'Budget and forecast' };
  if (period.month === null)
    return sectionOf({
      ...head,
      emptyReason: 'Budgets are of calendar months, and this report is of a window of its own.',
    });
  if (budgets.length === 0)
    return sectionOf({
      ...head,
      lead: paceSentence(material),
      emptyReason: 'No budget is set, so there is no plan to compare with.',
    });
  return sectionOf({
    ...head,
    lead: [...budgets.slice(0, CHARTS_MAX).map(budgetSentence), ...paceSentence(material)],
    charts: budgets.slice(0, CHARTS_MAX).map(burnChart),
    tables: [budgetTable(budgets)],
    notes: [
      'A forecast goes on like the days behind it: growth, coming prices and new hardware are not in it. It needs seven whole days.',
      ...(budgets.some(({ budget }) => budget.zone !== period.zone)
        ? ['A budget counts its month in its own zone; its spend may differ from this report by the hours between.']
        : []),
    ],
  });
}

function isEnded({ month, known }: BudgetStatus): boolean {
  return known.to >= month.to - 1;
}

function budgetSentence(status: BudgetStatus): string {
  const { budget, spent, forecast } = status;
  if (spent.value === null) return `${budget.name}: what was spent is not known.`;
  const difference = spent.value - budget.usdPerMonth;
  if (isEnded(status))
    return `${budget.name}: ${dollars(spent.value)} of ${dollars(budget.usdPerMonth)}, ${dollars(Math.abs(difference))} ${difference > 0 ? 'over (unfavourable)' : 'under (favourable)'}.`;
  const end =
    forecast === null
      ? 'too few days are known for a forecast'
      : `likely ${dollars(forecast.usd)} at its end, between ${dollars(forecast.low)} and ${dollars(forecast.high)}`;
  return `${budget.name}: ${dollars(spent.value)} of ${dollars(budget.usdPerMonth)} so far, ${end}.`;
}

/** What any month comes to at the pace of this one: said as a pace, for it is no forecast. */
function paceSentence({ ledger, known, period }: ReportMaterial): readonly string[] {
  const hours = secondsOf(known) / 3600;
  if (ledger.total === null || hours < 1 || period.state !== 'open') return [];
  return [`At the pace so far an average month of 730 hours costs ${dollars(monthAtPace(ledger.total / hours))}.`];
}

function budgetTable(budgets: readonly BudgetStatus[]): ReportTable {
  return tableOf({
    id: 'budget',
    title: 'Budgets',
    columns: [
      textColumn('budget', 'Budget'),
      textColumn('scope', 'Of'),
      plainColumn('usd', 'Budget', 'usd'),
      plainColumn('even', 'Even line to now', 'usd'),
      plainColumn('spent', 'Spent', 'usd'),
      plainColumn('difference', 'Against the even line', 'usd'),
      plainColumn('share', 'Of the budget', 'ratio'),
      plainColumn('forecast', 'Forecast', 'usd'),
      plainColumn('low', 'Low', 'usd'),
      plainColumn('high', 'High', 'usd'),
    ],
    rows: budgets.map((status): ReportCell[] => {
      const { budget, spent, monthShare } = status;
      // A month that is over has come to what it came to.
      const forecast = isEnded(status) ? null : status.forecast;
      const even = budget.usdPerMonth * monthShare;
      return [
        budget.name,
        scopeText(budget.scope) ?? 'whole fleet',
        budget.usdPerMonth,
        even,
        spent.value,
        spent.value === null ? null : spent.value - even,
        ratioOf(spent.value, budget.usdPerMonth),
        forecast?.usd ?? null,
        forecast?.low ?? null,
        forecast?.high ?? null,
      ];
    }),
    total: null,
  });
}

function burnChart({ budget, month, points }: BudgetStatus, index: number): ReportChart {
  return {
    id: `budget-${index + 1}`,
    title: `${budget.name}: spent (solid), even line (dotted), budget and forecast (dashed), USD`,
    alt: `What was spent of ${budget.name} by day, against an even line to ${dollars(budget.usdPerMonth)}.`,
    tableId: 'budget',
    drawing: { kind: 'burn', points, month, usdPerMonth: budget.usdPerMonth, zone: budget.zone },
  };
}
