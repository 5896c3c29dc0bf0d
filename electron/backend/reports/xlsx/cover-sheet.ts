import type { Report } from '#shared/model/report.ts';
import { formatInstant } from '#shared/units/format-time.ts';
import { formatWithUnit } from '#shared/units/format-quantity.ts';
import { headText } from '#shared/report-text/head-text.ts';
import type { Sheet, SheetCell } from './sheet.ts';
import { headLines, textCell } from './text-cell.ts';

/** A sheet with one line on what it holds. */
export type ListedSheet = { readonly name: string; readonly holds: string };

/** What the workbook is, which sheets it has and how to read them. */
export function coverSheet({ head }: Report, listed: readonly ListedSheet[]): Sheet {
  const zoned = (at: number): string => formatInstant(at, head.zone, 'full');
  const share =
    head.coverage.expectedSeconds > 0 ? head.coverage.observedSeconds / head.coverage.expectedSeconds : null;
  const about: readonly (readonly [string, string])[] = [
    ['Company', head.company ?? ''],
    ['Fleet', `${head.fleet}${head.isSample ? ' (invented data: the built-in sample)' : ''}`],
    ['Part of it', head.scope ?? 'all'],
    ['Month', head.month ?? ''],
    ['From', zoned(head.window.from)],
    ['To, exclusive', zoned(head.window.to)],
    ['Known from', head.known === null ? 'no data' : zoned(head.known.from)],
    ['Known to', head.known === null ? 'no data' : zoned(head.known.to)],
    ['Time zone of days and times', head.zone],
    ['Currency', head.currency],
    ['State', STATE_WORDS[head.state]],
    ['GPU time observed', formatWithUnit(share, 'ratio')],
    ['Snapshot', head.snapshotId],
    ['Made', zoned(head.generatedAt)],
    ['Tokenwatt', head.versions.tokenwatt],
    ['Price list', head.versions.costBook],
  ];
  const rows: (readonly SheetCell[])[] = [
    ...headLines(headText(head).title, head),
    [textCell('About', 'head'), textCell('', 'head')],
    ...about.map(([name, value]) => [textCell(name), textCell(value)]),
    [],
    [textCell('Sheet', 'head'), textCell('Holds', 'head')],
    ...listed.map(({ name, holds }) => [textCell(name), textCell(holds, 'wrapped')]),
    [],
    [textCell('How to read it', 'head'), textCell('', 'head')],
    ...LEGEND.map((line) => [textCell(''), textCell(line, 'wrapped')]),
  ];
  return {
    name: 'Cover',
    widths: [30, 90],
    rows,
    frozen: { rows: 0, columns: 0 },
    filter: null,
    repeated: null,
    flags: null,
  };
}

const STATE_WORDS = {
  open: 'Open: the month runs, and its figures move',
  provisional: 'Provisional: the month is over; late data or prices may still move it',
  closed: 'Closed: the figures are frozen',
} as const;

const LEGEND = [
  'An empty cell is not known, and never zero; a column or note beside it says why.',
  'Numbers are unrounded; the format of a cell rounds what is shown. Token counts from a million on show in millions (M).',
  'Totals are formulas over the rows above them. The sheet Checks compares them with the figures of the report.',
  'Times are those of the clock in the zone named above.',
];
