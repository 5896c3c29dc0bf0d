import type { Alert, AlertSettings, Notice } from '#shared/model/alert.ts';
import type { EpochMs } from '#shared/time/instant.ts';
import { isAcknowledged } from './alert-list.ts';
import { alertBody, alertTitle } from './alert-text.ts';
import { isQuiet } from './quiet-hours.ts';

/** What people are told now, and the alerts with when they were told. */
export type Told = { readonly alerts: readonly Alert[]; readonly notices: readonly Notice[] };

/**
 * Tells each cause once when it opens, again every `reminderHours` while it stays open, and once when it is over. Quiet hours
 * hold back what is not urgent: what is over before they end was never told, and its end is not told either.
 */
export function tell(
  alerts: readonly Alert[],
  at: EpochMs,
  settings: Pick<AlertSettings, 'quietHours' | 'reminderHours'>,
): Told {
  const quiet = isQuiet(at, settings.quietHours);
  const told = alerts.map((alert) => {
    const isHeld = quiet && !(alert.isUrgent && settings.quietHours.urgentPasses);
    const kind = isHeld ? null : dueKind(alert, at, settings.reminderHours);
    if (kind === null) return { alert, notice: null };
    return { alert: { ...alert, toldAt: at }, notice: noticeOf(alert, kind, at) };
  });
  return { alerts: told.map(({ alert }) => alert), notices: told.flatMap(({ notice }) => notice ?? []) };
}

function dueKind(alert: Alert, at: EpochMs, reminderHours: number | null): Notice['kind'] | null {
  const { toldAt, endedAt, ending } = alert;
  if (endedAt !== null) {
    // Ended at this look, or in quiet hours that have just ended: told after its end is told for good.
    return ending === 'fine' && toldAt !== null && toldAt < endedAt && at - endedAt < LATE_MS ? 'resolved' : null;
  }
  if (isAcknowledged(alert, at)) return null;
  if (toldAt === null) return 'opened';
  if (reminderHours === null) return null;
  return at - toldAt >= reminderHours * 3_600_000 ? 'reminder' : null;
}

/** An end that quiet hours held back for longer than this is in the list, and no news. */
const LATE_MS = 18 * 3_600_000;

function noticeOf(alert: Alert, kind: Notice['kind'], at: EpochMs): Notice {
  return { id: `${alert.id} ${kind} ${at}`, kind, at, title: alertTitle(alert, kind), body: alertBody(alert), alert };
}
