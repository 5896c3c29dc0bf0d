import type { ExportTable } from '#renderer/components/csv-text.ts';
import { alertTitle, subjectDetail } from '#shared/alerts/alert-text.ts';
import type { Alert, AlertSubject } from '#shared/model/alert.ts';
import type { BudgetStatus } from '#shared/model/budget.ts';
import type { UrlState } from '#renderer/state/url-state.ts';
import { epochMs, plusSeconds, type EpochMs } from '#shared/time/instant.ts';
import type { TimeRange } from '#shared/time/time-range.ts';

/** How an alert ended, in words. */
export const ENDING_WORDS: Readonly<Record<NonNullable<Alert['ending']>, string>> = {
  fine: 'fine again',
  explained: 'found to have another cause',
  'not-watched': 'watched no more',
};

/** The time that an alert is about: from before it began, so that the change can be seen. */
export function windowOfAlert({ since, endedAt, subject }: Alert, now: EpochMs): TimeRange {
  const windowMinutes = subject.kind === 'figure' ? subject.windowMinutes : 60;
  const from = plusSeconds(since, -Math.max(3600, windowMinutes * 120));
  return { from, to: epochMs(Math.max(endedAt ?? now, from + 60_000)) };
}

/** The page that shows what an alert is about. */
export function placeOfAlert(alert: Alert, now: EpochMs): Partial<UrlState> {
  const { from, to } = windowOfAlert(alert, now);
  const range = { kind: 'fixed', from, to } as const;
  const { subject } = alert;
  if (subject.kind === 'silent-source') return { page: 'sources' };
  if (subject.kind === 'budget') return { page: 'alerts', tab: 'budgets' };
  const isIdle = subject.figure === 'idle-spend-rate' || subject.figure === 'idle-share';
  return { page: isIdle ? 'idle' : 'overview', range, scope: subject.scope, basis: subject.basis };
}

/** What is shown of alerts, as a file. */
export function alertsTable(alerts: readonly Alert[]): ExportTable {
  return {
    columns: [
      { head: 'Alert' },
      { head: 'Detail' },
      { head: 'Urgent' },
      { head: 'Since' },
      { head: 'Opened' },
      { head: 'Ended' },
      { head: 'Ending' },
      { head: 'Value', unit: 'base unit' },
      { head: 'Limit or usual', unit: 'base unit' },
      { head: 'Beneath' },
    ],
    rows: alerts.map((alert) => [
      alertTitle({ ...alert, beneath: [] }),
      subjectDetail(alert.subject),
      alert.isUrgent ? 'yes' : 'no',
      isoOf(alert.since),
      isoOf(alert.openedAt),
      alert.endedAt === null ? null : isoOf(alert.endedAt),
      alert.ending === null ? 'open' : ENDING_WORDS[alert.ending],
      valueOf(alert.subject),
      againstOf(alert.subject),
      alert.beneath.length,
    ]),
  };
}

function valueOf(subject: AlertSubject): number | null {
  if (subject.kind === 'figure') return subject.value;
  return subject.kind === 'budget' ? subject.usd : subject.silent;
}

function againstOf(subject: AlertSubject): number | null {
  if (subject.kind === 'budget') return subject.usdPerMonth;
  if (subject.kind === 'silent-source') return subject.targets;
  return subject.test.kind === 'limit' ? subject.test.limit : subject.usual;
}

/** A burn chart, as a file. */
export function burnTable({ points }: BudgetStatus): ExportTable {
  const usd = (head: string) => ({ head, unit: 'USD' });
  return {
    columns: [{ head: 'Time' }, usd('Spent'), usd('Even'), usd('Forecast'), usd('Low'), usd('High')],
    rows: points.map(({ at, actual, even, forecast, low, high }) => [isoOf(at), actual, even, forecast, low, high]),
  };
}

function isoOf(at: EpochMs): string {
  return new Date(at).toISOString();
}
