import type { ReportMonth, RestatementAnswer, ScheduleAnswer } from '#shared/contract/report-calls-schema.ts';
import type { MonthState, ReportTable } from '#shared/model/report.ts';
import type { ReportFormat } from '#shared/model/report-settings.ts';
import { columnHead, isNumeric, type Manner } from '#shared/report-text/cell-text.ts';
import { monthName } from '#shared/report-text/head-text.ts';
import { tableText } from '#shared/report-text/table-text.ts';
import { formatNumber } from '#shared/units/format-quantity.ts';
import { formatInstant } from '#shared/units/format-time.ts';

/** A line of the list of months. */
export type MonthRow = {
  readonly month: string;
  readonly name: string;
  readonly state: MonthState;
  /** How much of it is known, in words; null where all of it is. */
  readonly known: string | null;
};

export function monthRows(months: readonly ReportMonth[], zone: string): MonthRow[] {
  return months.map(({ month, window, known, state }) => {
    const isWhole = known !== null && known.from <= window.from && known.to >= window.to;
    const day = (at: number): string => formatInstant(at, zone, 'day');
    const span = known === null ? 'no data' : `${day(known.from)} to ${day(known.to)}`;
    return { month, name: monthName(month), state, known: isWhole ? null : span };
  });
}

export const STATE_NAMES: Readonly<Record<MonthState, string>> = {
  open: 'open',
  provisional: 'provisional',
  closed: 'closed',
};

export const FORMAT_NAMES: Readonly<Record<ReportFormat, { readonly name: string; readonly for: string }>> = {
  pdf: { name: 'PDF', for: 'pages to read and print' },
  xlsx: { name: 'Excel', for: 'typed cells, live totals, how each figure is computed' },
  csv: { name: 'CSV', for: 'one file per table, for spreadsheets' },
  json: { name: 'JSON', for: 'the same tables for programs' },
  html: { name: 'HTML', for: 'one page to mail or archive' },
  focus: { name: 'FOCUS 1.2', for: 'cost and usage for FinOps tools: CSV, Parquet and what describes them' },
  'focus-1.4': { name: 'FOCUS 1.4', for: 'the same by the newest version of the specification' },
};

/** A table as the preview shows it: the first rows, its total, and what was left out. */
export type TableView = {
  readonly heads: readonly { readonly key: string; readonly text: string; readonly isNumeric: boolean }[];
  readonly rows: readonly (readonly string[])[];
  readonly total: readonly string[] | null;
  /** Rows that are in the files alone. */
  readonly omitted: number;
};

const ROWS_SHOWN = 40;

export function tableView(table: ReportTable, manner: Manner): TableView {
  const { rows, total } = tableText(table, manner);
  return {
    heads: table.columns.map((column) => ({
      key: column.key,
      text: columnHead(column),
      isNumeric: isNumeric(column.kind),
    })),
    rows: rows.slice(0, ROWS_SHOWN),
    total,
    omitted: Math.max(0, rows.length - ROWS_SHOWN),
  };
}

/** When a month was closed, and with how much. */
export function closingWords({ closing }: ReportMonth, zone: string): string {
  if (closing === null) return '';
  const total = closing.total === null ? '' : ` with $${formatNumber(closing.total, 2)}`;
  return `Closed on ${formatInstant(closing.closedAt, zone, 'input')}${total}.`;
}

/** What came after the closing: nothing that shows, or by how much the month would differ today. */
export function restatementWords({ closed, now, difference }: RestatementAnswer): {
  readonly text: string;
  readonly isRestated: boolean;
} {
  if (closed === null || now === null || difference === null) {
    return { text: 'A product has no price, so what has changed since cannot be told.', isRestated: false };
  }
  if (Math.abs(difference) < LEAST_USD) return { text: 'Nothing has changed since.', isRestated: false };
  const sign = difference < 0 ? '−' : '+';
  const amount = `${sign}$${formatNumber(Math.abs(difference), 2)}`;
  return { text: `Restated by ${amount} since: today it would be $${formatNumber(now, 2)}.`, isRestated: true };
}

/** Half a cent: a smaller difference prints as none. */
const LEAST_USD = 0.005;

/** When the schedule comes next, and how it went the last time. */
export function scheduleWords(
  { nextAt, nextMonth, last }: ScheduleAnswer,
  zone: string,
): { readonly next: string; readonly last: { readonly text: string; readonly isWritten: boolean } | null } {
  const next =
    nextAt === null || nextMonth === null
      ? 'Switched off.'
      : `Next: ${monthName(nextMonth)}, on ${formatInstant(nextAt, zone, 'full')}.`;
  if (last === null) return { next, last: null };
  const when = formatInstant(last.at, zone, 'input');
  const text = last.isWritten
    ? `${monthName(last.month)} on ${when}: ${last.message}`
    : `${monthName(last.month)} was not written on ${when}: ${last.message} It is tried again every hour.`;
  return { next, last: { text, isWritten: last.isWritten } };
}
