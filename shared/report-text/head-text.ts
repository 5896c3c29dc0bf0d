import { percentText } from './cell-text.ts';
import type { ReportHead } from '#shared/model/report.ts';
import { formatInstant } from '#shared/units/format-time.ts';

const MONTH_NAMES = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/** What every page says of the report it belongs to. */
export type HeadText = {
  readonly title: string;
  readonly period: string;
  /** Company, fleet and the part of it. */
  readonly names: readonly string[];
  readonly state: string;
  /** Currency, snapshot, time of making and program. */
  readonly provenance: string;
};

export function headText(head: ReportHead): HeadText {
  const { window, zone, snapshotId, generatedAt, versions, currency } = head;
  const span = `${formatInstant(window.from, zone, 'input')} to ${formatInstant(window.to, zone, 'input')}`;
  const month = head.month === null ? null : monthName(head.month);
  return {
    title: `Inference cost report${month === null ? '' : `, ${month}`}`,
    period: `${span}, ${zone}`,
    names: [head.company, head.fleet, head.scope].filter((part) => part !== null),
    state: `${head.isSample ? 'Invented data of the sample fleet · ' : ''}${STATE_WORDS[head.state]} · ${coverageText(head)}${knownText(head)}`,
    provenance: `${currency} · snapshot ${snapshotId} · made ${formatInstant(generatedAt, zone, 'input')} ${zone} · tokenwatt ${versions.tokenwatt} · prices ${versions.costBook}`,
  };
}

const STATE_WORDS: Readonly<Record<ReportHead['state'], string>> = {
  open: 'Open: the month still runs',
  provisional: 'Provisional: late facts may still change it',
  closed: 'Closed',
};

function coverageText({ coverage, locale }: ReportHead): string {
  const { observedSeconds, expectedSeconds } = coverage;
  if (expectedSeconds === 0) return 'no GPU time known';
  return `${percentText(observedSeconds / expectedSeconds, locale)} of GPU time observed`;
}

/** A month whose facts begin within it is not the whole month, however well it was observed since. */
function knownText({ known, window, state, locale }: ReportHead): string {
  if (known === null || state === 'open') return '';
  const share = (known.to - known.from) / (window.to - window.from);
  return share < WHOLE_SHARE ? ` · facts of ${percentText(share, locale)} of the time` : '';
}

const WHOLE_SHARE = 0.999;

/** Room for those who stand behind a report. */
export const SIGN_OFF =
  'Prepared by: ______________________   Reviewed by: ______________________   Date: ____________';

export function monthName(month: string): string {
  const [year = '', number = ''] = month.split('-');
  return `${MONTH_NAMES[Number(number) - 1] ?? number} ${year}`;
}
