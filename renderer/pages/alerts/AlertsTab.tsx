import { useQuery } from '@tanstack/react-query';
import { useBackend } from '#renderer/backend/BackendProvider.tsx';
import { useIsSnapshot } from '#renderer/backend/use-is-snapshot.ts';
import { Answer } from '#renderer/components/Answer.tsx';
import { Icon } from '#renderer/components/Icon.tsx';
import { PageSkeleton } from '#renderer/components/PageSkeleton.tsx';
import { usePage } from '#renderer/state/page-context.tsx';
import type { AlertRulesAnswer, AlertsAnswer } from '#shared/contract/alerts-schema.ts';
import { formatInstant, type ZoneName } from '#shared/units/format-time.ts';
import { AlertHistory } from './AlertHistory.tsx';
import styles from './AlertsPage.module.css';
import { OpenAlert } from './OpenAlert.tsx';
import { Suggestions } from './Suggestions.tsx';

/** Open alerts, most important first, then what was. */
export function AlertsTab({ answer }: { readonly answer: AlertRulesAnswer }) {
  const { queries } = useBackend();
  const { zone } = usePage();
  const query = useQuery(queries.alerts());
  const isUnset = answer.settings.rules.length === 0;
  return (
    <Answer query={query} what="The list of alerts" skeleton={<PageSkeleton />}>
      {(alerts) => (
        <>
          <section className={styles['section']} aria-label="Open alerts">
            <header className={styles['head']}>
              <h2>Open</h2>
              <span>{lookedWords(alerts, zone)}</span>
            </header>
            {alerts.open.length === 0 ? <NothingOpen alerts={alerts} /> : <OpenList alerts={alerts} />}
          </section>
          {isUnset && <Suggestions settings={answer.settings} />}
          <DeliveryTrouble alerts={alerts} />
          <AlertHistory alerts={[...alerts.open, ...alerts.recent]} />
        </>
      )}
    </Answer>
  );
}

function OpenList({ alerts }: { readonly alerts: AlertsAnswer }) {
  return (
    <ul className={styles['open']}>
      {alerts.open.map((alert) => (
        <OpenAlert key={alert.id} alert={alert} />
      ))}
    </ul>
  );
}

function NothingOpen({ alerts }: { readonly alerts: AlertsAnswer }) {
  const isSnapshot = useIsSnapshot();
  const unseen = isSnapshot
    ? 'Nothing was looked at before the snapshot was taken, and a snapshot is not watched.'
    : 'Nothing was looked at yet: the first look is a minute after the start.';
  const calm = isSnapshot
    ? 'Nothing was wrong when it was last looked at. A snapshot is not watched.'
    : 'Nothing is wrong.';
  return (
    <p className={styles['calm']} data-looked={alerts.lookedAt !== null}>
      <Icon name={alerts.lookedAt === null ? 'waiting' : 'good'} />
      {alerts.lookedAt === null ? unseen : calm}
    </p>
  );
}

function lookedWords({ lookedAt, open }: AlertsAnswer, zone: ZoneName): string {
  const count = open.length === 0 ? '' : `${open.length} ${open.length === 1 ? 'alert' : 'alerts'}, `;
  return lookedAt === null ? count : `${count}last looked at ${formatInstant(lookedAt, zone, 'time')}`;
}

function DeliveryTrouble({ alerts: { delivery } }: { readonly alerts: AlertsAnswer }) {
  const { zone } = usePage();
  if (delivery.lastFailure === null) return null;
  const { at, message } = delivery.lastFailure;
  return (
    <output className={styles['trouble']}>
      <Icon name="late" size={13} />
      <span>
        The webhook: {message} {formatInstant(at, zone, 'short')}.{' '}
        {delivery.waiting > 0 &&
          `${delivery.waiting} ${delivery.waiting === 1 ? 'message waits' : 'messages wait'} to be sent again.`}
      </span>
    </output>
  );
}
