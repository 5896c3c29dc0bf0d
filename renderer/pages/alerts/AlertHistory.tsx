import { ExportButton } from '#renderer/components/ExportButton.tsx';
import { usePage } from '#renderer/state/page-context.tsx';
import { useNow } from '#renderer/state/use-now.ts';
import { subjectDetail, subjectTitle } from '#shared/alerts/alert-text.ts';
import type { Alert } from '#shared/model/alert.ts';
import { formatDuration, formatInstant } from '#shared/units/format-time.ts';
import { alertsTable, ENDING_WORDS, placeOfAlert } from './alert-rows.ts';
import styles from './AlertsPage.module.css';

/** Alerts that are over, newest first; the file holds the open ones too. */
export function AlertHistory({ alerts }: { readonly alerts: readonly Alert[] }) {
  const { zone, go } = usePage();
  const now = useNow();
  const ended = alerts.filter(({ endedAt }) => endedAt !== null);
  return (
    <section className={styles['section']} aria-label="History">
      <header className={styles['head']}>
        <h2>History</h2>
        <span>{ended.length === 0 ? 'no alert has ended yet' : `the last ${ended.length}`}</span>
        <div>
          <ExportButton name="alerts" {...alertsTable(alerts)} />
        </div>
      </header>
      {ended.length > 0 && (
        <table className={styles['table']}>
          <thead>
            <tr>
              <th>Alert</th>
              <th>Detail</th>
              <th>Opened</th>
              <th>Lasted</th>
              <th>Ended</th>
            </tr>
          </thead>
          <tbody>
            {ended.map((alert) => (
              <tr key={alert.id}>
                <th scope="row">
                  <button type="button" onClick={() => go(placeOfAlert(alert, now))}>
                    {subjectTitle(alert.subject)}
                  </button>
                </th>
                <td className={styles['wide']}>{subjectDetail(alert.subject)}</td>
                <td>{formatInstant(alert.openedAt, zone, 'short')}</td>
                <td>{formatDuration(((alert.endedAt ?? now) - alert.since) / 1000)}</td>
                <td>{alert.ending === null ? '' : ENDING_WORDS[alert.ending]}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
