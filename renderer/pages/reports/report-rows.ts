import type { ReportMonth } from '#shared/contract/report-calls-schema.ts';
import type { MonthState, ReportTable } from '#shared/model/report.ts';
import type { ReportFormat } from '#shared/model/report-settings.ts';
import { columnHead, isNumeric, type Manner } from '#shared/report-text/cell-text.ts';
import { monthName } from '#shared/report-text/head-text.ts';
import { tableText } from '#shared/report-text/table-text.ts';
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
