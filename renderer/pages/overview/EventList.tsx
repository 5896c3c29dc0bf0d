import { EventShape } from '#renderer/charts/EventLane.tsx';
import { isUpdate, itemOfEvent } from '#renderer/pages/updates/update-of-event.ts';
import { usePage } from '#renderer/state/page-context.tsx';
import { toPage } from '#renderer/state/url-state.ts';
import type { FleetEvent } from '#shared/model/fact.ts';
import { formatInstant } from '#shared/units/format-time.ts';
import styles from './SidePanel.module.css';

const EVENTS_SHOWN = 8;

/** What happened in the range, newest first: the marks above the chart, in words. */
export function EventList({ events }: { readonly events: readonly FleetEvent[] }) {
  const { zone, go } = usePage();
  const shown = events.toSorted((one, other) => other.at - one.at).slice(0, EVENTS_SHOWN);
  return (
    <section className={styles['panel']}>
      <header>
        <h2>What happened</h2>
        <span>{events.length > shown.length ? `newest ${shown.length} of ${events.length}` : 'newest first'}</span>
      </header>
      {shown.length === 0 ? (
        <p className={styles['empty']}>No update, restart, loss or price change in this range.</p>
      ) : (
        <ul className={styles['events']}>
          {shown.map((event) => (
            <li key={`${event.at} ${event.kind} ${event.subject}`}>
              <EventShape kind={event.kind} />
              <p>
                {isUpdate(event) ? (
                  <button
                    type="button"
                    className={styles['toUpdate']}
                    title="What this update saved or cost"
                    onClick={() => go({ ...toPage('updates'), item: itemOfEvent(event) })}
                  >
                    {event.message}
                  </button>
                ) : (
                  event.message
                )}
              </p>
              <small>
                {formatInstant(event.at, zone, 'short')}
                {event.node === null ? '' : `, ${event.node}`}
              </small>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
