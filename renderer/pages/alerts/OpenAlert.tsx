import { useState } from 'react';
import { FigureButton } from '#renderer/components/FigureButton.tsx';
import { Icon, type IconName } from '#renderer/components/Icon.tsx';
import { usePage } from '#renderer/state/page-context.tsx';
import { useNow } from '#renderer/state/use-now.ts';
import { isAcknowledged } from '#shared/alerts/alert-list.ts';
import { subjectDetail, subjectTitle } from '#shared/alerts/alert-text.ts';
import type { Alert, AlertSubject } from '#shared/model/alert.ts';
import { plusSeconds } from '#shared/time/instant.ts';
import { formatDuration, formatInstant } from '#shared/units/format-time.ts';
import { placeOfAlert } from './alert-rows.ts';
import styles from './AlertsPage.module.css';
import { useAlertCalls } from './use-alert-calls.ts';

/** One open alert: what, since when, against what, and what the same cause explains. */
export function OpenAlert({ alert }: { readonly alert: Alert }) {
  const { zone, go } = usePage();
  const now = useNow();
  const quiet = isAcknowledged(alert, now);
  return (
    <li className={styles['alert']} data-urgent={alert.isUrgent} data-quiet={quiet}>
      <span className={styles['mark']} title={alert.isUrgent ? 'urgent' : KIND_WORDS[alert.subject.kind]}>
        <Icon name={quiet ? 'waiting' : iconOf(alert)} />
      </span>
      <div className={styles['said']}>
        <h3>
          {subjectTitle(alert.subject)}
          {alert.isUrgent && <em>urgent</em>}
        </h3>
        <p>
          <Detail subject={alert.subject} alert={alert} />
        </p>
        {alert.beneath.length > 0 && (
          <ul className={styles['beneath']} aria-label="Explained by the same cause">
            {alert.beneath.map((one) => (
              <li key={one.key}>
                {subjectTitle(one.subject)}
                <small>{subjectDetail(one.subject)}</small>
              </li>
            ))}
          </ul>
        )}
        {quiet && (
          <p className={styles['note']}>
            Known until {formatInstant(alert.acknowledgement?.until ?? null, zone, 'short')}
            {alert.acknowledgement?.note !== '' && `: ${alert.acknowledgement?.note ?? ''}`}
          </p>
        )}
      </div>
      <div className={styles['since']}>
        <b>{formatDuration(Math.max(0, Math.floor((now - alert.since) / 60_000)) * 60)}</b>
        <small>since {formatInstant(alert.since, zone, 'short')}</small>
        {alert.toldAt === null && <small>held back: quiet hours</small>}
      </div>
      <div className={styles['acts']}>
        <button type="button" className={styles['button']} onClick={() => go(placeOfAlert(alert, now))}>
          Show
        </button>
        <Acknowledge alert={alert} isKnown={quiet} />
      </div>
    </li>
  );
}

function Detail({ subject, alert }: { readonly subject: AlertSubject; readonly alert: Alert }) {
  const now = useNow();
  const text = subjectDetail(subject);
  if (subject.kind !== 'figure') return text;
  const to = alert.endedAt ?? now;
  const window = { from: plusSeconds(to, -subject.windowMinutes * 60), to };
  const { figure: name, scope, basis } = subject;
  return <FigureButton request={{ name, window, scope, basis }}>{text}</FigureButton>;
}

const HOURS = [1, 4, 24, 72] as const;

function Acknowledge({ alert, isKnown }: { readonly alert: Alert; readonly isKnown: boolean }) {
  const [isOpen, setOpen] = useState(false);
  const [hours, setHours] = useState<number>(4);
  const [note, setNote] = useState('');
  const now = useNow();
  const { acknowledge } = useAlertCalls();
  if (isKnown)
    return (
      <button
        type="button"
        className={styles['button']}
        onClick={() => acknowledge.mutate({ id: alert.id, until: null })}
      >
        Tell me again
      </button>
    );
  if (!isOpen)
    return (
      <button type="button" className={styles['button']} onClick={() => setOpen(true)}>
        Acknowledge
      </button>
    );
  return (
    <form
      className={styles['acknowledge']}
      onSubmit={(event) => {
        event.preventDefault();
        acknowledge.mutate({ id: alert.id, until: plusSeconds(now, hours * 3600), note });
        setOpen(false);
      }}
    >
      <label>
        Quiet for
        <select value={hours} onChange={(event) => setHours(Number(event.target.value))}>
          {HOURS.map((count) => (
            <option key={count} value={count}>
              {formatDuration(count * 3600)}
            </option>
          ))}
        </select>
      </label>
      <label>
        Note
        <input value={note} maxLength={500} onChange={(event) => setNote(event.target.value)} />
      </label>
      <button type="submit" className={styles['button']}>
        Save
      </button>
    </form>
  );
}

function iconOf({ subject, isUrgent }: Alert): IconName {
  if (isUrgent || subject.kind === 'silent-source') return 'bad';
  return 'late';
}

const KIND_WORDS: Readonly<Record<AlertSubject['kind'], string>> = {
  'silent-source': 'a source is silent',
  budget: 'a budget',
  figure: 'a rule',
};
