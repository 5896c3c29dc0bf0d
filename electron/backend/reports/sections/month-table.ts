import { ratioOf, unitCostOfCharges } from '#shared/cost/charges/charge-sums.ts';
import type { ReportCell, ReportChart, ReportTable } from '#shared/model/report.ts';
import type { MonthTotal } from '../material/month-history.ts';
import type { ReportMaterial } from '../material/report-material.ts';
import { monthName } from '#shared/report-text/head-text.ts';
import { plainColumn, tableOf, textColumn } from './tables.ts';

/** The month and the year before it. Months that are not whole say so, and nothing is added over them. */
export function monthTable({ history }: ReportMaterial): ReportTable {
  return tableOf({
    id: 'months',
    title: 'Month by month',
    note: 'Prices are those in force at the time. A month that is not whole is not comparable with one that is.',
    columns: [
      textColumn('month', 'Month'),
      textColumn('state', 'State'),
      plainColumn('cost', 'Cost', 'usd'),
      plainColumn('tokens', 'Tokens', 'tokens'),
      plainColumn('loaded', 'Loaded', 'usd-per-mtok'),
      plainColumn('serving', 'Serving', 'usd-per-mtok'),
      plainColumn('coverage', 'Observed', 'ratio'),
      plainColumn('known', 'Of the month', 'ratio'),
    ],
    rows: history.map((one): ReportCell[] => [
      monthName(one.month),
      stateOf(one),
      one.cost,
      one.tokens,
      unitCostOfCharges(one.cost, one.tokens),
      unitCostOfCharges(one.servingCost, one.tokens),
      ratioOf(one.coverage.observedSeconds, one.coverage.expectedSeconds),
      one.hours / one.hoursOfMonth,
    ]),
    total: null,
  });
}

/** Cost as bars, unit cost as a line; of one month there is no line to draw. */
export function monthChart({ history }: ReportMaterial): readonly ReportChart[] {
  if (history.length < 2) return [];
  return [
    {
      id: 'months',
      title: 'Cost and loaded cost per million tokens, by month',
      alt: 'Bars of the cost of each month, and a line of its loaded cost per million tokens.',
      tableId: 'months',
      drawing: {
        kind: 'bars',
        labels: history.map((one) => `${shortName(one.month)}${isWhole(one) ? '' : ' *'}`),
        bars: { name: 'Cost, USD', unit: 'USD', values: history.map(({ cost }) => cost) },
        line: history.every(({ cost, tokens }) => unitCostOfCharges(cost, tokens) === null)
          ? null
          : {
              name: 'USD/Mtok',
              unit: 'USD/Mtok',
              values: history.map(({ cost, tokens }) => unitCostOfCharges(cost, tokens)),
            },
      },
    },
  ];
}

function isWhole({ hours, hoursOfMonth }: MonthTotal): boolean {
  return hours >= hoursOfMonth - 1;
}

function stateOf(one: MonthTotal): string {
  if (one.state === 'open') return 'open';
  return isWhole(one) ? 'over' : 'facts of a part of it';
}

function shortName(month: string): string {
  return `${monthName(month).slice(0, 3)} ${month.slice(2, 4)}`;
}
